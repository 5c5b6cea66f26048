#!/usr/bin/env python3
"""ObsPy's pipeline and ours on the same archive, in one run: differences, times, ratios.

    scripts/compare_obspy.py [ROOT] [--traces N] [--check] [--json FILE] [options]

ROOT is an archive of events; without it, `events/` in the folder that SEIS_CORPUS names, else the
demo archive. ObsPy 1.5.1 is installed in an environment of its own under `target/` (or set
SEIS_PYTHON). `--check` compares numbers only, and fails where they differ.

Times are taken in turns, ObsPy, ours with ObsPy's length of the Fourier transform, ours with the
cheapest (`--fft-length fast`), the floor (`examples/floor.rs`), and again, each on one core, for
ROOT and for synthetic archives at 20, 40 and 100 Hz, with the files in the cache; only ratios within
a turn mean anything; each run of ours follows one that is not counted. Archives lie on a disk, in its file cache, results in memory, so that no disk is
waited for. `--cold` adds turns with the file cache dropped (needs root).
"""

import reference_env

reference_env.enter()

import argparse
import json
import multiprocessing
import os
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


def obspy_event(event, out, output, water_level, most=12000):
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
                npts = min(most, int(span / 0.1 + 1e-9) + 1)
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


def run_obspy(events, out, output, water_level, processes, most=12000):
    begun = time.perf_counter()
    jobs = [(event, out / event.name, output, water_level, most) for event in events]
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


# A process counts its parent's memory as its own until it becomes another program, so that a small one
# has to be in between: this one, which also takes the time.
BETWEEN = """
import json, os, sys, time
begun = time.perf_counter()
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
elapsed = time.perf_counter() - begun
with open(sys.argv[1], "w") as out:
    json.dump([elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)], out)
"""


def spawn(command, cores=None):
    """Runs a program. Returns its wall time, processor time, peak memory in MiB, output, status."""
    pin = (lambda: os.sched_setaffinity(0, cores)) if cores else None
    with tempfile.NamedTemporaryFile() as account:
        between = [sys.executable, "-S", "-E", "-c", BETWEEN, account.name]
        done = subprocess.run([*between, *map(str, command)], stdout=subprocess.PIPE, preexec_fn=pin, check=True)
        elapsed, cpu, peak, status = json.loads(Path(account.name).read_text())
    return elapsed, cpu, peak, done.stdout, status


def run_ours(program, root, out, options, jobs, cores=None):
    """Returns wall time, processor time, the account and the peak memory in MiB."""
    shutil.rmtree(out, ignore_errors=True)
    report = out.parent / f"{out.name}.json"
    command = [program, root, "--out", out, "--report", report, "--quiet", "--jobs", jobs, *options]
    elapsed, cpu, peak, _, status = spawn(command, cores)
    if status not in (0, 3):
        sys.exit(f"{' '.join(map(str, command))} ended with status {status}")
    return elapsed, cpu, json.loads(report.read_text()), peak


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


def events_of(root):
    return [e for e in sorted(root.iterdir()) if (e / "raw").is_dir()]


def count_raw(events):
    return sum(1 for e in events for _ in (e / "raw").glob("*.mseed"))


def enlarge(events, traces, into):
    """An archive of copies of events with at least so many raw files."""
    copies = max(1, -(-traces // max(1, count_raw(events))))
    for copy in range(copies):
        for event in events:
            target = into / f"{event.name}_{copy:05d}"
            for part in ("raw", "resp"):
                if (event / part).is_dir():
                    (target / part).mkdir(parents=True)
                    for file in (event / part).iterdir():
                        # Not copytree: files of the corpus may be read-only.
                        (target / part / file.name).write_bytes(file.read_bytes())
    # Lest it is written while times are taken.
    os.sync()
    return into


def good_events(root):
    """The events of the corpus without trouble; of other archives, all."""
    trouble = {"gap", "truncated", "tohoku-no-response"}
    return [e for e in events_of(root) if e.name not in trouble]


def drop_caches():
    """Empties the file cache. Whether that is allowed."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError:
        return False
    return True


def summary(values):
    values = sorted(values)
    return {"median": float(np.median(values)), "best": values[0]}


LENGTHS = ("obspy", "fast")


def measure(name, events, disk, work, arguments, program, floor, cold=False):
    """ObsPy, ours and the floor in turns, on one core. Milliseconds for each trace, and ratios."""
    options, (output, water_level) = CONFIGURATIONS[arguments.configuration]
    large = enlarge(events, arguments.traces, disk / "large")
    few = events_of(enlarge(events, arguments.obspy_traces, disk / "few"))
    core = {max(os.sched_getaffinity(0))}
    all_cores = os.sched_getaffinity(0)
    theirs, ours, ratios = [], defaultdict(list), defaultdict(list)
    steps_theirs, steps_ours, floors = [], defaultdict(list), defaultdict(list)
    # Not counted: everything is in the cache afterwards, and every library is loaded.
    run_ours(program, large, work / "out", options, 1)
    run_obspy(few[:1], work / "obspy", output, water_level, 1)
    for _ in range(arguments.repeat):
        if cold:
            drop_caches()
        os.sched_setaffinity(0, core)
        elapsed, steps, results = run_obspy(few, work / "obspy", output, water_level, 1)
        os.sched_setaffinity(0, all_cores)
        n = sum(v.endswith(".sac") for v in results.values())
        theirs.append(1e3 * elapsed / n)
        steps_theirs.append({step: 1e3 * steps.get(step, 0) / n for step in STEPS})
        for length in LENGTHS:
            chosen = [*options, "--fft-length", length]
            if cold:
                drop_caches()
            else:
                # Not counted: memory for results that was free for a while may first have to be got
                # from the machine's host, which costs more than all the rest.
                run_ours(program, large, work / "out", chosen, 1, core)
            elapsed, cpu, report, peak = run_ours(program, large, work / "out", chosen, 1, core)
            done = [t["seconds"] for t in report["traces"] if t["status"] == "processed"]
            ours[length].append((1e3 * elapsed / len(done), 1e3 * cpu / len(done), peak))
            ratios[length].append(theirs[-1] / ours[length][-1][0])
            steps_ours[length].append({k: 1e3 * float(np.mean([d[k] for d in done])) for k in done[0]})
            if not cold:
                command = [floor, large, "--out", work / "floor", "--fft-length", length, "--rounds", 3]
                *_, text, status = spawn(command, core)
                if status == 0:
                    floors[length].append(json.loads(text))
    figures = {"name": name, "cold": cold, "traces": len(done), "obspy_traces": n, "obspy_ms": summary(theirs)}
    figures["obspy_steps_ms"] = {s: float(np.median([x[s] for x in steps_theirs])) for s in STEPS}
    for length in LENGTHS:
        figures[length] = {
            "ms": summary([o[0] for o in ours[length]]),
            "processor_ms": summary([o[1] for o in ours[length]]),
            "peak_mib": max(o[2] for o in ours[length]),
            "ratio": {"median": float(np.median(ratios[length])), "best": max(ratios[length])},
            "steps_ms": {s: float(np.median([x[s] for x in steps_ours[length]])) for s in steps_ours[length][0]},
        }
        if floors[length]:
            # The processor's time comes in hundredths of a second: too coarse for a small archive.
            processor = [f["processor_ratio"] for f in floors[length] if f["processor_ratio"]]
            middle = sorted(floors[length], key=lambda f: f["ratio"])[len(floors[length]) // 2]
            figures[length]["floor"] = {
                "ratio": float(np.median([f["ratio"] for f in floors[length]])),
                "processor_ratio": float(np.median(processor)) if processor else None,
                "run": middle["run"], "floor": middle["floor"],
            }
    for part in (disk / "large", disk / "few", work / "out", work / "obspy", work / "floor"):
        shutil.rmtree(part, ignore_errors=True)
    show(figures)
    return figures


def show(f):
    cache = "file cache dropped" if f["cold"] else "files in the cache"
    print(f"\n{f['name']}, one core, {cache}: {f['traces']} traces, of ObsPy {f['obspy_traces']}")
    print(f"  {'ms per trace':26s}{'median':>10s}{'best':>10s}{'ObsPy / ours':>14s}{'ours / floor':>14s}")
    print(f"  {'ObsPy ' + obspy.__version__:26s}{f['obspy_ms']['median']:10.3f}{f['obspy_ms']['best']:10.3f}")
    for length in LENGTHS:
        o = f[length]
        floor = f"{o['floor']['ratio']:14.2f}" if "floor" in o else ""
        print(
            f"  {'ours, length ' + length:26s}{o['ms']['median']:10.3f}{o['ms']['best']:10.3f}"
            f"{o['ratio']['median']:14.1f}{floor}"
        )
    print("  ObsPy's steps: " + ", ".join(f"{k} {v:.2f}" for k, v in f["obspy_steps_ms"].items()))
    for length in LENGTHS:
        steps = f[length]["floor"]["run"]["steps"] if "floor" in f[length] else f[length]["steps_ms"]
        print(f"  our steps, {length}: " + ", ".join(f"{k} {v:.3f}" for k, v in steps.items()))
        if "floor" in f[length]:
            steps = f[length]["floor"]["floor"]["steps"]
            print(f"  floor, {length}: " + ", ".join(f"{k} {v:.3f}" for k, v in steps.items()))


def synthetic(into):
    """Archives at 20, 40 and 100 Hz: name and events."""
    make = reference_env.cargo_build("--example", "make_archive") / "examples/make_archive"
    subprocess.run([make, into, "--events", "2"], check=True)
    return [(f"synthetic {hz} Hz", events_of(into / f"{hz}hz")) for hz in (20, 40, 100)]


def folders(arguments):
    """Where archives go, which is a disk, and where results go: to memory, which nobody waits for."""
    base = arguments.work or ("/dev/shm" if Path("/dev/shm").is_dir() else None)
    arguments.disk.mkdir(parents=True, exist_ok=True)
    return (
        Path(tempfile.mkdtemp(prefix="seis-archives-", dir=arguments.disk)),
        Path(tempfile.mkdtemp(prefix="seis-compare-", dir=base)),
    )


def folder_options(parser):
    disk = reference_env.ROOT / "target"
    parser.add_argument("--disk", type=Path, default=disk, help="folder on a disk, for archives")
    parser.add_argument("--work", type=Path, help="folder for results [/dev/shm]")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root", nargs="?", type=Path)
    parser.add_argument("--traces", type=int, default=2000, help="traces to time ours on [2000]")
    parser.add_argument("--obspy-traces", type=int, default=24, help="traces to time ObsPy on [24]")
    parser.add_argument("--configuration", choices=CONFIGURATIONS, default="disp_nowl", help="which one is timed")
    parser.add_argument("--check", action="store_true", help="compare numbers, take no times")
    parser.add_argument("--cold", action="store_true", help="also with the file cache dropped")
    parser.add_argument("--only-root", action="store_true", help="no synthetic archives")
    parser.add_argument("--repeat", type=int, default=3, help="turns [3]")
    folder_options(parser)
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
    disk, work = folders(arguments)
    problems = []
    try:
        events = events_of(root)
        names = CONFIGURATIONS if arguments.check else [arguments.configuration]
        for name in names:
            options, (output, water_level) = CONFIGURATIONS[name]
            _, _, theirs = run_obspy(events, work / "obspy" / name, output, water_level, 1)
            _, _, report, _ = run_ours(program, root, work / f"ours-{name}", options, 2)
            rows, found = compare(report, theirs)
            problems += [f"{name}: {p}" for p in found]
            print(f"\n{name}: largest difference over the peak, share of samples that are the same float32")
            for event, file, relative, same, text in rows:
                figures = text or f"{relative:9.1e} {same:8.2%}"
                print(f"  {event:22s} {file:60s} {figures}")
        if not arguments.check:
            figures = timings(arguments, program, root, disk, work)
            if arguments.json:
                arguments.json.write_text(json.dumps(figures, indent=1) + "\n")
    finally:
        for folder in (disk, work):
            shutil.rmtree(folder, ignore_errors=True)
    if problems:
        print("\n" + "\n".join(problems))
        sys.exit(f"{len(problems)} disagreements")
    print("\nno disagreement")


def timings(arguments, program, root, disk, work):
    floor = reference_env.cargo_build("--example", "floor") / "examples/floor"
    real = "CI.HEC and CI.CCA, 40 Hz" if reference_env.corpus() and root.parent == reference_env.corpus() else root.name
    archives = [(real, good_events(root))]
    if not arguments.only_root:
        archives += synthetic(disk / "synthetic")
    figures = []
    for cold in [False, True] if arguments.cold else [False]:
        for name, events in archives:
            figures.append(measure(name, events, disk, work, arguments, program, floor, cold))
    return {"obspy": obspy.__version__, "cores": os.cpu_count(), "configuration": arguments.configuration, "archives": figures}


if __name__ == "__main__":
    main()
