#!/usr/bin/env python3
"""Tables and plots of docs/speed.json.

    scripts/speed_report.py [docs/speed.json]

Writes what stands between `<!-- NAME -->` and `<!-- end -->` in docs/speed.md and benches/README.md,
and docs/img/speed-*.svg.
"""

import reference_env

reference_env.enter()

import json
import re
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

ROOT = reference_env.ROOT
plt.rcParams.update({
    "svg.fonttype": "none", "svg.hashsalt": "seis", "font.size": 10, "font.family": "sans-serif",
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.3,
})
COLOURS = {"read": "#4477aa", "decode": "#66ccee", "response": "#bbbbbb", "process": "#228833", "write": "#ccbb44", "other": "#aa3377"}
NAMES = {"obspy": "ObsPy's length", "fast": "`fast` length"}


def table(header, rows):
    align = "|" + "|".join("---" if i == 0 else "---:" for i in range(len(header))) + "|"
    lines = ["| " + " | ".join(header) + " |", align]
    return "\n".join(lines + ["| " + " | ".join(str(c) for c in row) + " |" for row in rows])


def ratios(figures):
    rows = []
    for a in figures["archives"]:
        for length in ("obspy", "fast"):
            o = a[length]
            rows.append([
                a["name"] + (", cold" if a["cold"] else ""), NAMES[length], f"{a['obspy_ms']['median']:.1f}",
                f"{o['ms']['median']:.3f}", f"{o['ms']['best']:.3f}", f"**{o['ratio']['median']:.0f}**", f"{o['ratio']['best']:.0f}",
                f"{o['floor']['ratio']:.2f}" if "floor" in o else "",
            ])
    header = ["archive", "transform", "ObsPy, ms", "here, ms", "best, ms", "ratio", "best ratio", "over the floor"]
    return table(header, rows)


def costs(figures):
    """Where the time of a trace goes, in the run and in the floor beside it."""
    a = figures["archives"][0]
    rows = []
    run, floor = {}, {}
    for length in ("obspy", "fast"):
        run[length] = a[length]["floor"]["run"]
        floor[length] = a[length]["floor"]["floor"]["steps"]
    beside = {
        "read": "read", "decode": "decode", "process": None, "write": "write",
    }
    for step in run["obspy"]["steps"]:
        row = [step]
        for length in ("obspy", "fast"):
            us = 1e3 * run[length]["steps"][step]
            share = run[length]["steps"][step] / run[length]["ms"]
            least = floor[length].get(beside.get(step) or "")
            if step == "process":
                least = floor[length]["forward FFT"] + floor[length]["inverse FFT"]
            row += [f"{us:.1f}", f"{100 * share:.1f} %", f"{1e3 * least:.1f}" if least is not None else ""]
        rows.append(row)
    total = ["all"]
    for length in ("obspy", "fast"):
        least = sum(floor[length].values())
        total += [f"{1e3 * run[length]['ms']:.1f}", f"{100 * run[length]['accounted']:.1f} % named", f"{1e3 * least:.1f}"]
    rows.append(total)
    header = ["step, µs", "ObsPy's length", "share", "floor", "`fast` length", "share", "floor"]
    return table(header, rows)


def obspy_steps(figures):
    steps = list(figures["archives"][0]["obspy_steps_ms"])
    header = ["ObsPy, ms per trace", *[a["name"] for a in figures["archives"] if not a["cold"]]]
    warm = [a for a in figures["archives"] if not a["cold"]]
    return table(header, [[s, *[f"{a['obspy_steps_ms'][s]:.2f}" for a in warm]] for s in steps])


def jobs(figures):
    j = figures["jobs"]
    rows = [[f"`--jobs {r['jobs']}`", f"{r['traces_per_s']:.0f}", f"{r['over_one']:.2f}", f"{r['best_over_one']:.2f}"] for r in j["jobs"]]
    apart = j["processes_apart"]
    rows.append([f"{apart['processes']} processes that share nothing", "", f"{apart['over_one']:.2f}", f"{apart['best_over_one']:.2f}"])
    same = "The results are the same bytes for every number of threads." if j["identical"] else "**The results differ.**"
    return table(["", "traces/s", "over one job, median", "best over best"], rows) + f"\n\n{same}"


def sizes(figures):
    rows = [
        [r["traces"], f"{r['ms']:.3f}", f"{r['processor_ms']:.3f}", f"{r['peak_mib']:.1f}", f"{r['peak_mib_two_jobs']:.1f}",
         f"{r['plans']['hits']} / {r['plans']['misses']}", f"{r['inventories']['hits']} / {r['inventories']['misses']}"]
        for r in figures["sizes"]
    ]
    header = ["traces", "ms per trace", "processor ms", "peak MiB, 1 job", "peak MiB, 2 jobs", "plans found / made", "StationXML found / parsed"]
    return table(header, rows)


def day(figures):
    d = figures["day"]
    rows = []
    for length in ("obspy", "fast"):
        if "to_10_hz" in d:
            t = d["to_10_hz"]
            rows.append([
                "40 Hz to 10 Hz", NAMES[length], f"{t['obspy_s']:.2f} s", f"{t[length]['s']:.3f} s", f"**{t[length]['ratio']:.0f}** times ObsPy", f"{t[length]['peak_mib']:.0f}",
            ])
    for length in ("obspy", "fast"):
        f = d[f"full_rate_{length}"]
        rows.append([
            "100 Hz, full rate", NAMES[length], "", f"{1e-3 * f['run']['ms']:.3f} s",
            f"processing is {f['process_over_transforms']:.2f} of its two transforms, the run {f['ratio']:.2f} of its floor", f"{f['peak_mib']:.0f}",
        ])
    load = f"\n\nLoad of the machine meanwhile: {d['load']:.1f}." if "load" in d else ""
    same = ""
    if "same_float32" in d.get("to_10_hz", {}):
        t = d["to_10_hz"]
        same = f"\n\nOf the samples at 10 Hz, {100 * t['same_float32']:.2f} % are ObsPy's float32, and the largest difference is {t['difference_of_peak']:.0e} of the peak."
    return table(["a day", "transform", "ObsPy", "here", "", "peak MiB"], rows) + same + load


def cold(figures):
    c = figures.get("cold")
    if not c:
        return "Not measured: the file cache could not be dropped."
    rows = [
        [f"{r['cache']}", r["io_order"], r["io_threads"], f"{r['seconds']:.2f}", f"{r['median_seconds']:.2f}", f"{r['survey_s']:.2f}",
         f"{100 * r['idle_share']:.0f} %", f"{100 * r['waiting_share']:.0f} %"]
        for r in c["cases"]
    ]
    header = ["cache", "`--io-order`", "`--io-threads`", "best, s", "median, s", "first look, s", "cores idle", "workers waited"]
    text = table(header, rows) + f"\n\n{c['cases'][0]['traces']} traces in as many files, `--jobs {c['cases'][0]['jobs']}`."
    if c["device"] is not None:
        text += " The system takes the disk for one that " + ("seeks." if c["device"] else "does not seek.")
    if c.get("order"):
        rows = [[k, f"{100 * v['onward']:.0f} %", f"{v['median_blocks']:.0f}"] for k, v in c["order"].items()]
        text += "\n\n" + table(["order", "next file lies further on", "median distance, blocks"], rows)
    return text


def machine(figures):
    m = figures["machine"]
    quick = " **Taken with `--quick`: not to be relied on.**" if figures.get("quick") else ""
    return (
        f"{m['processor']}, {m['cores']} cores, rustc {m['rustc']}; load of the machine before the run {m['load_before']:.1f}, "
        f"after it {m.get('load_after', float('nan')):.1f}.{quick}"
    )


def save(figure, name):
    path = ROOT / f"docs/img/speed-{name}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    # Trailing blanks are of no use to anybody.
    path.write_text("\n".join(line.rstrip() for line in path.read_text().splitlines()) + "\n")


def plot_steps(figures):
    """Stacked bars: ours in both lengths with the floor beside, in µs; ObsPy's in ms."""
    warm = [a for a in figures["archives"] if not a["cold"]]
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 0.62 * 4 * len(warm) + 1.2), gridspec_kw={"width_ratios": [1, 1.5]})
    groups = {
        "read inventory": "response", "read": "read", "demean": "process", "taper": "process",
        "remove response": "process", "interpolate": "process", "write": "write",
    }
    labels = []
    for y, a in enumerate(warm):
        at, parts = 0, {}
        for step, group in groups.items():
            parts[group] = parts.get(group, 0) + a["obspy_steps_ms"][step]
        for group in COLOURS:
            left.barh(y, parts.get(group, 0), left=at, color=COLOURS[group])
            at += parts.get(group, 0)
        labels.append(a["name"])
    left.set_yticks(range(len(warm)), labels)
    left.invert_yaxis()
    left.set_xlabel("ObsPy: milliseconds per trace\n(decoding within reading)")
    names = {
        "read": "read", "decode": "decode", "response and plan": "response", "process": "process", "write": "write",
        "directories": "other", "names and account": "other", "first look": "other", "other": "other", "forward FFT": "process", "inverse FFT": "process",
    }
    y, ticks = 0, []
    for a in warm:
        for label, steps in (
            ("ObsPy's length", a["obspy"]["floor"]["run"]["steps"]), ("  floor", a["obspy"]["floor"]["floor"]["steps"]),
            ("fast length", a["fast"]["floor"]["run"]["steps"]), ("  floor", a["fast"]["floor"]["floor"]["steps"]),
        ):
            at, parts = 0, {}
            for step, value in steps.items():
                parts[names[step]] = parts.get(names[step], 0) + 1e3 * value
            for group in COLOURS:
                right.barh(y, parts.get(group, 0), left=at, color=COLOURS[group], alpha=0.55 if "floor" in label else 1)
                at += parts.get(group, 0)
            ticks.append((y, f"{a['name'] if label.startswith('Obs') else ''}  {label}"))
            y += 1
        y += 0.6
    right.set_yticks([t[0] for t in ticks], [t[1] for t in ticks])
    right.invert_yaxis()
    right.set_xlabel("here: microseconds per trace")
    handles = [plt.Rectangle((0, 0), 1, 1, color=c) for c in COLOURS.values()]
    right.legend(handles, ["read", "decode", "response, plan", "process", "write", "directories, other"], fontsize=8, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncol=3)
    figure.tight_layout()
    save(figure, "steps")


def plot_lines(figures):
    j = figures["jobs"]
    figure, axis = plt.subplots(figsize=(5, 3.2))
    n = [r["jobs"] for r in j["jobs"]]
    axis.plot(n, [r["traces_per_s"] for r in j["jobs"]], "o-", color="#228833", label="traces/s")
    one = j["jobs"][0]["traces_per_s"]
    cores = figures["machine"]["cores"]
    axis.plot([1, cores, max(n)], [one, one * cores, one * cores], "--", color="#999999", label=f"{cores} times one job")
    axis.axhline(one * j["processes_apart"]["over_one"], color="#4477aa", lw=1, label="processes that share nothing")
    axis.set(xlabel="--jobs", ylabel="traces per second", ylim=(0, None))
    axis.set_xticks(n)
    axis.legend(fontsize=8)
    save(figure, "jobs")
    figure, axis = plt.subplots(figsize=(5, 3.2))
    axis.semilogx([r["traces_per_event"] for r in figures["per_event"]], [r["traces_per_s"] for r in figures["per_event"]], "o-", color="#228833")
    axis.set(xlabel="traces per event", ylabel="traces per second, one job", ylim=(0, None))
    save(figure, "traces-per-event")
    figure, axis = plt.subplots(figsize=(5, 3.2))
    axis.semilogx([r["traces"] for r in figures["sizes"]], [1e3 / r["ms"] for r in figures["sizes"]], "o-", color="#228833", label="traces/s, one job")
    axis.set(xlabel="traces in the archive", ylabel="traces per second", ylim=(0, None))
    memory = axis.twinx()
    memory.plot([r["traces"] for r in figures["sizes"]], [r["peak_mib"] for r in figures["sizes"]], "s--", color="#aa3377", label="peak memory")
    memory.set(ylabel="peak memory, MiB", ylim=(0, 64))
    memory.grid(False)
    axis.legend(loc="lower left", fontsize=8)
    memory.legend(loc="lower right", fontsize=8)
    save(figure, "archive-size")


def fill(path, parts):
    text = path.read_text()
    for name, content in parts.items():
        text = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda m: f"{m.group(1)}\n{content}\n\n{m.group(2)}", text, flags=re.S
        )
    path.write_text(text)


def main():
    figures = json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs/speed.json").read_text())
    makers = {
        "machine": (machine, "machine"), "ratios": (ratios, "archives"), "costs": (costs, "archives"), "obspy-steps": (obspy_steps, "archives"),
        "jobs": (jobs, "jobs"), "sizes": (sizes, "sizes"), "day": (day, "day"), "cold": (cold, "cold"),
    }
    parts = {name: make(figures) for name, (make, needs) in makers.items() if needs in figures}
    for page in ("docs/speed.md", "benches/README.md"):
        fill(ROOT / page, parts)
    if "archives" in figures:
        plot_steps(figures)
    if all(part in figures for part in ("jobs", "per_event", "sizes")):
        plot_lines(figures)


if __name__ == "__main__":
    main()
