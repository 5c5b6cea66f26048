#!/usr/bin/env python3
"""Time to read a miniSEED file into traces: seis-io, libmseed (pymseed) and ObsPy, in one run.

For people without a C compiler; `compare/libmseed` measures kernels beside the C library itself.
The programs take turns; the best of all turns counts. Samples are compared first.

    scripts/time_mseed.py [--turns N] [FILE]     (default: the day file of SEIS_CORPUS)
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import reference_env


def best_of(run, times):
    best = float("inf")
    for _ in range(times):
        clock = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - clock)
    return best * 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--turns", type=int, default=5, help="turns of each program (5)")
    parser.add_argument("file", nargs="?", type=Path)
    arguments = parser.parse_args()
    reference_env.enter()
    path = arguments.file
    if path is None:
        corpus = reference_env.corpus()
        if corpus is None:
            sys.exit("name a file, or set SEIS_CORPUS")
        path = next((corpus / "day").glob("*.mseed"))

    import numpy as np
    import obspy
    from pymseed import MS3TraceList

    release = reference_env.cargo_build("-p", "seis-io", "--example", "mseed_timing")
    reference_env.cargo_build("-p", "seis-io", "--example", "mseed_cross")
    timing, cross = (release / "examples" / name for name in ("mseed_timing", "mseed_cross"))

    traces = obspy.read(str(path), format="MSEED")
    theirs = hashlib.sha256(b"".join(np.ascontiguousarray(t.data).tobytes() for t in traces))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "samples"
        run = [cross, "traces", "obspy", path, out]
        lines = subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()
        count = sum(json.loads(line)["count"] for line in lines[:-1])
        ours = hashlib.sha256(out.read_bytes())
    if ours.digest() != theirs.digest() or count != sum(len(t) for t in traces):
        sys.exit("samples differ from ObsPy's")

    best = {"seis-io": float("inf"), "libmseed": float("inf"), "ObsPy": float("inf")}
    for _ in range(arguments.turns):
        run = subprocess.run([timing, path], capture_output=True, text=True, check=True)
        best["seis-io"] = min(best["seis-io"], float(run.stdout.splitlines()[1].split()[4]) / 1e3)
        libmseed = best_of(lambda: MS3TraceList.from_file(str(path), unpack_data=True), 10)
        best["libmseed"] = min(best["libmseed"], libmseed)
        best["ObsPy"] = min(best["ObsPy"], best_of(lambda: obspy.read(str(path)), 10))
    print(f"{path.name}: {count} samples, equal to ObsPy's; best times in ms")
    for name, ms in best.items():
        print(f"{name:<10} {ms:8.2f}   {ms / best['seis-io']:5.1f}")


if __name__ == "__main__":
    main()
