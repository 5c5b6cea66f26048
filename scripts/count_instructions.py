#!/usr/bin/env python3
"""Instructions that the kernels execute, counted by valgrind, so that a change for the worse is seen
on a noisy machine too.

    scripts/count_instructions.py [--update] [--only NAME…]

Compares with scripts/instructions.json, which names the compiler, and tells what became worse by
more than 2 % (exit status 1, where compiler and processor are the same); `--update` writes the file
anew. Each count is the difference of two runs of different length, so that starting up and making
plans do not count. They are exact for one compiler and one processor (libraries choose their code
by what the processor can do); others make other code.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / "scripts/instructions.json"
WORSE = 1.02


def build(*arguments):
    subprocess.run(["cargo", "build", "--release", "--quiet", *arguments], cwd=ROOT, check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/examples"


def count(command, folder):
    """Instructions of a whole run, of all its threads."""
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", *map(str, command)]
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"refs:\s+([\d,]+)", done.stderr)
    if done.returncode not in (0, 3) or not found:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return int(found.group(1).replace(",", ""))


def copies(events, number, into):
    shutil.rmtree(into, ignore_errors=True)
    for copy in range(number):
        for event in events:
            shutil.copytree(event, into / f"{event.name}_{copy:03d}")
    return into


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--update", action="store_true", help="make this the baseline")
    parser.add_argument("--only", nargs="*", help="these measurements alone")
    arguments = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("valgrind is needed (Debian: apt-get install valgrind)")
    folder = Path(tempfile.mkdtemp(prefix="seis-count-"))
    try:
        counts = measure(arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "unknown")
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {"counts": {}}
    comparable = baseline.get("rustc", rustc) == rustc and baseline.get("processor", model) == model
    if not comparable:
        print(f"the baseline is of {baseline['rustc']} on {baseline['processor']}, this is {rustc} on {model}")
    worse = []
    print(f"{'instructions':58s}{'now':>12s}{'baseline':>12s}{'ratio':>8s}")
    for name, now in counts.items():
        before = baseline["counts"].get(name)
        ratio = now / before if before else None
        print(f"{name:58s}{now:12.3f}{before or float('nan'):12.3f}{ratio or float('nan'):8.3f}")
        if ratio and ratio > WORSE:
            worse.append(f"{name}: {ratio:.3f} times the baseline")
    if arguments.update:
        kept = {**baseline["counts"], **counts} if arguments.only else counts
        BASELINE.write_text(json.dumps({"rustc": rustc, "processor": model, "counts": kept}, indent=1) + "\n")
    elif worse:
        print("\nworse:\n  " + "\n  ".join(worse))
        if comparable:
            sys.exit(1)
        print("which may be the other compiler or processor: no verdict")


def measure(arguments, folder):
    counts = {}

    def wanted(name):
        return not arguments.only or any(part in name for part in arguments.only)

    def put(name, command, few, many, units):
        """`command(n)` does something n times; `units` is what one time has of it."""
        if wanted(name):
            counts[name] = (count(command(many), folder) - count(command(few), folder)) / (many - few) / units
            print(f"{name}: {counts[name]:.3f}", file=sys.stderr)

    costs = build("--example", "costs") / "costs"
    steps = json.loads(subprocess.run([costs, "--list"], capture_output=True, text=True, check=True).stdout)
    for step in steps:
        put(
            f"{step['name']}, per {step['unit']}",
            lambda n, step=step: [costs, step["name"], n], 5, 25, step["units"],
        )

    # The whole program: what a trace costs, in a small archive and in a large one.
    programs = build("--example", "process_events", "--example", "make_archive")
    subprocess.run([programs / "make_archive", folder / "made", "--events", "2"], check=True)
    events = sorted((folder / "made/40hz").iterdir())
    traces = 3 * len(events)

    def whole(number):
        root = copies(events, number, folder / "archive")
        shutil.rmtree(folder / "results", ignore_errors=True)
        return [programs / "process_events", root, "--out", folder / "results", "--quiet", "--jobs", 1, "--io-threads", 0]

    put("process_events, per trace, 24 to 120 traces", whole, 4, 20, traces)
    put("process_events, per trace, 240 to 720 traces", whole, 40, 120, traces)
    return counts


if __name__ == "__main__":
    main()
