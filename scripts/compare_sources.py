#!/usr/bin/env python3
"""RESP, dataless SEED and SAC pole-zero files: against ObsPy, and against each other.

    scripts/compare_sources.py [--values] [--same] [--write]

--values: what seis-resp reads from every RESP file, dataless volume and NRL sample in the test
          data of the installed ObsPy, number by number against obspy.read_inventory.
--same:   the same channel from several files: all that ObsPy's test data has in more than one
          format; and each channel of each dataless volume, once more as the RESP file that ObsPy
          makes of the volume, and as the StationXML that seis-resp makes of either. Where the
          files hold the same numbers the curves must agree to 1e-12.
--write:  SAC pole-zero files that seis-resp writes against those that ObsPy writes.

Without an option, all three. Builds examples of seis-resp with cargo. Every file and channel is
counted; the exit status is 1 if there is a disagreement that is not expected here.
"""

import reference_env

reference_env.enter()

import collections
import gzip
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import obspy
from obspy.io.xseed import Parser

import compare_stationxml as model

HERE = pathlib.Path(__file__).resolve().parent.parent
OBSPY = pathlib.Path(obspy.__file__).parent
TOLERANCE = 1e-12


def example(name, *arguments):
    return subprocess.run(
        ["cargo", "run", "--quiet", "--release", "-p", "seis-resp", "--example", name, "--",
         *arguments], cwd=HERE, check=True, stdout=subprocess.PIPE, text=True).stdout


def kind(path):
    """The format of a file, without asking seis-resp."""
    head = path.read_bytes()[:4000]
    if head[:2] == b"\x1f\x8b":
        return None
    if b"FDSNStationXML" in head:
        return "STATIONXML"
    if re.match(rb"\d{6}[VAS][ *]", head):
        return "SEED"
    lines = [line for line in re.split(rb"[\r\n]+", head) if line.strip()]
    told = [line for line in lines if not line.lstrip().startswith((b"#", b"*"))]
    if told and re.match(rb"\s*[bB]0\d\dF\d\d", told[0]):
        return "RESP"
    if told and re.match(rb"\s*(ZEROS|POLES|CONSTANT)\b", told[0]):
        return "SACPZ"
    return None


def sources(folder):
    """Every file of ObsPy's test data that holds responses, inflated where it is packed."""
    found = collections.defaultdict(list)
    for path in sorted(OBSPY.rglob("*")):
        if "data" not in path.parts or not path.is_file() or path.suffix in (".py", ".pyc"):
            continue
        if path.suffix == ".gz" and ("RESP" in path.name or "dataless" in path.name):
            inflated = pathlib.Path(folder, path.name[:-3])
            inflated.write_bytes(gzip.decompress(path.read_bytes()))
            path = inflated
        found[kind(path)].append(path)
    found.pop(None, None)
    return found


# ---------------------------------------------------------------- values against ObsPy

def unit(value):
    """ObsPy writes units in capitals, and of RESP files its own descriptions."""
    return value and [re.sub(r"[^A-Z0-9_\W]| ", "", value[0].upper()), None]


# (format or None, path, when, why): where the two differ on purpose.
RULES = [
    (None, r"^/(source|sender|module|module_uri|created)$", None,
     "ObsPy names itself and the time of reading"),
    (None, r"/stations/\d+/created$", None, "ObsPy takes the time of the volume for it"),
    (None, r"/(input|output)$", lambda a, b: unit(a) == unit(b),
     "ObsPy writes units in capitals, and describes those of RESP files itself"),
    (None, r"/stages/\d+/name$", lambda a, b: b is None, "ObsPy drops names of filters"),
    (None, r"/channels/\d+/(description|calibration|drift|types)$",
     lambda a, b: b in (None, []), "ObsPy does not read it"),
    (None, r"/sensor$", lambda a, b: a is None and not any(b.values()),
     "an instrument without a name: none here, an empty one in ObsPy"),
    ("SEED", r"/channels/\d+/comments/\d+/begin$", lambda a, b: b is None,
     "ObsPy looks for the begin of blockette 59 under the name that it has in blockette 51"),
    ("RESP", r"/(latitude|longitude|elevation|depth)$", lambda a, b: a is None,
     "RESP files have none; ObsPy makes up 0 and 123456"),
    ("RESP", r"/channels/\d+/rate(/0)?$",
     lambda a, b: a is None or b is None or round(a if isinstance(a, float) else a[0]) == (
         b if isinstance(b, (int, float)) else b[0]),
     "RESP files have none; ObsPy rounds that of the last stage to whole Hz"),
    ("RESP", r"/site/0$", lambda a, b: a == "", "RESP files have none"),
    (None, r"/site/0$", lambda a, b: re.sub(" +", " ", a) == b, "ObsPy joins blanks"),
    (None, r"/response/sensitivity/input(/0)?$", lambda a, b: a is None,
     "the first stage names no unit: none here, that of a later stage in ObsPy"),
    (None, r"/response/sensitivity$", lambda a, b: a is None,
     "the file has none; ObsPy multiplies the gains"),
]

# Files whose responses ObsPy reads otherwise, each with its reason.
FILES = {
    "RESP.blockette_62_as_stage_0":
        "blockette 62 for stage 0: polynomial of the instrument here, stage 1 in ObsPy",
    "RESP.multiple_gain_blockettes":
        "four different gains of one stage: broken here, the last in ObsPy",
    "RESP.repeated_differing_stage_0":
        "two different sensitivities: broken here, the first in ObsPy",
    "RESP.BN.WR0..SHZ":
        "a filter in stage 0: stage 1 here, without a gain; stage 0 in ObsPy, with a copy of the "
        "sensitivity as its gain",
    "RESP.SG.ST..LDO":
        "a coefficients filter without a decimation: read here, refused by ObsPy",
    "RESP.decimation_without_gain":
        "a stage of a decimation alone: read here, refused by ObsPy",
    "RESP.blkt53_and_54_in_one_stage":
        "two filters in a stage: broken here, no response in ObsPy",
    "RESP.blockette_62":
        "the unit of the whole is that of the polynomial here, and counts in ObsPy",
    "RESP.IE.LLRI..EHZ":
        "three responses in one epoch: broken here; ObsPy joins their coefficients and takes the "
        "last gains",
}


def flat(inventory):
    """Channel epochs by id and start, since the two group stations differently."""
    channels = {}
    for n in inventory["networks"]:
        for s in n["stations"]:
            for c in s["channels"]:
                key = (n["code"], s["code"], c["location"], c["code"], c["epoch"][0])
                channels.setdefault(key, []).append((s, c))
    return channels


def values(found):
    bad = 0
    reasons = collections.Counter()
    files = [(p, k) for k in ("RESP", "SEED") for p in found[k]]
    dump = example("inventory_dump", *(str(p) for p, _ in files)).splitlines()
    channels = 0
    for (path, form), line in zip(files, dump, strict=True):
        ours = json.loads(line)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = model.inventory(obspy.read_inventory(str(path), format=form))
        except Exception as error:
            count = sum(len(s["channels"]) for n in ours.get("networks", [])
                        for s in n["stations"])
            print("%-45s ObsPy fails: %s: %s; ours: %d channels" % (
                path.name, type(error).__name__, str(error)[:80], count))
            continue
        if "error" in ours:
            bad += 1
            print("%s: ours fails: %s" % (path.name, ours["error"]))
            continue
        out = []
        a, b = flat(ours), flat(theirs)
        if [k for k in a] != [k for k in b] and sorted(a) != sorted(b):
            out.append(("/channels", sorted(a), sorted(b)))
        for key in a.keys() & b.keys():
            for (s, c), (t, d) in zip(a[key], b[key]):
                channels += 1
                model.compare(c, d, "/channels/0", out)
                model.compare({k: v for k, v in s.items() if k != "channels"},
                              {k: v for k, v in t.items() if k != "channels"}, "/stations/0", out)
        unexpected = 0
        for place, x, y in out:
            reason = next((why for f, where, when, why in RULES
                           if f in (None, form) and re.search(where, place)
                           and (when is None or when(x, y))), None)
            reason = reason or explained(place, x, y) or FILES.get(path.name)
            if reason is None:
                unexpected += 1
                print("%s %s: ours %s, ObsPy %s" % (path.name, place, str(x)[:100], str(y)[:100]))
            else:
                reasons[reason] += 1
        bad += unexpected
        print("%-45s %-5s %3d channels, %d unexpected differences, %d problems reported" % (
            path.name, form, sum(map(len, a.values())), unexpected, len(ours["problems"])))
    for reason, count in sorted(reasons.items()):
        print("%6d expected: %s" % (count, reason))
    print("values: %d files, %d channels, %d numbers and %d texts compared, %d unexpected" % (
        len(files), channels, model.counted["numbers"], model.counted["texts"], bad))
    return bad


def explained(place, ours, theirs):
    """Differences below a unit, which the rules see only in part."""
    if re.search(r"/(input|output)/[01]$", place):
        if place.endswith("/1"):
            return "descriptions of units, of RESP files ObsPy's own"
        if unit([ours, None]) == unit([theirs, None]):
            return "ObsPy writes units in capitals, and describes those of RESP files itself"
    if re.search(r"/sensitivity/(input|output)", place) and theirs is None:
        return "ObsPy does not find it"
    return None


# ---------------------------------------------------------------- the same channel

def same(found, folder):
    files = [str(p) for form in sorted(found) for p in found[form]]
    print("## channels that several files of ObsPy's test data describe")
    bad = table(files)
    print("## each dataless volume, as RESP made of it by ObsPy, and as StationXML by seis-resp")
    for path in found["SEED"]:
        here = pathlib.Path(folder, "same", path.parent.parent.name + "_" + path.name)
        here.mkdir(parents=True, exist_ok=True)
        made = [str(path)]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for n, (name, text) in enumerate(Parser(str(path)).get_resp()):
                    resp = here / ("%d_%s" % (n, name))
                    resp.write_bytes(text.getvalue())
                    made.append(str(resp))
        except Exception as error:
            print("%s: ObsPy writes no RESP: %s" % (path.name, str(error)[:80]))
        example("rewrite_stationxml", str(here), *made)
        made += sorted(str(p) for p in here.glob("*.xml"))
        bad += table(made)
    return bad


totals = collections.Counter()

# The numbers are the same, but one says what goes in and the other does not.
UNITS_DIFFER = {("RESP.SG.MEMB..BDI", "stationxml_no_units_in_stage_1.xml")}


def table(files):
    bad = 0
    for line in example("same_channel", *files).splitlines():
        pair = json.loads(line)
        a, b = pair["a"], pair["b"]
        if a[1] == b[1]:
            totals["of one format, not listed"] += 1
            continue
        head = "%-16s %-21s %-12s %-34s %-12s %-34s" % (
            pair["id"], pair["start"], a[1][:12], os.path.basename(a[0])[-34:], b[1][:12],
            os.path.basename(b[0])[-34:])
        if "unusable" in pair:
            totals["unusable"] += 1
            print(head, "unusable:", "; ".join(str(r)[:60] for r in pair["unusable"] if r))
            continue
        curves = pair["differences"]
        numbers = [d for d in curves.values() if isinstance(d, float)]
        refused = sorted({k for k, d in curves.items() if isinstance(d, dict)})
        worst = max(numbers, default=None)
        agree = not pair["numbers"]
        names = (os.path.basename(a[0]), os.path.basename(b[0]))
        ok = not agree or (worst is None or worst <= TOLERANCE) and (
            not refused or names in UNITS_DIFFER)
        totals["same numbers" if agree else "other numbers"] += 1
        bad += not ok
        print(head, "%-13s" % ("same numbers" if agree else "other numbers"),
              "curves %s" % ("refused alike" if worst is None else "%.1e" % worst),
              "" if agree else "  first: " + "; ".join(pair["numbers"])[:120],
              "" if not refused else "  refused by one: " + ", ".join(refused),
              "" if ok else "  UNEXPECTED")
    return bad


# ---------------------------------------------------------------- SAC poles and zeros

def write(found):
    """Poles, zeros and constants against A0 times sensitivity, as ObsPy writes them."""
    bad = compared = channels = 0
    worst = 0.0
    reasons = collections.Counter()
    for path in found["STATIONXML"]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                inventory = obspy.read_inventory(str(path), format="STATIONXML")
        except Exception:
            continue
        ours = {}
        for line in example("rewrite_sacpz", str(path)).splitlines():
            entry = json.loads(line)
            ours.setdefault((entry["id"], entry["start"]), entry)
        for net in inventory:
            for sta in net:
                for cha in sta:
                    channels += 1
                    key = (".".join((net.code, sta.code, cha.location_code.strip(), cha.code)),
                           model.t(cha.start_date or sta.start_date or net.start_date))
                    try:
                        with warnings.catch_warnings():
                            warnings.simplefilter("ignore")
                            sensitivity = cha.response.instrument_sensitivity
                            paz = cha.response.get_paz()
                            paz.to_radians_per_second()
                            order = {"M": 0, "M/S": 1, "M/SEC": 1, "M/S**2": 2, "M/SEC**2": 2}[
                                sensitivity.input_units.upper()]
                    except Exception:
                        reasons["not written by ObsPy"] += 1
                        continue
                    entry = ours.get(key, {"lost": ["not there"]})
                    if "constant" not in entry:
                        reasons["not written here: " + entry["lost"][0].split(": ", 1)[-1]] += 1
                        continue
                    compared += 1
                    zeros = [(z.real, z.imag) for z in paz.zeros] + [(0.0, 0.0)] * order
                    same = (sorted(map(tuple, entry["zeros"])) == sorted(zeros) and
                            sorted(map(tuple, entry["poles"])) == sorted(
                                (p.real, p.imag) for p in paz.poles))
                    constant = paz.normalization_factor * sensitivity.value
                    off = abs(entry["constant"] / constant - 1.0)
                    moved = paz.normalization_frequency != sensitivity.frequency or (
                        paz.stage_gain_frequency != sensitivity.frequency)
                    if same and off <= 1e-12:
                        worst = max(worst, off)
                    elif sum(type(stage) is type(paz) and "LAPLACE" in stage.pz_transfer_function_type
                             for stage in cha.response.response_stages) > 1:
                        reasons["several analog stages: all of them here, the first in ObsPy"] += 1
                    elif same and moved:
                        reasons["A0 holds at another frequency than the sensitivity: made to hold "
                                "there here, multiplied as it is by ObsPy"] += 1
                    else:
                        bad += 1
                        print("%-40s %s: poles and zeros %s, constant %.3e off" % (
                            path.name, key[0], "same" if same else "differ", off))
    for reason, count in sorted(reasons.items()):
        print("%6d %s" % (count, reason))
    print("write: %d channels, %d written by both, constants at most %.1e apart, %d unexpected" % (
        channels, compared, worst, bad))
    return bad


def main():
    chosen = sys.argv[1:] or ["--values", "--same", "--write"]
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        found = sources(folder)
        print("ObsPy's test data:", ", ".join("%d %s" % (len(v), k) for k, v in found.items()))
        if "--values" in chosen:
            bad += values(found)
        if "--same" in chosen:
            bad += same(found, folder)
            print("same channel: %s" % (
                ", ".join("%d pairs %s" % (v, k) for k, v in sorted(totals.items()))))
        if "--write" in chosen:
            bad += write(found)
        print("%d unexpected" % bad)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
