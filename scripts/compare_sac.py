#!/usr/bin/env python3
"""SAC against ObsPy 1.5.1, both ways.

1. Traces of many rates, start times, types and lengths: the bytes that seis-io writes equal those
   that ObsPy writes (little- and big-endian).
2. Every SAC file of ObsPy's own test data, and those of the corpus: all header variables equal
   ObsPy's, the file comes back byte for byte, start time and rate are compared.
3. Headers with random values in every variable, written by seis-io by name in every kind of file,
   are read by ObsPy with all values equal; the second section and the footer of version 7 are read
   with `struct`.
4. Alphanumeric files, both ways.
5. Files that are read, cut, and written under their old header.
6. Distances and azimuths against ObsPy's.

    scripts/compare_sac.py [--cases N]

The seis-io side is the test `seis-io/tests/sac_obspy.rs`, which this script runs with
SEIS_SAC_COMPARE naming the folder that holds what is to be compared.
"""

import argparse
import json
import math
import os
import struct
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import reference_env

ROOT = Path(__file__).resolve().parent.parent

RATES = [0.01, 0.1, 1.0, 3.0, 6.25, 7.0, 10.0, 12.5, 20.0, 33.333, 40.0, 49.0, 50.0, 99.997, 100.0,
         100.0 / 3.0, 125.0, 200.0, 250.0, 500.0, 1000.0, 1024.0, 4096.0, 48000.0, 1e6, 22.0 / 7.0]
LENGTHS = [0, 1, 2, 7, 8, 9, 15, 16, 17, 100, 127, 128, 129, 136, 200, 255, 257, 1000, 8191, 8192,
           8193, 12000, 20001, 70001]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--cases", type=int, default=1500, help="traces to generate (1500)")
    cases = parser.parse_args().cases
    reference_env.enter()

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        manifest = {
            "traces": generated_traces(folder, cases),
            "files": existing_files(),
            "headers": random_headers(folder),
            "alphanumeric": alphanumeric_files(folder),
            "geometry": geometry(),
            "kept": kept_headers(folder),
        }
        # Doubles as texts, since not every JSON reader gives all their bits back.
        (folder / "manifest.json").write_text(json.dumps(exact(manifest)))
        environment = {**os.environ, "SEIS_SAC_COMPARE": str(folder)}
        environment.pop("SEIS_REFERENCE_ENV", None)
        command = ["cargo", "test", "-q", "-p", "seis-io", "--test", "sac_obspy", "--", "--nocapture"]
        ran = subprocess.run(command, cwd=ROOT, env=environment)
        if ran.returncode:
            sys.exit("compare_sac: seis-io and ObsPy differ (above)")
        try:
            read_ours(folder, manifest)
        except AssertionError as error:
            sys.exit(f"compare_sac: what seis-io wrote is read otherwise by ObsPy: {error}")
    readable = sum("error" not in entry for entry in manifest["files"])
    counts = {key: len(entries) for key, entries in manifest.items()}
    if readable < 15 or not all(counts.values()):
        sys.exit(f"compare_sac: too little was compared: {readable} files, {counts}")
    print(f"compare_sac: all equal: {readable} files that ObsPy reads (the other "
          f"{counts['files'] - readable} are refused by both), {counts['traces']} traces byte by "
          f"byte, {counts['headers']} headers by value, {counts['geometry']} distances")


def exact(value):
    """The same with every double as {"f": its shortest text}."""
    if isinstance(value, float):
        return {"f": repr(value)}
    if isinstance(value, dict):
        return {key: exact(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [exact(v) for v in value]
    return value


def generated_traces(folder, cases):
    """Traces that ObsPy writes; the samples go along as raw numbers."""
    import numpy as np
    from obspy import Trace, UTCDateTime

    random = np.random.default_rng(20220102)
    out = []
    for i in range(cases):
        n = LENGTHS[i % len(LENGTHS)] if i < 4 * len(LENGTHS) else int(random.integers(0, 3000))
        rate = RATES[i % len(RATES)] if i % 3 else float(10 ** random.uniform(-3, 5))
        kind = ["i4", "f4", "f8"][i % 3]
        if kind == "i4":
            bits = int(random.integers(1, 32))
            data = random.integers(-(2 ** (bits - 1)), 2 ** (bits - 1), n).astype("<i4")
        else:
            scale = 10 ** random.uniform(-30, 30)
            data = ((random.standard_normal(n) + random.uniform(-3, 3)) * scale).astype("<" + kind)
            if n and i % 17 == 5:
                data[random.integers(0, n)] = np.nan
            if n and i % 17 == 6:
                data[: n // 2 + 1] = 0.0
                data[0] = -0.0
        # Whole microseconds from 1900 to 2100: what ObsPy and we both keep.
        micros = int(random.integers(-2208988800, 4102444800)) * 10**6
        micros += [0, int(random.integers(0, 10**6)), int(random.integers(0, 1000)) * 1000][i % 3]
        codes = ["", "CI", "8LETTERS"][i % 3], ["HEC", "A", "STATION8"][i % 3], ["", "00"][i % 2], "BHZ"
        trace = Trace(data, {"sampling_rate": rate, "starttime": UTCDateTime(ns=micros * 1000),
                             "network": codes[0], "station": codes[1], "location": codes[2],
                             "channel": codes[3]})
        big = i % 5 == 4
        name = f"trace{i:05}"
        trace.write(str(folder / f"{name}.sac"), format="SAC", byteorder=">" if big else "<")
        (folder / f"{name}.raw").write_bytes(data.tobytes())
        out.append({"name": name, "type": kind, "rate": repr(rate), "start_us": micros, "codes": codes,
                    "big": big})
    return out


def values_of(hf, hi, hs):
    """All header variables as numbers, and texts as ObsPy cleans them (ASCII ones)."""
    from obspy.io.sac import header as HD
    from obspy.io.sac.util import _clean_str

    def text(raw):
        cleaned = _clean_str(raw.decode("latin-1"), strip_whitespace=False)
        return None if cleaned.startswith("-12345") else cleaned.strip()

    values = {}
    for name, value in zip(HD.FLOATHDRS, hf):
        values[name] = None if value == HD.FNULL else float(value)
    for name, value in zip(HD.INTHDRS, hi):
        values[name] = None if value == HD.INULL else int(value)
    texts = dict(zip(HD.STRHDRS, hs))
    second = texts.pop("kevnm2")
    for name, raw in texts.items():
        values[name] = text(raw)
    # 16 characters in two halves, of which each may be undefined; a NUL ends the whole.
    if values["kevnm"] is not None and b"\0" not in texts["kevnm"] and text(second) is not None:
        whole = texts["kevnm"].ljust(8) + second
        values["kevnm"] = _clean_str(whole.decode("latin-1"))
    return values


def existing_files():
    """Every SAC file of ObsPy's test data and of the corpus, as ObsPy reads it."""
    import obspy
    from obspy.io.sac import arrayio

    paths = [p for p in reference_env.obspy_test_data() if p.suffix != ".py"]
    corpus = reference_env.corpus()
    if corpus:
        paths += sorted((corpus / "obspy-1.5.1").glob("**/*.sac"))
    out = []
    for path in paths:
        begin = path.read_bytes()[:632]
        if len(begin) < 632:
            continue
        versions = struct.unpack("<i", begin[304:308])[0], struct.unpack(">i", begin[304:308])[0]
        alphanumeric = path.name == "testxy.sac"
        if not alphanumeric and not {6, 7} & set(versions):
            continue
        entry = {"path": str(path), "alphanumeric": alphanumeric}
        try:
            if alphanumeric:
                arrays = arrayio.read_sac_ascii(str(path))
            else:
                arrays = arrayio.read_sac(str(path), checksize=True)
            hf, hi, hs, data = arrays
            entry["values"] = values_of(hf, hi, hs)
            entry["first"], entry["sum"] = (float(data[0]), float(data.sum(dtype="f8"))) if len(data) else (0.0, 0.0)
            entry["npts"] = len(data)
            trace = obspy.read(str(path), format="SACXY" if alphanumeric else "SAC")[0]
            entry["start_ns"] = str(trace.stats.starttime.ns)
            entry["rate"] = trace.stats.sampling_rate
        except Exception as error:
            entry["error"] = repr(error)
        out.append(entry)
    return out


def random_headers(folder):
    """Random values for every variable, by SAC name, for seis-io to write."""
    import numpy as np
    from obspy.io.sac import header as HD

    random = np.random.default_rng(7)
    skipped = {"nvhdr", "npts", "leven", "iftype", "depmin", "depmax", "depmen", "nxsize", "nysize"}
    out = []
    for i in range(120):
        values = {}
        for name in HD.FLOATHDRS:
            if name not in skipped and random.random() < 0.7:
                values[name] = float(random.standard_normal() * 10 ** random.uniform(-10, 10))
        for name in HD.INTHDRS:
            if name in skipped or random.random() < 0.3:
                continue
            if name in ("lpspol", "lovrok", "lcalda", "unused23"):
                values[name] = bool(random.integers(0, 2))
            elif name in HD.ACCEPTED_VALS:
                names = HD.ACCEPTED_VALS[name]
                values[name] = names[random.integers(0, len(names))].upper()
            elif name in ("iinst",):
                values[name] = int(random.integers(32, 37))
            elif name == "unused15":
                values[name] = int(random.integers(98, 104))
            else:
                values[name] = int(random.integers(-(2**31), 2**31))
        letters = np.array(list("ABCxyz019 .:-_"))
        for name in HD.STRHDRS:
            if name != "kevnm2" and random.random() < 0.7:
                length = int(random.integers(0, 17 if name == "kevnm" else 9))
                values[name] = "".join(random.choice(letters, length))
        kind = ["even", "uneven", "amph", "rlim", "xyz"][i % 5]
        out.append({"name": f"header{i:03}", "values": values, "kind": kind,
                    "version": 6 + i % 2, "big": i % 3 == 0, "npts": int(random.integers(0, 50))})
    return out


def alphanumeric_files(folder):
    """Files that ObsPy writes, with numbers of points that it can read again."""
    import numpy as np
    from obspy import Trace, UTCDateTime

    random = np.random.default_rng(11)
    out = []
    for i, n in enumerate([5, 10, 100, 1000]):
        data = (random.standard_normal(n) * 10.0 ** random.integers(-12, 12, n)).astype("f4")
        trace = Trace(data, {"station": "A", "sampling_rate": RATES[i],
                             "starttime": UTCDateTime(2020, 1, 2, 3, 4, 5, 678901)})
        name = f"alpha{i}.txt"
        trace.write(str(folder / name), format="SACXY")
        out.append(name)
    return out


def kept_headers(folder):
    """Files read, cut by whole samples, and written again with the header they had."""
    import obspy

    wanted = ("test.sac", "test.sac.swap", "seism.sac", "LMOW.BHE.SAC", "CRLZ.HHZ.10.NZ.SAC",
              "ones_trace_100_tapered.sac", "CI.HEC..BHN.sac")
    paths = [p for p in reference_env.obspy_test_data() if p.name in wanted]
    corpus = reference_env.corpus()
    if corpus:
        paths += sorted((corpus / "obspy-1.5.1").glob("**/CI.HEC..BHN.sac"))[:4]
    out = []
    for i, path in enumerate(paths):
        trace = obspy.read(str(path), format="SAC")[0]
        trace.trim(trace.stats.starttime + 10 * trace.stats.delta)
        # What ObsPy adds when it reads (it computes distances if LCALDA is true).
        for name in ("dist", "az", "baz", "gcarc"):
            trace.stats.sac.pop(name, None)
        name = f"kept{i}.sac"
        trace.write(str(folder / name), format="SAC")
        out.append({"path": str(path), "name": name})
    return out


def geometry():
    """Distances by ObsPy's Vincenty formula (good to millimetres, not near antipodes)."""
    import numpy as np
    from obspy.geodetics import gps2dist_azimuth

    random = np.random.default_rng(3)
    out = []
    while len(out) < 300:
        a, b = (float(random.uniform(-90, 90)), float(random.uniform(-180, 180))), \
               (float(random.uniform(-90, 90)), float(random.uniform(-180, 180)))
        metres, azimuth, back = gps2dist_azimuth(*a, *b)
        if metres < 1.9e7:
            out.append({"event": a, "station": b, "metres": metres, "azimuth": azimuth, "back": back})
    return out


FOOTER = "delta b e o a t0 t1 t2 t3 t4 t5 t6 t7 t8 t9 f evlo evla stlo stla internal1 internal2".split()


def read_ours(folder, manifest):
    """Reads what seis-io wrote and compares every value."""
    import numpy as np
    import obspy
    from obspy.io.sac import SACTrace, arrayio
    from obspy.io.sac import header as HD

    count = 0
    for entry in manifest["headers"]:
        path, n, order = folder / f"{entry['name']}.sac", entry["npts"], ">" if entry["big"] else "<"
        hf, hi, hs, data = arrayio.read_sac(str(path))
        assert hi.dtype.byteorder in (order, "=" if order == "<" else order)
        found = values_of(hf, hi, hs)
        for name in [*HD.FLOATHDRS, *HD.INTHDRS, *[k for k in HD.STRHDRS if k != "kevnm2"]]:
            if name in ("nvhdr", "npts", "leven", "iftype", "depmin", "depmax", "depmen", "e", "b"):
                continue
            given = entry["values"].get(name)
            if isinstance(given, bool):
                given = int(given)
            elif name in HD.ACCEPTED_VALS and given is not None:
                given = HD.ENUM_VALS[given.lower()]
            elif isinstance(given, float):
                given = float(np.float32(given))
            elif isinstance(given, str):
                given = given.strip()
            elif given is None and name in ("lpspol", "lovrok", "lcalda"):
                given = 0
            assert found[name] == given, (path, name, found[name], given)
            count += 1
        expected = expected_data(n)
        assert np.array_equal(data, expected[0]), path
        raw = path.read_bytes()
        two = entry["kind"] in ("uneven", "amph", "rlim")
        if two:
            second = np.frombuffer(raw[632 + 4 * n:632 + 8 * n], order + "f4")
            assert np.array_equal(second, expected[1]), path
        at = 632 + 4 * n * (2 if two else 1)
        assert len(raw) == at + (176 if entry["version"] == 7 else 0), path
        assert found["nvhdr"] == entry["version"] and found["npts"] == n
        assert found["iftype"] == {"even": 1, "uneven": 1, "amph": 3, "rlim": 2, "xyz": 51}[entry["kind"]]
        if entry["version"] == 7:
            doubles = dict(zip(FOOTER, struct.unpack(order + "22d", raw[at:])))
            for name, double in doubles.items():
                if name not in ("b", "e"):
                    assert double == entry["values"].get(name, -12345.0), (path, name)
                assert float(np.float32(double)) == (found[name] if found[name] is not None else -12345.0)
                count += 1
    print(f"{len(manifest['headers'])} headers with {count} values read by ObsPy")

    for entry in manifest["traces"]:
        ours = folder / f"{entry['name']}.ours.sac"
        theirs = folder / f"{entry['name']}.sac"
        if struct.unpack((">" if entry["big"] else "<") + "i", theirs.read_bytes()[316:320])[0]:
            assert ours.read_bytes() == theirs.read_bytes(), ours
    print(f"{len(manifest['traces'])} traces written with the same bytes")

    for n in (5, 100):
        trace = obspy.read(str(folder / f"ours{n}.txt"), format="SACXY")[0]
        assert trace.id == "CI.HEC.00.BHZ" and trace.stats.npts == n
        assert trace.stats.starttime == obspy.UTCDateTime("2022-01-02T03:04:05.678901Z")
        assert np.allclose(trace.data, expected_data(n)[0], rtol=6e-7, atol=0)
    sac = SACTrace.read(str(folder / "ours100.txt"), ascii=True)
    assert math.isclose(sac.stla, 34.8294, rel_tol=1e-6) and sac.evla is None
    print("alphanumeric files read by ObsPy")


def expected_data(n):
    """What sac_obspy.rs writes into its files."""
    import numpy as np

    i = np.arange(n, dtype="f4")
    return i * np.float32(0.5) - np.float32(3.0), i * np.float32(0.25)


if __name__ == "__main__":
    main()
