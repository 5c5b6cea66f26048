#!/usr/bin/env python3
"""Every response of ObsPy's test data, evaluated by ObsPy and by us.

    scripts/compare_responses.py [--frequencies N] [--no-table] [--time]

For every channel of every StationXML, RESP and dataless (or full) SEED file in ObsPy's test data,
and of StationXML in $SEIS_CORPUS if that is set: our curve against
`get_evalresp_response_for_frequencies` at N (500) logarithmic frequencies from 1e-4 Hz to 0.99 of
the Nyquist frequency, as displacement, velocity, acceleration and in native units. RESP files are
also given to evalresp itself (`obspy.signal.invsim`). They agree to 1e-10 of each value, or the
channel stands in EXPECTED below with the reason. What differs without being expected fails, and so
does what is expected to differ and agrees. Writes docs/response-parity.md.

ObsPy 1.5.1 is installed in an environment of its own under `target/` (or set SEIS_PYTHON).
"""

import reference_env

reference_env.enter()

import argparse
import ctypes
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import obspy
from obspy.core.inventory.response import (
    CoefficientsTypeResponseStage,
    FIRResponseStage,
    PolesZerosResponseStage,
)
from obspy.io.xseed.core import _is_resp, _is_seed
from obspy.signal.invsim import evalresp_for_frequencies

warnings.simplefilter("ignore")

OUTPUTS = ["DISP", "VEL", "ACC", "DEF"]
MOTION = ["DISP", "VEL", "ACC"]
TOLERANCE = 1e-10
TABLE = reference_env.ROOT / "docs" / "response-parity.md"

# Reason: (what happens, who is right and why, the test that shows it, whether
# `EvaluationOptions::obspy()` must give ObsPy's number).
REASONS = {
    "no ground motion": (
        "The instrument records pressure, voltage, rotation, counts. We refuse displacement, "
        "velocity and acceleration; ObsPy takes the unit for a velocity and integrates or "
        "differentiates.",
        "We are: there is no ground motion in a voltage. Native units agree.",
        "other_quantities_are_not_ground_motion",
        True,
    ),
    "no unit": (
        "Neither the first stage nor the sensitivity names an input unit. We refuse all but "
        "native units; ObsPy takes the missing unit for a velocity.",
        "We are: what was not said cannot be converted. Native units agree.",
        "units_that_are_missing_or_do_not_chain",
        True,
    ),
    "native scale": (
        "The input unit is nm/s. In native units we give counts per nm/s; ObsPy's `DEF` is "
        "multiplied by 1e9.",
        "We are: ObsPy documents `DEF` as \"output units/input units\".",
        "native_units_are_the_instruments_own",
        True,
    ),
    "gain with decimation": (
        "A stage has a gain and a decimation, and no filter. We multiply by the gain; evalresp "
        "refuses (\"decimation blockette with no associated filter\").",
        "We are: StationXML allows it, and nothing about its response is unknown.",
        "gain_with_decimation_is_a_gain",
        False,
    ),
    "extrapolated list": (
        "The list ends far below the frequencies asked for, and the phase runs up to 27 turns "
        "beyond it. The curves drift apart by up to 1e-8.",
        "We are: against the same spline in rational arithmetic we are off by 3e-11, SciPy's "
        "FITPACK by 8e-9. (Neither means anything so far outside the list, which is a warning "
        "here.)",
        "extrapolated_lists_keep_their_digits",
        False,
    ),
    "stop band": (
        "Where a digital filter blocks, its taps cancel: of 1e-7, a plain sum leaves nine "
        "digits. We sum there in doubled precision; evalresp does not ([below](#stop-bands)).",
        "We are: against a filter whose response is known in closed form, and against this channel "
        "in arithmetic of 40 digits (mpmath), from which we are off by 5e-14 and ObsPy by 1e-8.",
        "stop_bands_keep_their_digits",
        False,
    ),
    "polynomial of the whole": (
        "The file has no stages, only a polynomial for the whole instrument (blockette 62 as stage "
        "0). We refuse it unless the point is chosen around which it is taken as linear; ObsPy "
        "evaluates 1.",
        "We are: with c₁ = 0.015 Pa per count the response is 66.7 counts per Pa, not 1.",
        "a_polynomial_of_the_whole_instrument_is_no_gain_of_one",
        False,
    ),
    "units behind a polynomial": (
        "The polynomial gives counts and the next stage takes volts. We refuse the chain, as "
        "evalresp does for every other kind of stage; ObsPy replaces the polynomial by a gain, "
        "whose units nobody compares.",
        "We are: a stage is missing or a unit is wrong. `UnitChain::Warn` gives ObsPy's numbers.",
        "units_behind_a_polynomial_are_compared",
        False,
    ),
    "contradictory": (
        "The file gives a stage four gains, or the whole two sensitivities, that differ. We do not "
        "believe the response; ObsPy takes the last of the gains and the first of the "
        "sensitivities.",
        "We are: which of them holds is not said, and the gains differ by a factor of 2600.",
        "numbers_that_contradict_each_other_are_not_believed",
        False,
    ),
    "random document": (
        "The file holds random numbers: delays in units of `XPpuXfwz-L8fb_ckRH`, decimation by "
        "−1237870494. We do not believe the response when reading it; ObsPy ignores unit and "
        "sign.",
        "We are: a delay of unknown unit is no delay.",
        "a_delay_of_unknown_unit_is_no_delay",
        False,
    ),
}

# (end of the file's path, number of the channel in the file, its id): {output: reason}.
EXPECTED = {}


def expect(file, channels, outputs, reason):
    """`channels` are `number id`, the number counting from 0 in the order of the file."""
    for channel in channels.strip().splitlines():
        number, name = channel.split()
        for output in outputs:
            EXPECTED.setdefault((file, int(number), name), {})[output] = reason


expect("clients/nrl/tests/data/IRIS_v2_stationxml/datalogger/REFTEK/130-01_PG1_FR1.xml", """
    0 XX.YY.00.ZZZ
""", MOTION, "no unit")
expect("core/tests/data/IM_I53H1_BDF.xml", """
    0 IM.I53H1..BDF
""", MOTION, "no ground motion")
expect("core/tests/data/Modified_IRIS_response_level_station.xml", """
    1 IU.ANMO.50.LDO
    14 IU.ANMO.35.LDO
    15 IU.ANMO.50.LIO
    16 IU.ANMO.50.LKO
    17 IU.ANMO.50.LRH
    18 IU.ANMO.50.LRI
    19 IU.ANMO.50.LWD
    20 IU.ANMO.50.LWS
    42 IU.ANMO.60.HDF
    43 IU.ANMO.00.VM1
    44 IU.ANMO.00.VM2
    45 IU.ANMO.00.VMZ
    46 IU.ANMO.10.VM1
    47 IU.ANMO.10.VM2
    48 IU.ANMO.10.VMZ
""", MOTION, "no ground motion")
expect("core/tests/data/SL_BOJS_LHZ.xml", """
    0 SL.BOJS..LHZ
""", ["DEF"], "native scale")
expect("core/tests/data/hydrophone_response_PA.xml", """
    0 3F.MRO01..HDH
""", MOTION, "no ground motion")
expect("core/tests/data/response_radian_per_second.xml", """
    0 XX.XX..HJ1
""", MOTION, "no ground motion")
expect("io/stationxml/tests/data/F1_423_small.xml", """
    0 QI.TPASS.00.BDF
""", ["DEF"], "gain with decimation")
expect("io/stationxml/tests/data/full_random_stationxml.xml", """
    1 ebdz.rrkqyXsRMJtPa.FHbQqUD.RIDSc
    3 ebdz.ZQIatgoWMP7RvldEnG.VyN51QtmCwTIkl4YyfHqegvcW3yg.a
    5 Cetn60ul.kz1hxjMxdEkTW.UvCFajpEgBJ3hGyzPQDpq.F-gqZVrRjJ8Cy86cY50
    6 Cetn60ul.R7ZLYLMP.J1Dtd0_uS60Vo.j30XlJTCNzxyoM19EmY7
    7 Cetn60ul.R7ZLYLMP.q-hbnCsliFMp.xdc.43-
""", OUTPUTS, "random document")
expect("io/stationxml/tests/data/full_random_stationxml_1_0.xml", """
    1 ebdz.rrkqyXsRMJtPa.FHbQqUD.RIDSc
    3 ebdz.ZQIatgoWMP7RvldEnG.VyN51QtmCwTIkl4YyfHqegvcW3yg.a
    5 Cetn60ul.kz1hxjMxdEkTW.UvCFajpEgBJ3hGyzPQDpq.F-gqZVrRjJ8Cy86cY50
    6 Cetn60ul.R7ZLYLMP.J1Dtd0_uS60Vo.j30XlJTCNzxyoM19EmY7
    7 Cetn60ul.R7ZLYLMP.q-hbnCsliFMp.xdc.43-
""", OUTPUTS, "random document")
expect("io/stationxml/tests/data/only_soh.xml", """
    1 TA.034A.EP.QEP
""", MOTION, "no ground motion")
expect("io/xseed/tests/data/issue3275.xml", """
    0 NO.XXX..SHZ
""", OUTPUTS, "extrapolated list")
expect("signal/tests/data/IM.I59H1..BDF_2020_10_31.xml", """
    0 IM.I59H1..BDF
""", MOTION, "no ground motion")

def expect_at(file, name, outputs, reason):
    """The first channel of a file."""
    expect(file, f"0 {name}", outputs, reason)


expect_at("IRIS_v2_resp/datalogger/REFTEK/130-01_PG1_FR1.resp", "XX.YY.00.ZZZ", MOTION,
          "no ground motion")
expect_at("io/xseed/tests/data/RESP.AZ.DHL..BS1", "AZ.DHL..BS1", MOTION, "no ground motion")
expect_at("io/xseed/tests/data/RESP.BK.BRIB..BV1", "BK.BRIB..BV1", MOTION, "no ground motion")
expect_at("io/xseed/tests/data/RESP.SG.MEMB..BDI", "SG.MEMB..BDI", MOTION, "no ground motion")
expect_at("io/xseed/tests/data/RESP.strain_meter", "PB.CHL1.LM.LS1", MOTION, "no ground motion")
expect_at("io/xseed/tests/data/RESP.blockette_62", "XH.DR01.30.LDO", OUTPUTS,
          "units behind a polynomial")
expect_at("io/xseed/tests/data/RESP.blockette_62_as_stage_0", "UO.BEER.EP.BDO", OUTPUTS,
          "polynomial of the whole")
expect_at("io/xseed/tests/data/RESP.multiple_gain_blockettes", "US.BMN..LLZ", OUTPUTS,
          "contradictory")
expect_at("io/xseed/tests/data/RESP.repeated_differing_stage_0", "BN.WR0..SHZ", OUTPUTS,
          "contradictory")
expect_at("signal/tests/data/segfaulting_RESPs/RESP.IE.LLRI..EHZ", "IE.LLRI..EHZ", OUTPUTS,
          "contradictory")
expect_at("io/xseed/tests/data/issue3275.seed", "NO.XXX..SHZ", OUTPUTS, "extrapolated list")

# What both refuse: (the kind of our error, what ObsPy says), and what is the matter.
REFUSALS = {
    ("ZeroGain", "norm_resp: Illegal RESP format"): "a gain is 0",
    ("UnitMismatch", "check_channel: Illegal RESP format"): "the units of two stages do not chain",
    ("Polynomial", "coefficients not yet implemented"): "a polynomial of higher order",
    ("NoStages", "response with no response stages"): "no stages",
    ("NotGroundMotion", "coefficients not yet implemented"):
        "no ground motion, and a polynomial of higher order",
    ("NotGroundMotion", "check_channel: Illegal RESP format"):
        "no ground motion, and for ObsPy a gain with decimation",
    ("UnknownUnit", "coefficients not yet implemented"):
        "an unknown unit, and a polynomial of higher order",
    ("broken", "the response cannot be read"): "two filters in one stage",
    ("MissingUnit", "the response cannot be read"): "a decimation without filter and gain",
    ("EmptyStage", "the response cannot be read"): "a decimation without filter and gain",
    ("NotGroundMotion", "the response cannot be read"):
        "no ground motion, and a digital filter without a gain",
    ("MissingGain", "the response cannot be read"): "a digital filter without a gain",
    ("broken", "'NoneType' object has no attribute 'input_units'"): "a random document",
    ("broken", "check_channel: Illegal RESP format"): "a random document",
    ("broken", "x must be increasing"): "a random document",
}


# Files that only one of both reads, by the end of their names, and why.
ONE_READS = {
    f"io/mseed/tests/data/{name}":
        "The volume begins with a station header; ObsPy wants a volume header (blockette 010) first."
    for name in (
        "fullseed.mseed",
        "fullseed_dataquality_M.mseed",
        "fullseed_dataquality_Q.mseed",
        "fullseed_dataquality_R.mseed",
    )
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frequencies", type=int, default=500, help="per channel (500)")
    parser.add_argument("--no-table", action="store_true", help="leave the table as it is")
    parser.add_argument("--time", action="store_true", help="time both on a four-stage response")
    arguments = parser.parse_args()
    build = reference_env.cargo_build("-p", "seis-resp", "--example", "evaluate_all")
    program = build / "examples" / "evaluate_all"
    if arguments.time:
        return time_both(program)

    with tempfile.TemporaryDirectory() as folder:
        files = metadata_files(Path(folder))
        ours = our_curves(program, files, arguments.frequencies)
        silence_evalresp()
        report = Report()
        for path, name, kind in files:
            report.file(name, kind, path, ours[str(path)])
    report.finish()
    if not arguments.no_table:
        TABLE.parent.mkdir(exist_ok=True)
        TABLE.write_text(report.table(arguments.frequencies))
    print(report.summary())
    for failure in report.failures:
        print("FAILED:", failure)
    return 1 if report.failures else 0


def metadata_files(folder):
    """(path, name without the machine's folders, ObsPy's name of the format), in order. Packed files
    are unpacked into a folder."""
    home = Path(obspy.__file__).parent
    found = [(p, str(p.relative_to(home))) for p in reference_env.obspy_test_data()]
    corpus = reference_env.corpus()
    if corpus:
        found += [(p, "corpus/" + str(p.relative_to(corpus))) for p in sorted(corpus.rglob("*.xml"))]
    files = []
    for number, (path, name) in enumerate(found):
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            try:
                content = gzip.decompress(content)
            except (OSError, EOFError):
                continue
            path = folder / str(number) / path.name
            path.parent.mkdir()
            path.write_bytes(content)
        kind = format_of(content, path)
        if kind:
            files.append((path, name, kind))
    return files


def format_of(content, path):
    if b"FDSNStationXML" in content[:4000]:
        return "STATIONXML"
    if re.match(rb"\d{6}V", content) or _is_seed(str(path)):
        return "SEED"
    return "RESP" if _is_resp(str(path)) else None


def our_curves(program, files, count):
    """What our program prints, by file."""
    command = [program, "--frequencies", str(count), *(path for path, *_ in files)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    channels = defaultdict(list)
    for line in lines:
        channel = json.loads(line)
        channels[channel["file"]].append(channel)
    return channels


def obspy_channels(path, kind):
    inventory = obspy.read_inventory(str(path), format=kind)
    return [
        ((f"{n.code}.{s.code}.{c.location_code}.{c.code}", c.start_date), c.response)
        for n in inventory for s in n for c in s
    ]


def evalresp_curve(path, key, frequencies, output):
    """evalresp's own reading of a RESP file: (values, None) or (None, what it says)."""
    (network, station, location, channel), start = key[0].split("."), key[1]
    try:
        values = evalresp_for_frequencies(
            0.01, frequencies, str(path), (start or obspy.UTCDateTime(0)) + 1, station=station,
            channel=channel, network=network, locid=location or "*", units=output,
        )
    except Exception as error:
        return None, str(error)
    return values, None


def silence_evalresp():
    """evalresp prints its errors on the C library's stderr."""
    sys.stderr.flush()
    sys.stderr = os.fdopen(os.dup(2), "w")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    ctypes.CDLL(None).fflush(None)


class Report:
    def __init__(self):
        self.rows = []
        self.kinds = Counter()
        self.file_outcomes = []
        self.engines = Counter()
        self.engine_places = []
        self.failures = []
        self.outcomes = Counter()
        self.reasons = Counter()
        self.refusals = Counter()
        self.channels = Counter()
        self.largest = 0.0
        self.stop_bands = []
        self.seen = set()
        self.warnings = Counter()

    def file(self, name, kind, path, ours):
        """Compares one file, channel by channel."""
        self.kinds[kind] += 1
        error = next((line["error"] for line in ours if "error" in line), None)
        try:
            theirs, refusal = obspy_channels(path, kind), None
        except Exception as e:
            theirs, refusal = [], f"{type(e).__name__}: {e}"
        counts, row = Counter(), defaultdict(lambda: [0, 0.0, Counter()])
        if error or (refusal and not ours):
            outcome = "neither reads it" if refusal else "only ObsPy reads it"
            counts[outcome] += 1
            self.file_outcome(name, kind, outcome, error or "no channel", refusal)
            self.rows.append((name, kind, counts, dict(row)))
            return
        if refusal:
            self.file_outcome(name, kind, "only we read it", None, refusal)
        for number, mine in enumerate(ours):
            start = mine["start"] and obspy.UTCDateTime(mine["start"])
            at = next((i for i, (key, _) in enumerate(theirs) if key == (mine["id"], start)), None)
            if at is None and not refusal:
                at = next((i for i, (key, _) in enumerate(theirs) if key[0] == mine["id"]), None)
            if at is not None:
                key, response = theirs.pop(at)
            elif mine["response"] == "absent":
                counts["without response, dropped by ObsPy for want of coordinates"] += 1
                continue
            elif refusal:
                counts["with response, read by us only"] += 1
                key, response = (mine["id"], start), None
                if kind == "RESP":
                    self.engine(name, number, mine, path, key)
                continue
            else:
                self.fail(f"{name}: channel {number} {mine['id']} is not in ObsPy's inventory")
                continue
            if mine["response"] == "absent":
                if response is not None:
                    self.fail(f"{name}: {mine['id']}: only ObsPy has a response")
                counts["without response"] += 1
                continue
            counts["with response"] += 1
            for output in OUTPUTS:
                self.output(name, number, mine, response, output, row[output])
            if kind == "RESP":
                self.engine(name, number, mine, path, key)
        if theirs:
            self.fail(f"{name}: ObsPy has {theirs[0][0]} and we do not")
        for what, n in counts.items():
            self.channels[what] += n
        self.rows.append((name, kind, counts, dict(row)))

    def file_outcome(self, name, kind, outcome, error, refusal):
        self.file_outcomes.append((name, outcome, error, refusal))
        if outcome != "neither reads it" and not any(name.endswith(end) for end in ONE_READS):
            self.fail(f"{name}: {outcome}: {error or refusal}")

    def engine(self, name, number, mine, path, key):
        """A channel of a RESP file against evalresp itself."""
        frequencies = np.array(mine.get("frequencies", [0.1, 1.0]))
        for output in OUTPUTS:
            theirs, refusal = evalresp_curve(path, key, frequencies, output)
            if mine["response"] == "broken":
                curve, error = None, ("broken", mine["reason"])
            else:
                curve, error = our_curve(mine["default"][output])
            if error or refusal:
                outcome = "both refuse" if error and refusal else "only evalresp refuses" if refusal \
                    else "only we refuse"
            elif relative(curve, theirs).max() <= TOLERANCE:
                outcome = "agree"
            else:
                outcome = "differ"
                if "obspy" in mine and not our_curve(mine["obspy"][output])[1]:
                    options = relative(our_curve(mine["obspy"][output])[0], theirs).max()
                    if options <= TOLERANCE:
                        outcome = "agree with ObsPy's options"
            self.engines[outcome] += 1
            if outcome not in ("agree", "both refuse"):
                extra = "" if error or refusal else f" {relative(curve, theirs).max():.1e}"
                self.engine_places.append((name, mine["id"], output, outcome,
                                           (error or refusal or "") , extra))

    def output(self, name, number, mine, response, output, cell):
        place = f"{name}: channel {number} {mine['id']} {output}"
        expected = None
        for (file, at, channel), reasons in EXPECTED.items():
            if name.endswith(file) and at == number and channel == mine["id"]:
                expected = reasons.get(output)
                self.seen.add((file, at, channel, output))
        frequencies = np.array(mine.get("frequencies", [0.1, 1.0]))
        theirs, refusal = obspy_curve(response, frequencies, output)
        if mine["response"] == "broken":
            curve, error = None, ("broken", mine["reason"])
        else:
            curve, error = our_curve(mine["default"][output])
        if error and refusal:
            known = [
                reason for (kind, text), reason in REFUSALS.items()
                if kind == error[0] and text in refusal
            ]
            if not known:
                self.fail(f"{place}: we say {error}, ObsPy says {refusal}: not explained")
                return
            self.count(cell, "both refuse: " + known[0])
            self.refusals[known[0]] += 1
            if expected:
                self.fail(f"{place}: expected to differ ({expected}), but both refuse")
            return
        if not error and not refusal:
            self.warnings.update(set(mine["default"][output]["warnings"]))
            difference = relative(curve, theirs)
            largest = difference.max()
            if largest <= TOLERANCE:
                self.largest = max(self.largest, largest)
                cell[1] = max(cell[1], largest)
                self.count(cell, "agree")
                if expected:
                    self.fail(f"{place}: expected to differ ({expected}), but agrees")
                return
            if not expected:
                stop_band = stop_band_errors(response, frequencies, curve, theirs)
                if stop_band and stop_band[1] <= TOLERANCE:
                    self.count(cell, "stop band")
                    self.reasons["stop band"] += 1
                    self.stop_bands.append((name, mine["id"], largest, *stop_band))
                    return
        if not expected:
            what = f"we say {error}" if error else f"ObsPy says {refusal}" if refusal else \
                f"relative difference {relative(curve, theirs).max():.1e}"
            self.fail(f"{place}: {what}: not expected")
            return
        self.count(cell, expected)
        self.reasons[expected] += 1
        if REASONS[expected][3]:
            curve, error = our_curve(mine["obspy"][output])
            if error:
                self.fail(f"{place}: with ObsPy's options we say {error}")
                return
            within = relative(curve, theirs).max() <= TOLERANCE or \
                stop_band_errors(response, frequencies, curve, theirs)
            if not within:
                self.fail(f"{place}: ObsPy's options do not give ObsPy's numbers")

    def count(self, cell, outcome):
        cell[0] += 1
        cell[2][outcome] += 1
        self.outcomes[outcome if outcome.startswith("agree") else
                      "both refuse" if outcome.startswith("both") else "expected"] += 1

    def fail(self, text):
        self.failures.append(text)

    def finish(self):
        """What is expected must have been met, unless its file is not here."""
        for (file, number, channel), reasons in EXPECTED.items():
            if not any(name.endswith(file) for name, *_ in self.rows):
                continue
            for output in reasons:
                if (file, number, channel, output) not in self.seen:
                    self.fail(f"{file}: channel {number} {channel} {output} was not found")

    def summary(self):
        total = sum(self.outcomes.values())
        lines = [
            f"{len(self.rows)} files, {sum(self.channels.values())} channels, {total} curves:",
            *(f"  {n} {outcome}" for outcome, n in self.outcomes.most_common()),
            f"largest difference of those that agree: {self.largest:.1e}",
        ]
        return "\n".join(lines)

    def engine_rows(self):
        files = defaultdict(lambda: defaultdict(set))
        for name, _, _, outcome, reason, _ in self.engine_places:
            kind = reason[0] if isinstance(reason, tuple) else ""
            files[outcome, kind][short(name)].add(reason)
        rows = [f"| {self.engines['agree']} | agree within 1e-10 | |",
                f"| {self.engines['both refuse']} | refused by both | |"]
        for (outcome, kind), names in sorted(files.items()):
            n = sum(place[3] == outcome and (place[4][0] if isinstance(place[4], tuple) else "") == kind
                    for place in self.engine_places)
            text = outcome + (f" (`{kind}`)" if kind and kind != "broken" else
                              " (contradictory)" if kind else "")
            rows.append(f"| {n} | {text} | {', '.join(sorted(names))} |")
        return rows

    def table(self, count):
        total = sum(self.outcomes.values())
        lines = [
            "# Responses: ours against ObsPy's",
            "",
            "Generated by `scripts/compare_responses.py`; do not edit.",
            "",
            f"Every channel of every StationXML, RESP, and dataless or full SEED file in the test"
            f" data of ObsPy {obspy.__version__}, samples of the NRL among them"
            " (and of the StationXML of the reference recordings, `corpus/`), evaluated by ObsPy"
            " (`get_evalresp_response_for_frequencies`, which is evalresp 3.3.3) and by"
            f" `Response::plan` at {count} logarithmic frequencies from 1e-4 Hz to 0.99 of the"
            " Nyquist frequency, in displacement, velocity, acceleration and native units. The"
            " difference is the largest |ours − ObsPy's| / |ObsPy's| of all frequencies.",
            "",
            "## Sum",
            "",
            f"{len(self.rows)} files ("
            + ", ".join(f"{n} {kind}" for kind, n in self.kinds.most_common())
            + f"), {sum(self.channels.values())} channels ("
            + ", ".join(f"{n} {kind}" for kind, n in self.channels.most_common())
            + f"); {total} curves of {count} frequencies:",
            "",
            "| curves | outcome |",
            "|---:|---|",
            f"| {self.outcomes['agree']} | agree within 1e-10 at every frequency"
            f" (largest difference {self.largest:.1e}) |",
            f"| {self.outcomes['both refuse']} | refused by both |",
            f"| {self.outcomes['expected']} | differ for a [known reason](#disagreements) |",
            "",
            "## Disagreements",
            "",
            "| curves | what happens | who is right | shown by |",
            "|---:|---|---|---|",
        ]
        for reason, (what, right, test, is_offered) in REASONS.items():
            right += " `EvaluationOptions::obspy()` gives ObsPy's numbers." if is_offered else ""
            lines.append(
                f"| {self.reasons[reason]} | **{reason}**. {what} | {right} |"
                f" {f'`{test}`' if test else 'the file'} |"
            )
        lines += [
            "",
            "The rules behind them are written down in `seis-resp/src/rules.md`. The tests are in"
            " `seis-resp/tests/evaluate_disagreements.rs` and its neighbours, with"
            " more of the kind that no file here shows: phases of lists that pass ±180°, analog"
            " coefficients, stage numbers with gaps, digital filters without a rate.",
            "",
            "Refused by both:",
            "",
            "| curves | why |",
            "|---:|---|",
            *(f"| {n} | {reason} |" for reason, n in self.refusals.most_common()),
            "",
            "## Stop bands",
            "",
            "Where a digital filter blocks, its taps cancel, and the sum of some hundred of them has"
            " only the digits left that rounding leaves: of 1e-7 the tenth digit is noise."
            " A curve is listed here if at every frequency the difference is within 1e-10 or within"
            " a bound on the rounding of a direct sum, that is the sum over the filters of"
            " 2ε(2ωτn + n/2 + 1) Σ|h| / |H| with n taps and ε = 2.2e-16, and if our error, against"
            " the same sums in arithmetic of 64 bits, is within 1e-10.",
            "",
            "| file | channel | curves | amplitude there, of its maximum | difference | our error |"
            " ObsPy's error |",
            "|---|---|---:|---:|---:|---:|---:|",
        ]
        grouped = defaultdict(list)
        for name, channel, *numbers in self.stop_bands:
            grouped[name, channel].append(numbers)
        for (name, channel), numbers in grouped.items():
            worst = np.max(np.array(numbers, dtype=float), axis=0)
            lines.append(
                f"| {short(name)} | {channel} | {len(numbers)} | {worst[1]:.0e} | {worst[0]:.0e} |"
                f" {worst[2]:.0e} | {worst[3]:.0e} |"
            )
        lines += [
            "",
            "## Warnings",
            "",
            "What we tell about the responses that we evaluate (curves, by `EvaluationWarning`):"
            " " + ", ".join(f"{kind} {n}" for kind, n in self.warnings.most_common()) + ".",
            "",
            "## evalresp itself",
            "",
            "RESP files read and evaluated by evalresp 3.3.3 (`evalresp_for_frequencies`), without"
            " ObsPy's model in between:",
            "",
            "| curves | outcome | files |",
            "|---:|---|---|",
            *self.engine_rows(),
            "",
            "## Files that only one reads, or neither",
            "",
            "| file | outcome | why |",
            "|---|---|---|",
            *(f"| {name} | {outcome} | {why(name, error, refusal)} |"
              for name, outcome, error, refusal in self.file_outcomes),
            "",
            "## Files",
            "",
            "Each cell: the number of curves that agree and their largest difference; then what"
            " else there is.",
            "",
            "| file | format | channels | " + " | ".join(OUTPUTS) + " |",
            "|---|---|---|" + "---|" * len(OUTPUTS),
        ]
        for name, kind, counts, row in self.rows:
            channels = ", ".join(f"{n} {kind}" for kind, n in counts.items()) or "none"
            cells = [cell_text(row.get(output)) for output in OUTPUTS]
            lines.append(f"| {name} | {kind} | {channels} | " + " | ".join(cells) + " |")
        return "\n".join(lines) + "\n"


def why(name, error, refusal):
    known = next((text for end, text in ONE_READS.items() if name.endswith(end)), None)
    if known:
        return known
    parts = [f"ours: {tidy(error)}" if error else "", f"ObsPy: {tidy(refusal)}" if refusal else ""]
    return "; ".join(part for part in parts if part)


def tidy(text):
    """Without the machine's folders, in one line, and not endless."""
    text = " ".join(re.sub(r"/\S*/", "", text).split()).replace("|", "\\|")
    return text if len(text) <= 160 else text[:159] + "…"


def cell_text(cell):
    if not cell:
        return "–"
    parts = []
    for outcome, n in cell[2].items():
        text = f"{n} {outcome}"
        if outcome == "agree":
            text = f"{n} ({cell[1]:.0e})"
        parts.append(text)
    return "; ".join(parts)


def short(name):
    return name.rsplit("/", 1)[-1]


def our_curve(result):
    """(values, None) or (None, (kind, text))."""
    if "error" in result:
        return None, (result["kind"], result["error"])

    def numbers(key):
        return np.array([np.nan if x is None else x for x in result[key]])

    return numbers("re") + 1j * numbers("im"), None


def obspy_curve(response, frequencies, output):
    """(values, None) or (None, what it says)."""
    if response is None:
        return None, "the response cannot be read"
    try:
        values = response.get_evalresp_response_for_frequencies(
            frequencies, output=output, hide_sensitivity_mismatch_warning=True
        )
    except Exception as error:
        return None, str(error)
    return values, None


def relative(ours, theirs):
    with np.errstate(all="ignore"):
        difference = np.abs(ours - theirs) / np.abs(theirs)
    difference[ours == theirs] = 0.0
    difference[np.isnan(difference)] = np.inf
    return difference


def stop_band_errors(response, frequencies, ours, theirs):
    """None unless the difference is within rounding at every frequency. Otherwise the largest
    |T| (of its maximum) at which it is above the tolerance, our error and ObsPy's."""
    if np.finfo(np.longdouble).eps > 2e-19:
        sys.exit("stop bands are judged in arithmetic of 64 bits, which this machine has not")
    exact, bound = exact_shape(response, frequencies)
    if exact is None:
        return None
    difference = relative(ours, theirs)
    above = difference > TOLERANCE
    if np.any(above & ~(difference <= bound)):
        return None
    # Constant factors and powers of iω apart: they cannot cancel.
    errors = []
    for curve in (ours, theirs):
        ratio = np.abs(curve.astype(np.clongdouble) / exact)
        reference = np.abs(theirs.astype(np.clongdouble) / exact)
        slope = np.log(reference[~above]), np.log(frequencies[~above].astype(np.longdouble))
        power = round(float(np.polyfit(slope[1].astype(float), slope[0].astype(float), 1)[0]))
        shape = ratio / frequencies.astype(np.longdouble) ** power
        errors.append(float(np.abs(shape[above] / np.median(shape[~above]) - 1).max()))
    size = np.abs(theirs) / np.abs(theirs).max()
    return float(size[above].max()), *errors


def exact_shape(response, frequencies):
    """The product of all filters in arithmetic of 64 bits, without gains, and the bound on the
    relative rounding of the sums; (None, None) for what is neither poles and zeros nor FIR."""
    real = np.longdouble
    pi = real("3.14159265358979323846264338327950288")
    w = 2 * pi * frequencies.astype(real)
    value = np.ones(len(w), dtype=np.clongdouble)
    bound = np.zeros(len(w))
    for stage in response.response_stages:
        if isinstance(stage, PolesZerosResponseStage):
            if "LAPLACE" not in stage.pz_transfer_function_type:
                return None, None
            s = 1j * (w if "RAD" in stage.pz_transfer_function_type else w / (2 * pi))
            for zero in stage.zeros:
                value *= s - complex(zero)
            for pole in stage.poles:
                value /= s - complex(pole)
            continue
        if isinstance(stage, FIRResponseStage):
            taps, symmetry = stage.coefficients, stage.symmetry
        elif isinstance(stage, CoefficientsTypeResponseStage) and not stage.denominator:
            taps, symmetry = stage.numerator, "NONE"
        elif type(stage).__name__ == "ResponseStage":
            continue
        else:
            return None, None
        if not taps:
            continue
        taps = [float(h) for h in taps]
        if symmetry == "ODD":
            taps = taps + taps[-2::-1]
        elif symmetry == "EVEN":
            taps = taps + taps[::-1]
        elif abs(sum(taps) - 1) > 0.02:
            total = sum(taps)
            taps = [h / total for h in taps]
        n = len(taps)
        is_symmetric = taps == taps[::-1]
        theta = w / real(float(stage.decimation_input_sample_rate))
        centre = (n - 1) / 2 if is_symmetric else 0
        total = np.zeros(len(w), dtype=np.clongdouble)
        for k, h in enumerate(taps):
            angle = theta * (k - real(centre))
            total += real(h) * (np.cos(angle) - 1j * np.sin(angle))
        if is_symmetric:
            total = total.real.astype(np.clongdouble)
        value *= total
        size = sum(abs(h) for h in taps)
        rounding = np.finfo(float).eps * (2 * theta * n + n / 2 + 1) * size
        bound += (2 * rounding / np.abs(total)).astype(float)
    return value, bound


def time_both(program):
    """Both evaluate the same four-stage response at 65537 frequencies, in one run."""
    count = 65537
    path = Path(obspy.__file__).parent / "io/stationxml/../../signal/tests/data/BW_RTSH.xml"
    best = min(
        (json.loads(subprocess.run([program, "--time", str(count), path.resolve()], check=True,
                                   capture_output=True, text=True).stdout) for _ in range(3)),
        key=lambda result: result["seconds"],
    )
    _, response = next(c for c in obspy_channels(path, "STATIONXML") if c[1])
    frequencies = np.arange(count) * best["width_hz"]
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        values = response.get_evalresp_response_for_frequencies(frequencies, output="VEL")
        seconds.append(time.perf_counter() - begun)
    middle = values[count // 2]
    difference = abs(complex(*best["middle"]) - middle) / abs(middle)
    print(f"{best['stages']} stages at {count} frequencies: ObsPy {min(seconds) * 1e3:.1f} ms, "
          f"ours {best['seconds'] * 1e3:.2f} ms with planning, ratio "
          f"{min(seconds) / best['seconds']:.0f}, difference {difference:.0e}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
