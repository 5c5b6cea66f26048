#!/usr/bin/env python3
"""ObsPy's pipeline and ours on the same archive, in one run: differences, times, ratios.

    scripts/compare_obspy.py [ROOT] [--copies N] [--check] [options]

ROOT is an archive of events; without it, `events/` in the folder that SEIS_CORPUS names, else the
demo archive. ObsPy 1.5.1 is installed in an environment of its own under `target/` (or set
SEIS_PYTHON). `--check` compares numbers only, and fails where they differ.
"""

import reference_env

reference_env.enter()

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
import obspy

warnings.simplefilter("ignore")

PRE_FILT = (0.001, 0.005, 4.9, 5.0)
# Name -> (options of ours, output and water level of ObsPy): as the reference values were made.
CONFIGURATIONS = {
    "disp_nowl": (["--output", "disp", "--water-level", "none"], ("DISP", None)),
    "disp_wl0": (["--output", "disp", "--water-level", "0"], ("DISP", 0)),
    "vel_wl60": (["--output", "vel", "--water-level", "60"], ("VEL", 60)),
    "acc_nowl": (["--output", "acc", "--water-level", "none"], ("ACC", None)),
}
# Largest difference allowed, relative to the peak of ObsPy's trace.
TOLERANCE = 1e-6
STEPS = ["read inventory", "read", "demean", "taper", "remove response", "interpolate", "write"]


def obspy_event(event, out, output, water_level):
    """The script that people run, on one event. Returns seconds by step and the results."""
    seconds = defaultdict(float)
    results = {}
    inventories = {}

    def timed(step, call):
        begun = time.perf_counter()
        value = call()
        seconds[step] += time.perf_counter() - begun
        return value

    out.mkdir(parents=True, exist_ok=True)
    for raw in sorted((event / "raw").glob("*.mseed")):
        try:
            stream = timed("read", lambda: obspy.read(str(raw)))
        except Exception as error:
            results[raw.name] = f"{type(error).__name__}: {error}"
            continue
        for number, trace in enumerate(stream, 1):
            key = f"{raw.name}#{number}"
            station = f"{trace.stats.network}.{trace.stats.station}"
            try:
                if station not in inventories:
                    path = event / "resp" / f"{station}.xml"
                    inventories[station] = timed(
                        "read inventory", lambda: obspy.read_inventory(str(path))
                    )
                timed("demean", lambda: trace.detrend("demean"))
                timed("taper", lambda: trace.taper(0.05, type="hann"))
                timed(
                    "remove response",
                    lambda: trace.remove_response(
                        inventories[station], output=output, water_level=water_level,
                        pre_filt=PRE_FILT, zero_mean=False, taper=False,
                    ),
                )
                span = (trace.stats.npts - 1) * trace.stats.delta
                npts = min(12000, int(span / 0.1 + 1e-9) + 1)
                timed(
                    "interpolate",
                    lambda: trace.interpolate(10.0, method="lanczos", a=25, npts=npts),
                )
                path = out / f"{raw.stem}#{number}.sac"
                timed("write", lambda: trace.write(str(path), format="SAC"))
                results[key] = str(path)
            except Exception as error:
                results[key] = f"{type(error).__name__}: {error}"
    return dict(seconds), results


def run_obspy(events, out, output, water_level, processes):
    begun = time.perf_counter()
    jobs = [(event, out / event.name, output, water_level) for event in events]
    if processes == 1:
        done = [obspy_event(*job) for job in jobs]
    else:
        with multiprocessing.Pool(processes) as pool:
            done = pool.starmap(obspy_event, jobs, chunksize=1)
    elapsed = time.perf_counter() - begun
    seconds = defaultdict(float)
    results = {}
    for event, (steps, found) in zip(events, done):
        for step, value in steps.items():
            seconds[step] += value
        for key, value in found.items():
            results[(event.name, key)] = value
    return elapsed, seconds, results


def run_ours(program, root, out, options, jobs):
    shutil.rmtree(out, ignore_errors=True)
    report = out.parent / f"{out.name}.json"
    command = [program, str(root), "--out", str(out), "--report", str(report), "--quiet"]
    command += ["--jobs", str(jobs), *options]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    status = subprocess.run(command).returncode
    elapsed = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status not in (0, 3):
        sys.exit(f"{' '.join(command)} ended with status {status}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return elapsed, cpu, json.loads(report.read_text())


def compare(report, theirs):
    """Our results against ObsPy's. Returns the largest differences and what only one could do."""
    by_file = defaultdict(list)
    for trace in report["traces"]:
        by_file[(trace["event"], Path(trace["file"]).name)].append(trace)
    rows, problems = [], []
    for (event, name), traces in sorted(by_file.items()):
        traces.sort(key=lambda t: t["start"] or "")
        keys = sorted(k for k in theirs if k[0] == event and k[1].split("#")[0] == name)
        for number in range(max(len(traces), len(keys))):
            ours = traces[number] if number < len(traces) else None
            other = theirs[keys[number]] if number < len(keys) else "no such segment"
            they_failed = not other.endswith(".sac")
            if ours is None or ours["status"] != "processed":
                why = ours["message"] if ours else "no such segment"
                rows.append((event, name, None, None, f"ours: {why} | ObsPy: {other}"))
                if not they_failed:
                    problems.append(f"{event}/{name}: only ObsPy processed it")
                continue
            if they_failed:
                rows.append((event, name, None, None, f"ours: processed | ObsPy: {other}"))
                problems.append(f"{event}/{name}: only we processed it; ObsPy: {other}")
                continue
            a, b = obspy.read(ours["output"])[0], obspy.read(other)[0]
            for field in ("starttime", "delta", "npts", "network", "station", "location", "channel"):
                if a.stats[field] != b.stats[field]:
                    problems.append(
                        f"{event}/{name}: {field} {a.stats[field]} is not {b.stats[field]}"
                    )
            n = min(a.stats.npts, b.stats.npts)
            difference = np.abs(a.data[:n].astype(float) - b.data[:n].astype(float))
            relative = difference.max() / np.abs(b.data).max()
            same = np.mean(a.data[:n] == b.data[:n])
            rows.append((event, name, relative, same, None))
            if not relative <= TOLERANCE:
                problems.append(f"{event}/{name}: {relative:.1e} of the peak off")
    return rows, problems


def enlarge(root, copies, into):
    """An archive of `copies` copies of the events that have a response."""
    events = [e for e in sorted(root.iterdir()) if (e / "raw").is_dir()]
    if copies == 1:
        return root, events
    made = []
    for copy in range(copies):
        for event in events:
            target = into / f"{event.name}_{copy:05d}"
            for part in ("raw", "resp"):
                if (event / part).is_dir():
                    shutil.copytree(event / part, target / part)
            made.append(target)
    return into, made


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root", nargs="?", type=Path)
    parser.add_argument("--copies", type=int, default=None, help="copies of the archive to time ours on [100]")
    parser.add_argument("--configuration", choices=CONFIGURATIONS, default="disp_nowl", help="which one is timed")
    parser.add_argument("--check", action="store_true", help="compare numbers, take no times")
    parser.add_argument("--repeat", type=int, default=3, help="timed runs; the best one counts [3]")
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()

    program = reference_env.cargo_build("--example", "process_events") / "examples/process_events"
    root = arguments.root
    if root is None:
        corpus = reference_env.corpus()
        if corpus:
            root = corpus / "events"
        else:
            subprocess.run([program, "--quiet"], check=True)
            root = reference_env.ROOT / "target/demo-archive"
    work = Path(tempfile.mkdtemp(prefix="seis-compare-"))
    problems = []
    try:
        events = [e for e in sorted(root.iterdir()) if (e / "raw").is_dir()]
        names = CONFIGURATIONS if arguments.check else [arguments.configuration]
        for name in names:
            options, (output, water_level) = CONFIGURATIONS[name]
            _, _, theirs = run_obspy(events, work / "obspy" / name, output, water_level, 1)
            _, _, report = run_ours(program, root, work / f"ours-{name}", options, 2)
            rows, found = compare(report, theirs)
            problems += [f"{name}: {p}" for p in found]
            print(f"\n{name}: largest difference over the peak, share of samples that are the same float32")
            for event, file, relative, same, text in rows:
                figures = text or f"{relative:9.1e} {same:8.2%}"
                print(f"  {event:22s} {file:60s} {figures}")
        if not arguments.check:
            timings(arguments, program, root, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if problems:
        print("\n" + "\n".join(problems))
        sys.exit(f"{len(problems)} disagreements")
    print("\nno disagreement")


def timings(arguments, program, root, work):
    options, (output, water_level) = CONFIGURATIONS[arguments.configuration]
    cores = os.cpu_count()
    large, _ = enlarge(root, arguments.copies or 100, work / "archive")
    small, small_events = enlarge(root, max(1, 2 * cores), work / "small")

    def obspy_rate(processes):
        best = None
        for repeat in range(arguments.repeat):
            run = run_obspy(small_events, work / f"t{processes}", output, water_level, processes)
            best = run if best is None or run[0] < best[0] else best
        elapsed, steps, results = best
        return sum(v.endswith(".sac") for v in results.values()) / elapsed, steps, results

    def our_rate(jobs):
        best = None
        for repeat in range(arguments.repeat):
            run = run_ours(program, large, work / "timed", options, jobs)
            best = run if best is None or run[0] < best[0] else best
        elapsed, cpu, report = best
        done = [t for t in report["traces"] if t["status"] == "processed"]
        return len(done) / elapsed, done, cpu

    # One after the other on the same machine, caches warm: only the ratio means something.
    our_rate(cores)
    theirs_1, steps, results = obspy_rate(1)
    ours_1, done, cpu = our_rate(1)
    theirs_n, _, _ = obspy_rate(cores)
    ours_n, _, _ = our_rate(cores)

    n = sum(v.endswith(".sac") for v in results.values())
    print(f"\nTimes per trace on one core, {arguments.configuration}")
    print("  ObsPy " + obspy.__version__)
    for step in STEPS:
        print(f"    {step:16s} {steps.get(step, 0) / n * 1e3:9.3f} ms")
    print("  ours")
    for step in ("read", "response", "process", "write"):
        print(f"    {step:16s} {np.mean([t['seconds'][step] for t in done]) * 1e3:9.3f} ms")
    print(f"\n{'':22s}{'ObsPy':>12s}{'ours':>12s}{'ratio':>9s}")
    print(f"{'one core, traces/s':22s}{theirs_1:12.2f}{ours_1:12.1f}{ours_1 / theirs_1:9.1f}")
    print(f"{f'{cores} cores, traces/s':22s}{theirs_n:12.2f}{ours_n:12.1f}{ours_n / theirs_n:9.1f}")
    print(f"{len(done)} traces of ours; {cpu / len(done) * 1e3:.3f} ms of processor time each")
    if arguments.json:
        figures = {
            "obspy": obspy.__version__, "cores": cores, "configuration": arguments.configuration,
            "traces_per_second": {"obspy_1": theirs_1, "ours_1": ours_1, "obspy_n": theirs_n, "ours_n": ours_n},
            "ratio_per_core": ours_1 / theirs_1, "ratio_all_cores": ours_n / theirs_n,
            "obspy_ms": {s: steps.get(s, 0) / n * 1e3 for s in STEPS},
            "our_ms": {s: float(np.mean([t["seconds"][s] for t in done]) * 1e3) for s in ("read", "response", "process", "write")},
        }
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
