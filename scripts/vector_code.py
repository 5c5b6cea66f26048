#!/usr/bin/env python3
"""Whether the kernels are vector code: their arithmetic in the compiled program, counted.

    scripts/vector_code.py [PROGRAM]

Disassembles a release build (objdump, of binutils; default target/release/examples/process_events)
and counts, for each kernel, the instructions that add, multiply or divide floating-point numbers: packed
in 256 bits (AVX2, chosen as the program runs), packed in 128 bits (what every x86-64 has), and one
number at a time. Instructions are counted where they stand, not as often as they run, so that code
for the ends of loops weighs more than it takes. x86-64 only.
"""

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What a kernel is, and the functions that it may have become part of.
KERNELS = [
    ("operator: separate, multiply, join", r"Forward::multiplied|Inverse::join"),
    ("long traces: columns there", r"Long::forward"),
    ("long traces: rows, multiplied", r"Long::multiply"),
    ("long traces: columns back", r"Long::inverse"),
    ("filter that lowers the rate", r"Decimator::apply"),
    ("compensation for it", r"Decimator::compensate"),
    ("demean, taper, pack; pick", r"Pipeline::(transform|apply|prepare)"),
    ("pairwise sums", r"seis_signal::sum::"),
    ("Lanczos phases and kernel", r"interpolate::(grid|lanczos)|InterpolationPlan::apply"),
    ("polynomials of the response", r"curve::(evaluate|Polynomial)"),
    ("response stages", r"seis_resp::(response|evaluate|stage).*(eval|Evaluat)"),
]
ARITHMETIC = re.compile(r"^v?(?:add|sub|mul|div|sqrt|max|min|fn?m(?:add|sub)\w*?)(p|s)d$")


def count(program):
    """Per function: packed in 256 bits or more, packed in 128 bits, single."""
    listing = subprocess.Popen(
        ["objdump", "-d", "-C", "--no-show-raw-insn", "-j", ".text", program], stdout=subprocess.PIPE, text=True
    )
    counts, name = defaultdict(lambda: [0, 0, 0]), ""
    for line in listing.stdout:
        if line.endswith(">:\n"):
            name = line.split("<", 1)[1][:-3]
            continue
        parts = line.split("\t")
        if len(parts) < 2:
            continue
        instruction = parts[1].split(None, 1)
        found = ARITHMETIC.match(instruction[0]) if instruction else None
        if found:
            wide = "ymm" in parts[1] or "zmm" in parts[1]
            counts[name][2 if found.group(1) == "s" else 0 if wide else 1] += 1
    if listing.wait() or not counts:
        sys.exit(f"objdump found no arithmetic in {program}")
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", nargs="?", default=ROOT / "target/release/examples/process_events")
    counts = count(parser.parse_args().program)
    print(f"{'kernel':40s}{'256 bits':>10s}{'128 bits':>10s}{'single':>8s}{'packed':>8s}")
    for kernel, pattern in KERNELS:
        found = [c for name, c in counts.items() if re.search(pattern, name)]
        wide, packed, single = (sum(c[i] for c in found) for i in range(3))
        share = f"{(wide + packed) / (wide + packed + single):.0%}" if wide + packed + single else "inlined"
        print(f"{kernel:40s}{wide:10d}{packed:10d}{single:8d}{share:>8s}")


if __name__ == "__main__":
    main()
