#!/usr/bin/env python3
"""Everything that docs/speed.md tells, measured in one run.

    scripts/measure_speed.py [--json docs/speed.json] [--quick] [--disk DIR] [--report]

Ratios to ObsPy and to the floor (as `compare_obspy.py`), throughput against threads, traces per
event and size of the archive, peak memory, the day-long files, and the order of visits with the file
cache dropped. The figures go to `docs/speed.json`; `--report` makes the tables and plots of them
(`speed_report.py`). Takes a quarter of an hour; `--quick` takes three minutes and is not meant to be
published.
"""

import reference_env

reference_env.enter()

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import compare_obspy
from compare_obspy import drop_caches, enlarge, events_of, good_events, run_ours, spawn

LENGTHS = compare_obspy.LENGTHS
OPTIONS = ["--pre-filt", "0.001,0.005,4.9,5.0"]


def note(text):
    print(text, flush=True)


def traces_of(report):
    return sum(t["status"] == "processed" for t in report["traces"])


def digest(folder):
    """A hash of all results below a folder, and of their names."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.sac")):
        total.update(str(path.relative_to(folder)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def jobs(program, root, disk, work, repeat):
    """Throughput with one worker, with several, and of so many processes that share nothing."""
    cores = sorted(os.sched_getaffinity(0))
    halves = [disk / f"part{i}" for i in range(len(cores))]
    for i, event in enumerate(events_of(root)):
        shutil.copytree(event, halves[i % len(cores)] / event.name)
    os.sync()
    counts = sorted({1, 2, len(cores), 2 * len(cores)})
    seconds = {n: [] for n in counts}
    apart, same, traces = [], set(), 0
    for _ in range(repeat):
        for n in counts:
            elapsed, _, report, _ = run_ours(program, root, work / "out", OPTIONS, n)
            traces = traces_of(report)
            seconds[n].append(elapsed)
            same.add(digest(work / "out"))
        for part in halves:
            shutil.rmtree(work / f"out-{part.name}", ignore_errors=True)
        begun = time.perf_counter()
        children = [
            subprocess.Popen(
                [program, part, "--out", work / f"out-{part.name}", "--quiet", "--jobs", "1", "--io-threads", "0", *OPTIONS],
                preexec_fn=lambda core=core: os.sched_setaffinity(0, {core}),
            )
            for part, core in zip(halves, cores)
        ]
        for child in children:
            child.wait()
        apart.append(time.perf_counter() - begun)
    one = np.array(seconds[1])
    return {
        "traces": traces,
        "jobs": [
            {
                "jobs": n, "traces_per_s": traces / float(np.median(seconds[n])),
                "over_one": float(np.median(one / np.array(seconds[n]))),
                "best_over_one": float(one.min() / min(seconds[n])),
            }
            for n in counts
        ],
        "processes_apart": {
            "processes": len(cores), "over_one": float(np.median(one / np.array(apart))),
            "best_over_one": float(one.min() / min(apart)),
        },
        "identical": len(same) == 1,
    }


def sizes(program, events, disk, work, counts):
    """Time, processor time and memory against the size of the archive."""
    found = []
    for count in counts:
        root = enlarge(events, count, disk / "sized")
        runs = []
        for _ in range(max(1, min(5, 4000 // count))):
            elapsed, cpu, report, peak = run_ours(program, root, work / "out", OPTIONS, 1)
            runs.append((elapsed, cpu, peak))
        n = traces_of(report)
        largest = max(t["raw_npts"] or 0 for t in report["traces"])
        _, _, _, peak2 = run_ours(program, root, work / "out", OPTIONS, 2)
        found.append({
            "traces": n, "ms": 1e3 * min(r[0] for r in runs) / n, "processor_ms": 1e3 * min(r[1] for r in runs) / n,
            "peak_mib": max(r[2] for r in runs), "peak_mib_two_jobs": peak2, "largest_trace_mib": largest * 4 / 2**20,
            "plans": report["stats"]["plans"], "inventories": report["stats"]["inventories"],
        })
        note(f"  {found[-1]['traces']} traces: {found[-1]['ms']:.3f} ms each, peak {found[-1]['peak_mib']:.1f} MiB")
        shutil.rmtree(root)
    return found


def per_event(program, events, disk, work, total, counts):
    """Throughput against the number of traces in an event: copies under other station codes would
    need other metadata, so that copies differ in the window that their name tells."""
    source = events[0]
    raw = sorted((source / "raw").glob("*.mseed"))
    found = []
    for count in counts:
        root = disk / "per-event"
        for number in range(max(1, total // count)):
            event = root / f"event{number:05d}"
            (event / "raw").mkdir(parents=True)
            (event / "resp").mkdir()
            for file in (source / "resp").iterdir():
                (event / "resp" / file.name).write_bytes(file.read_bytes())
            for i in range(count):
                file = raw[i % len(raw)]
                name = file.name.split("__")[0]
                minutes = i // len(raw)
                window = f"2022{1 + minutes // 20160:02d}{1 + minutes // 1440 % 14:02d}T{minutes // 60 % 24:02d}{minutes % 60:02d}00Z"
                (event / "raw" / f"{name}__{window}__{window}.mseed").write_bytes(file.read_bytes())
        os.sync()
        runs = [run_ours(program, root, work / "out", OPTIONS, 1) for _ in range(3)]
        best = min(runs, key=lambda r: r[0])
        found.append({"traces_per_event": count, "traces_per_s": traces_of(best[2]) / best[0]})
        note(f"  {count} traces per event: {found[-1]['traces_per_s']:.0f} traces/s")
        shutil.rmtree(root)
    return found


def physical_order(root):
    """How often the next file in the order of a visit lies further on, by `filefrag`; None if unknown."""
    files = {}
    for event in events_of(root)[:200]:
        for raw in (event / "raw").glob("*.mseed"):
            text = subprocess.run(["filefrag", "-v", raw], capture_output=True, text=True).stdout
            for line in text.splitlines():
                if line.strip().startswith("0:"):
                    files[raw] = int(line.split(":")[2].split("..")[0])
    if not files:
        return None

    def onward(order):
        places = [files[f] for f in order if f in files]
        return float(np.mean(np.diff(places) > 0)), float(np.median(np.abs(np.diff(places))))

    def inode(p):
        return os.stat(p).st_ino

    events = events_of(root)[:200]
    orders = {
        "name": [r for e in events for r in sorted((e / "raw").glob("*.mseed"))],
        "inode": [r for e in sorted(events, key=inode) for r in sorted((e / "raw").glob("*.mseed"), key=inode)],
        "listed": [e / "raw" / r for e in (root / n for n in os.listdir(root)) if e in set(events) for r in os.listdir(e / "raw")],
    }
    return {k: dict(zip(("onward", "median_blocks"), onward(v))) for k, v in orders.items()}


def cold(program, events, disk, traces, repeat):
    """Small files with the file cache dropped, by order and number of reading threads."""
    # Written in a shuffled order of events, as archives are that grew by and by.
    root = disk / "cold"
    files = enlarge(events, traces, disk / "straight")
    names = [e.name for e in events_of(files)]
    np.random.default_rng(1).shuffle(names)
    for name in names:
        shutil.copytree(files / name, root / name)
    shutil.rmtree(files)
    if not drop_caches():
        note("  the file cache cannot be dropped here: left out")
        return None
    found = []
    cases = [("warm", "inode", None, 2), ("cold", "inode", None, 2)] + [
        ("cold", order, threads, 2) for order in ("inode", "name", "listed") for threads in (0, 1, 4)
    ]
    seconds = {case: [] for case in cases}
    for _ in range(repeat):
        for case in cases:
            state, order, threads, n = case
            # The results of the run before are gone, and what it wrote is on the disk.
            shutil.rmtree(disk / "out", ignore_errors=True)
            drop_caches()
            if state == "warm":
                for file in root.rglob("*.*"):
                    file.read_bytes()
            chosen = [*OPTIONS, "--io-order", order]
            chosen += [] if threads is None else ["--io-threads", str(threads)]
            elapsed, cpu, report, _ = run_ours(program, root, disk / "out", chosen, n)
            seconds[case].append((elapsed, cpu, report["stats"], traces_of(report)))
    for case in cases:
        elapsed, cpu, stats, n = min(seconds[case], key=lambda r: r[0])
        found.append({
            "cache": case[0], "io_order": case[1], "io_threads": "left to it" if case[2] is None else case[2], "jobs": case[3], "traces": n,
            "seconds": elapsed, "median_seconds": float(np.median([r[0] for r in seconds[case]])),
            "processor_seconds": cpu, "survey_s": stats["survey_s"], "reading_s": stats["reading_s"],
            "waiting_share": stats["waited_s"] / (stats["elapsed_s"] * case[3]),
            # What the cores that could have worked did not do.
            "idle_share": max(0.0, 1 - cpu / (elapsed * case[3])),
        })
        note("  {cache} {io_order:7s} {io_threads} reading: {seconds:.2f} s, workers idle {idle_share:.0%}".format(**found[-1]))
    order = physical_order(root)
    shutil.rmtree(root)
    shutil.rmtree(disk / "out", ignore_errors=True)
    return {"cases": found, "order": order, "device": rotational(disk)}


def rotational(path):
    """Whether the system holds the disk for one that seeks."""
    number = os.stat(path).st_dev
    link = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
    for candidate in (link / "queue/rotational", link.parent / "queue/rotational"):
        if candidate.exists():
            return candidate.read_text().strip() == "1"
    return None


def day(program, floor, corpus, synthetic, disk, work, repeat):
    """A day at 40 Hz to 10 Hz against ObsPy, and a day at 100 Hz at its full rate against its
    transforms."""
    found = {}
    if corpus:
        event = disk / "day" / "day"
        for part, file in (("raw", "CI.HEC..BHN.D.2022.002.mseed"), ("resp", "CI.HEC.xml")):
            (event / part).mkdir(parents=True)
            (event / part / file).write_bytes((corpus / "day" / file).read_bytes())
        theirs, ours = [], {length: [] for length in LENGTHS}
        for _ in range(repeat):
            elapsed, _, results = compare_obspy.run_obspy([event], work / "obspy", "DISP", None, 1, most=10**9)
            if not all(v.endswith(".sac") for v in results.values()):
                sys.exit(f"ObsPy: {results}")
            theirs.append(elapsed)
            for length in LENGTHS:
                options = [*OPTIONS, "--npts", "all", "--fft-length", length]
                # As for short traces, the first is not counted.
                for _ in range(2):
                    elapsed, _, report, peak = run_ours(program, event.parent, work / "out", options, 1)
                ours[length].append((elapsed, peak))
                if length == "obspy":
                    rows, problems = compare_obspy.compare(report, results)
                    if problems:
                        sys.exit("\n".join(problems))
        found["to_10_hz"] = {
            "samples": report["traces"][0]["raw_npts"], "obspy_s": min(theirs),
            "difference_of_peak": max(row[2] for row in rows), "same_float32": min(row[3] for row in rows),
            **{
                length: {
                    "s": min(o[0] for o in ours[length]), "peak_mib": max(o[1] for o in ours[length]),
                    "ratio": float(np.median([a / b[0] for a, b in zip(theirs, ours[length])])),
                    "best_ratio": max(a / b[0] for a, b in zip(theirs, ours[length])),
                }
                for length in LENGTHS
            },
        }
    wide = ["--pre-filt", "0.001,0.005,45,48", "--rate", "100", "--npts", "100000000"]
    for length in LENGTHS:
        command = [floor, synthetic / "day", "--out", work / "floor", "--fft-length", length, "--rounds", repeat, *wide]
        _, _, peak, text, status = spawn(command)
        if status:
            sys.exit("the floor of the day failed")
        figures = json.loads(text)
        *_, alone = run_ours(program, synthetic / "day", work / "out", [*wide, "--fft-length", length], 1)
        run, floor_steps = figures["run"]["steps"], figures["floor"]["steps"]
        transforms = floor_steps["forward FFT"] + floor_steps["inverse FFT"]
        found[f"full_rate_{length}"] = {
            **figures, "peak_mib": alone, "process_over_transforms": run["process"] / transforms,
            "transforms_ms": transforms,
        }
    for length in LENGTHS:
        if "to_10_hz" in found:
            note(f"  a day to 10 Hz, {length}: {found['to_10_hz'][length]['ratio']:.1f} times ObsPy")
            note(f"  its samples: {found['to_10_hz']['same_float32']:.3%} the same, {found['to_10_hz']['difference_of_peak']:.1e} of the peak")
        note(f"  a day at 100 Hz, {length}: processing over its transforms {found[f'full_rate_{length}']['process_over_transforms']:.2f}")
    found["load"] = os.getloadavg()[0]
    return found


def machine():
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.split()[1]
    return {"processor": model, "cores": len(os.sched_getaffinity(0)), "rustc": rustc, "load_before": os.getloadavg()[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", type=Path, default=reference_env.ROOT / "docs/speed.json")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    compare_obspy.folder_options(parser)
    parser.add_argument("--only", nargs="*", help="some of: archives jobs sizes per_event day cold")
    parser.add_argument("--report", action="store_true", help="tables and plots afterwards")
    arguments = parser.parse_args()
    arguments.configuration = "disp_nowl"
    arguments.traces, arguments.obspy_traces = (400, 12) if arguments.quick else (2000, 24)
    arguments.repeat = 2 if arguments.quick else 3

    bin = reference_env.cargo_build("--example", "process_events", "--example", "floor", "--example", "make_archive")
    program, floor = bin / "examples/process_events", bin / "examples/floor"
    disk, work = compare_obspy.folders(arguments)
    figures = json.loads(arguments.json.read_text()) if arguments.only and arguments.json.exists() else {}
    figures["machine"] = machine()
    figures["quick"] = arguments.quick

    def wanted(part):
        return not arguments.only or part in arguments.only

    try:
        archives = compare_obspy.synthetic(disk / "synthetic")
        corpus = reference_env.corpus()
        events = archives[1][1]
        if corpus:
            events = good_events(corpus / "events")
            archives.insert(0, ("CI.HEC and CI.CCA, 40 Hz", events))
        if wanted("archives"):
            figures["archives"] = [
                compare_obspy.measure(name, found, disk, work, arguments, program, floor) for name, found in archives
            ]
        if wanted("jobs"):
            note("\nthreads")
            root = enlarge(events, arguments.traces, disk / "large")
            figures["jobs"] = jobs(program, root, disk, work, 3 if arguments.quick else 7)
            for row in figures["jobs"]["jobs"]:
                note(f"  --jobs {row['jobs']}: {row['traces_per_s']:.0f} traces/s, {row['over_one']:.2f} times one (best {row['best_over_one']:.2f})")
            apart = figures["jobs"]["processes_apart"]
            note(f"  {apart['processes']} processes apart: {apart['over_one']:.2f} (best {apart['best_over_one']:.2f})")
            for part in disk.glob("part*"):
                shutil.rmtree(part)
            shutil.rmtree(root)
        if wanted("sizes"):
            note("\nsize of the archive")
            figures["sizes"] = sizes(program, events, disk, work, (200, 2000) if arguments.quick else (200, 2000, 20000))
        if wanted("per_event"):
            note("\ntraces per event")
            counts = (1, 10, 100) if arguments.quick else (1, 2, 5, 10, 20, 50, 100, 200, 500)
            figures["per_event"] = per_event(program, events, disk, work, arguments.traces // 2, counts)
        if wanted("day"):
            note("\nlong traces")
            figures["day"] = day(program, floor, corpus, disk / "synthetic", disk, work, arguments.repeat)
        if wanted("cold"):
            note("\nfile cache dropped")
            figures["cold"] = cold(program, events, disk, 1000 if arguments.quick else 10000, 1 if arguments.quick else 2)
        figures["machine"]["load_after"] = os.getloadavg()[0]
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")
    finally:
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(disk, ignore_errors=True)
    if arguments.report:
        subprocess.run([sys.executable, Path(__file__).with_name("speed_report.py"), arguments.json], check=True)


if __name__ == "__main__":
    main()
