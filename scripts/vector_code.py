#!/usr/bin/env python3
"""Whether the kernels are vector code: their arithmetic in the compiled program, counted.

    scripts/vector_code.py [PROGRAM]

Disassembles a release build (objdump and addr2line, of binutils; default
target/release/examples/process_events) and counts, for each kernel, the instructions that add, multiply
or divide floating-point numbers: packed in 256 bits (AVX2, chosen as the program runs), packed in 128
bits (what every x86-64 has), and one number at a time. What was inlined counts for the kernel that it
was written in, as the line tables tell. Instructions are counted where they stand, not as often as they
run, so that code for the ends of loops weighs more than it takes. x86-64 only.
"""

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What a kernel is, by the functions that are part of it and the files they stand in.
KERNELS = [
    ("halves: twist, sum, multiply, untwist", r"fft/convolution"),
    ("operator: separate, multiply", r"fft/real\.rs\S* (.*multiplied|split)"),
    ("operator: join", r"fft/real\.rs\S* .*join"),
    ("long traces: gains from polynomials", r"deconvolution/(gains\.rs\S* .*four|curve\.rs\S* at<4>)"),
    ("long traces: separate, multiply, join", r"fft/long\.rs\S* (multiply_tiles|separate|join)"),
    ("long traces: turn rows", r"fft/long\.rs\S* .*multiply_rows"),
    ("filter that lowers the rate", r"decimator\.rs\S* (filter|apply_to|widen)"),
    ("compensation for it", r"decimator\.rs\S* .*compensate"),
    ("demean, taper, pack", r"pipeline/pack\.rs\S* (pack|taper_packed|scale)|taper\.rs\S* .*apply"),
    ("sums", r"seis-signal/src/sum\.rs"),
    ("Lanczos: phases and kernel", r"interpolate/(lanczos|grid|plan)\.rs"),
    ("poles, zeros and FIR filters", r"seis-resp/src/evaluate"),
]
ARITHMETIC = re.compile(r"^v?(?:add|sub|mul|div|sqrt|max|min|fn?m(?:add|sub)\w*?)(p|s)d$")


def arithmetic(program):
    """Address and width (0: 256 bits or more, 1: 128, 2: single) of each instruction."""
    listing = subprocess.Popen(
        ["objdump", "-d", "-C", "--no-show-raw-insn", "-j", ".text", program], stdout=subprocess.PIPE, text=True
    )
    found, ours = [], False
    for line in listing.stdout:
        if line.endswith(">:\n"):
            ours = "seis_" in line or "vectorize" in line
            continue
        parts = line.split("\t")
        if not ours or len(parts) < 2:
            continue
        instruction = parts[1].split(None, 1)
        kind = ARITHMETIC.match(instruction[0]) if instruction else None
        if kind:
            wide = "ymm" in parts[1] or "zmm" in parts[1]
            found.append((parts[0].strip(" :"), 2 if kind.group(1) == "s" else 0 if wide else 1))
    if listing.wait() or not found:
        sys.exit(f"objdump found no arithmetic in {program}")
    return found


def places(program, addresses):
    """The files and functions that an instruction is in, the innermost first."""
    done = subprocess.run(
        ["addr2line", "-a", "-i", "-f", "-C", "-e", program], input="\n".join(addresses), capture_output=True, text=True, check=True
    )
    chains = re.split(r"^0x[0-9a-f]+\n", done.stdout, flags=re.M)[1:]
    lines = [chain.splitlines() for chain in chains]
    return [[f"{file} {function}" for function, file in zip(chain[::2], chain[1::2])] for chain in lines]


def count(program):
    found = arithmetic(program)
    counts = defaultdict(lambda: [0, 0, 0])
    for (_, width), functions in zip(found, places(program, [address for address, _ in found])):
        names = (kernel for function in functions for kernel, pattern in KERNELS if re.search(pattern, function))
        counts[next(names, "all else in these crates")][width] += 1
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", nargs="?", default=ROOT / "target/release/examples/process_events")
    counts = count(parser.parse_args().program)
    print(f"{'kernel':40s}{'256 bits':>10s}{'128 bits':>10s}{'single':>8s}{'packed':>10s}")
    for kernel in [kernel for kernel, _ in KERNELS] + ["all else in these crates"]:
        wide, packed, single = counts[kernel]
        share = f"{(wide + packed) / (wide + packed + single):.0%}" if wide + packed + single else "not found"
        print(f"{kernel:40s}{wide:10d}{packed:10d}{single:8d}{share:>10s}")


if __name__ == "__main__":
    main()
