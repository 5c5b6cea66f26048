#!/usr/bin/env python3
"""miniSEED against libmseed (pymseed 1.0.1) and ObsPy 1.5.1, both ways.

0. libmseed's own 46 test files (in the corpus), record by record against `expected.json`.
1. Every miniSEED file of ObsPy's test data and of the corpus, record by record against libmseed:
   source id, version, length, encoding, start, rate, count, all samples.
2. The same files as traces, by the joining rule of libmseed and by that of ObsPy, against what
   these make of them.
3. Generated traces (all encodings, record lengths, byte orders; awkward times, rates and values)
   written by seis-io, at once or in pieces, as version 2 and read back by ObsPy and libmseed, with
   what the format does not hold rounded, or refused where that is not asked for;
   Steim files need no more records than libmseed's own.
4. The same as version 3, read back by libmseed record by record (samples, nanoseconds, rates, ids,
   publication versions, flags, extra headers, checksums); no file needs more records, or more
   bytes, than libmseed's own.
5. Steim: quiet, noisy and loud series, spikes, constants, extremes, in every record length that
   libmseed packs, both versions and both encodings: none needs more records than libmseed's own.
6. Source identifiers of version 3 that are not of the FDSN: records that libmseed writes with them
   are read, and written back the same.

Disagreements that are known, and why, are listed below; any other ends the script with status 1,
and so does a known one that has gone. The last line says how it went.

    scripts/compare_mseed.py [--cases N] [--seed N]
"""

import argparse
import datetime
import json
import logging
import os
import random
import struct
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import reference_env

# Files where libmseed (record by record) differs, and who is right.
KNOWN_RECORDS = {
    "RJOB.BW.EHZ.D.300806.0000.fullseed": "libmseed stops at the volume header; the data follow it",
    "blockette008.mseed": "libmseed stops at the volume header; the data follow it",
    "fullseed.mseed": "libmseed stops at the volume header; the data follow it",
    "fullseed_dataquality_M.mseed": "libmseed stops at the volume header; the data follow it",
    "fullseed_dataquality_Q.mseed": "libmseed stops at the volume header; the data follow it",
    "fullseed_dataquality_R.mseed": "libmseed stops at the volume header; the data follow it",
    "arclink_full.seed": "libmseed stops at the volume header; the data follow it",
    "various_noise_records.mseed": "libmseed stops at the noise record the file begins with",
    "single_record_plus_noise_record.mseed": "libmseed stops at the noise record behind the data",
    "D1360930.203.mseed": "channel ' cp': ObsPy and seis-io leave the blank out, libmseed takes it "
    "for an empty band code",
    "gecko_non_ascii_header.ms": "location F0 41: ObsPy and seis-io read A, libmseed an empty code",
    "microsecond_wrap.mseed": "fraction 10000: ObsPy and seis-io carry it over, libmseed refuses",
    "infinite-loop.mseed": "bytes are missing in the file; libmseed stops at the second record",
    "testdata-invalid-blockette-offsets.mseed2": "the first record is refused by both; libmseed "
    "stops there, and reads the other two on their own",
}

# Files where ObsPy's traces differ, and who is right.
KNOWN_OBSPY = {
    "infinite-loop.mseed": "bytes are missing in the file; ObsPy refuses all of it",
    "testdata-invalid-blockette-offsets.mseed2": "one bad record; ObsPy refuses all of the file",
}

# Why ObsPy gives nothing of these files, which are told by their first bytes.
OBSPY_READS_NO_VERSION_3 = "ObsPy does not read miniSEED 3"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--cases", type=int, default=2000, help="traces to generate (2000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the generator (1)")
    arguments = parser.parse_args()
    reference_env.enter()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)

    release = reference_env.cargo_build("-p", "seis", "--example", "mseed_inspect")
    reference_env.cargo_build("-p", "seis", "--example", "convert")
    reference_env.cargo_build("-p", "seis-io", "--example", "mseed_cross")
    inspect, cross = release / "examples" / "mseed_inspect", release / "examples" / "mseed_cross"

    failures = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        files = miniseed_files()
        print(f"{len(files)} files")
        compare_expected(inspect, failures)
        compare_records(inspect, files, failures)
        compare_obspy_traces(cross, files, folder, failures)
        compare_libmseed_traces(cross, files, folder, failures)
        compare_written(cross, folder, arguments, failures)
        compare_written_3(cross, folder, arguments, failures)
        compare_packing(cross, folder, arguments, failures)
        compare_identifiers(inspect, release / "examples" / "convert", folder, arguments, failures)
    for failure in failures:
        print("FAILED", failure)
    if failures:
        print(f"compare_mseed: {len(failures)} disagreements that are not listed (above)")
        sys.exit(1)
    known = len(KNOWN_RECORDS) + len(KNOWN_OBSPY)
    print(f"compare_mseed: all equal; {known} files differ as listed, with reasons")


def miniseed_files():
    """Files that begin like miniSEED or full SEED, and those that ObsPy's tests take for it."""
    candidates = list(reference_env.obspy_test_data())
    corpus = reference_env.corpus()
    if corpus:
        for sub in ("libmseed", "events", "day"):
            candidates += sorted(p for p in (corpus / sub).glob("**/*") if p.is_file())
    found = []
    for path in candidates:
        with open(path, "rb") as file:
            head = file.read(48)
        in_mseed_tests = "io/mseed/tests/data" in str(path) and path.suffix in ("", ".mseed", ".ms")
        data = (
            len(head) == 48
            and all(b in b"0123456789 \0" for b in head[:6])
            and head[6:7] in (b"D", b"R", b"Q", b"M", b"V")
            and head[7] in b" \0"
        )
        if in_mseed_tests or data or head[:3] == b"MS\x03":
            found.append(path)
    return found


def samples_equal(ours, theirs):
    """Bit for bit, except that JSON has no number for NaN."""
    import numpy as np

    ours = np.array([np.nan if x is None else x for x in ours], dtype=np.asarray(theirs).dtype)
    return np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f")


# ---- 0. libmseed's test files -------------------------------------------------------------------


def compare_expected(inspect, failures):
    """What libmseed reads in its own test files, as the corpus has it."""
    folder = (reference_env.corpus() or Path()) / "libmseed"
    if not (folder / "expected.json").exists():
        print("0. left out: SEIS_CORPUS names no folder with libmseed/expected.json")
        return
    expected = json.loads((folder / "expected.json").read_text())
    records = equal = rejected = 0
    for name, content in sorted(expected.items()):
        run = subprocess.run([inspect, "--json", "--samples", folder / name],
                             capture_output=True, text=True, check=False)
        ours = [json.loads(line) for line in run.stdout.splitlines()]
        if "error" in content:
            # Rejected by both, and told by the exit status.
            if run.returncode != 3 or "error" not in ours[0]:
                failures.append(f"{name}: libmseed rejects it, seis-io not")
            rejected += 1
            continue
        reason = None if run.returncode == 0 else f"status {run.returncode}"
        if len(ours) != len(content["records"]):
            reason = f"{len(ours)} records, expected {len(content['records'])}"
        for o, t in zip(ours, content["records"]):
            reason = reason or expected_difference(o, t)
            records += 1
        if reason:
            failures.append(f"{name}: {reason}")
        else:
            equal += 1
    if len(expected) != 46:
        failures.append(f"expected.json has {len(expected)} files, not 46")
    print(f"0. libmseed's files: {records} records of {equal} files equal expected.json, "
          f"{rejected} rejected by both")


def expected_difference(ours, expected):
    for key in ("sourceid", "version", "record_length", "encoding", "start_ns", "nsamples"):
        if ours[key] != expected[key]:
            return f"at {ours['offset']}: {key} {ours[key]}, expected {expected[key]}"
    if abs(ours["sample_rate"] - expected["sample_rate"]) > 1e-15 * abs(expected["sample_rate"]):
        return f"at {ours['offset']}: rate {ours['sample_rate']}"
    if not expected["nsamples"]:
        return None
    samples, kind = ours["samples"], expected["sample_type"]
    if ours["sample_type"] != kind or len(samples) != expected["nsamples"]:
        return f"at {ours['offset']}: {len(samples)} samples of type {ours['sample_type']}"
    first, last = expected["first"], expected["last"]
    if samples[:len(first)] != first or samples[-len(last):] != last:
        return f"at {ours['offset']}: first or last samples differ"
    # Sums of floats depend on the order of summation.
    tolerance = 1e-13 * sum(abs(x) for x in samples) if kind in "fd" else 0
    if abs(sum(samples) - expected["sum"]) > tolerance:
        return f"at {ours['offset']}: sum {sum(samples)}, expected {expected['sum']}"
    return None


# ---- 1. record by record ------------------------------------------------------------------------


def libmseed_records(path):
    """The records that libmseed reads before it stops, and why it stops."""
    import numpy as np
    from pymseed import MS3Record

    found, offset = [], 0
    try:
        with MS3Record.from_file(str(path), unpack_data=True) as reader:
            for record in reader:
                if record.numsamples <= 0:
                    samples = []
                elif record.sampletype == "t":
                    samples = list(bytes(record.datasamples))
                else:
                    samples = np.array(record.np_datasamples)
                found.append(
                    {
                        "offset": offset,
                        "sourceid": record.sourceid,
                        "version": record.formatversion,
                        "record_length": record.reclen,
                        "encoding": record.encoding,
                        "start_ns": record.starttime,
                        "sample_rate": record.samprate,
                        "nsamples": record.samplecnt,
                        "samples": samples,
                    }
                )
                offset += record.reclen
    except Exception as error:  # whatever libmseed finds
        return found, str(error)
    return found, None


def compare_records(inspect, files, failures):
    compared = agreed = 0
    known = {}
    for path in files:
        run = subprocess.run(
            [inspect, "--json", "--samples", path], capture_output=True, text=True, check=False
        )
        if path.stat().st_size == 0:
            told = run.returncode == 1 and "error" in json.loads(run.stdout)
            if told and not libmseed_records(path)[0]:
                agreed += 1
            else:
                failures.append(f"records of {path}: an empty file must be told, with status 1")
            continue
        ours = [json.loads(line) for line in run.stdout.splitlines()]
        if run.returncode == 1 and "control records, and no data record" in run.stderr:
            # Dataless SEED: understood, and nothing in it.
            ours = []
        elif run.returncode not in (0, 3):
            failures.append(f"records of {path}: status {run.returncode} {run.stderr}")
            continue
        theirs, error = libmseed_records(path)
        reason = difference(ours, theirs, error)
        compared += len(theirs)
        if reason is None:
            agreed += 1
        elif path.name in KNOWN_RECORDS:
            known[path.name] = KNOWN_RECORDS[path.name]
        else:
            failures.append(f"records of {path}: {reason}")
    gone = set(KNOWN_RECORDS) & {p.name for p in files} - set(known)
    if gone:
        failures.append(f"records: no longer differ: {sorted(gone)}")
    print(f"1. records: {compared} of libmseed's compared; {agreed} files agree entirely")
    for name, why in sorted(known.items()):
        print(f"   {name}: {why}")


def difference(ours, theirs, error):
    bad = [o for o in ours if "error" in o]
    good = [o for o in ours if "error" not in o]
    if error is None and bad:
        return f"libmseed reads all, seis-io not: {bad[0]}"
    if error is not None and not bad and good:
        return f"seis-io reads all, libmseed not: {error}"
    if len(good) != len(theirs):
        return f"{len(good)} records, libmseed {len(theirs)} ({error})"
    for o, t in zip(good, theirs):
        for key in ("offset", "sourceid", "version", "record_length", "encoding", "start_ns",
                    "nsamples"):
            if o[key] != t[key]:
                return f"at {o['offset']}: {key} {o[key]}, libmseed {t[key]}"
        if abs(o["sample_rate"] - t["sample_rate"]) > 1e-15 * abs(t["sample_rate"]):
            return f"at {o['offset']}: rate {o['sample_rate']}, libmseed {t['sample_rate']}"
        if not samples_equal(o.get("samples", []), t["samples"]):
            return f"at {o['offset']}: samples differ"
    return None


# ---- 2. traces ----------------------------------------------------------------------------------


def our_traces(cross, rule, path, folder):
    import numpy as np

    out = folder / "samples"
    run = subprocess.run(
        [cross, "traces", rule, path, out], capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    if "error" in lines[-1]:
        return [], lines[-1]
    data, at = out.read_bytes(), 0
    for line in lines[:-1]:
        kind = {"i": "<i4", "f": "<f4", "d": "<f8", "t": "S1"}[line["type"]]
        line["samples"] = np.frombuffer(data, dtype=kind, count=line["count"], offset=at)
        at += line["samples"].nbytes
    return lines[:-1], lines[-1]


def has_version_3(path):
    """Whether records of version 3 stand in a file (at its start, or after a record)."""
    data = path.read_bytes()
    return data[:3] == b"MS\x03" or b"MS\x03" in data and b"FDSN:" in data


def compare_obspy_traces(cross, files, folder, failures):
    import numpy as np
    import obspy

    agreed = traces = version_3 = 0
    known = {}
    for path in files:
        ours, account = our_traces(cross, "obspy", path, folder)
        reason = None
        try:
            theirs = obspy.read(str(path), format="MSEED")
        except Exception as error:  # whatever ObsPy finds
            if not ours:
                agreed += 1
                continue
            theirs, reason = [], f"ObsPy: {str(error)[:80]!r}"
        if reason is None and len(ours) != len(theirs):
            reason = f"{len(ours)} traces, ObsPy {len(theirs)}"
        for o, t in zip(ours, theirs):
            if reason is not None:
                break
            if (o["id"], o["start_ns"], o["count"]) != (t.id, t.stats.starttime.ns, t.stats.npts):
                reason = f"{o['id']} {o['start_ns']} {o['count']}, ObsPy {t}"
            elif abs(o["hz"] - t.stats.sampling_rate) > 2e-16 * o["hz"]:
                reason = f"{o['id']}: {o['hz']} Hz, ObsPy {t.stats.sampling_rate}"
            elif o["count"] and not np.array_equal(
                o["samples"], t.data, equal_nan=o["type"] in "fd"
            ):
                reason = f"{o['id']}: samples differ"
            traces += 1
        if reason is None:
            agreed += 1
            if has_version_3(path):
                failures.append(f"ObsPy reads version 3 in {path.name}: the list must say so")
        elif has_version_3(path):
            version_3 += 1
        elif path.name in KNOWN_OBSPY:
            known[path.name] = KNOWN_OBSPY[path.name]
        else:
            failures.append(f"ObsPy's traces of {path}: {reason}; {account}")
    gone = set(KNOWN_OBSPY) & {p.name for p in files} - set(known)
    if gone:
        failures.append(f"ObsPy's traces: no longer differ: {sorted(gone)}")
    print(f"2. ObsPy's traces: {traces} compared; {agreed} files agree")
    if version_3:
        print(f"   {version_3} files with version 3: {OBSPY_READS_NO_VERSION_3}")
    for name, why in sorted(known.items()):
        print(f"   {name}: {why}")


def compare_libmseed_traces(cross, files, folder, failures):
    import numpy as np
    from pymseed import MS3TraceList

    agreed = segments = refused = 0
    for path in files:
        try:
            traces = MS3TraceList.from_file(str(path), unpack_data=True)
        except Exception:  # what it refuses was compared record by record
            refused += 1
            continue
        theirs = [
            (trace.sourceid, segment.starttime, segment.samprate, segment.numsamples,
             segment.sampletype, np.array(segment.np_datasamples) if segment.numsamples else [])
            for trace in traces
            for segment in trace
            if segment.numsamples > 0
        ]
        ours, account = our_traces(cross, "libmseed", path, folder)
        # Both are sorted, but by different texts.
        theirs.sort(key=lambda s: (s[0], s[1], -s[3]))
        ours.sort(key=lambda o: (o["fdsn"], o["start_ns"], -o["count"]))
        reason = None
        if len(ours) != len(theirs):
            reason = f"{len(ours)} traces, libmseed {len(theirs)} segments; {account}"
        for o, (sid, start, rate, count, kind, samples) in zip(ours, theirs):
            if reason is not None:
                break
            if (o["start_ns"], o["count"], o["type"]) != (start, count, kind):
                reason = f"{o}, libmseed {sid} {start} {count} {kind}"
            elif o["fdsn"] != sid and path.name not in KNOWN_RECORDS:
                reason = f"{o['fdsn']}, libmseed {sid}"
            elif abs(o["hz"] - rate) > 1e-15 * rate:
                reason = f"{o['hz']} Hz, libmseed {rate}"
            elif kind != "t" and not np.array_equal(o["samples"], samples, equal_nan=kind != "i"):
                reason = f"{sid}: samples differ"
            segments += 1
        if reason is None:
            agreed += 1
        else:
            failures.append(f"libmseed's segments of {path}: {reason}")
    print(f"   libmseed's segments: {segments} compared; {agreed} files agree, "
          f"{refused} it refuses")


# ---- 3. what seis-io writes ---------------------------------------------------------------------

RATES = [0.01, 0.1, 1 / 3600, 1.0, 3.0, 6.25, 7.0, 10.0, 12.5, 20.0, 33.333, 40.0, 49.0, 50.0,
         99.997, 100.0, 100.0 / 3.0, 125.0, 200.0, 250.0, 500.0, 1000.0, 1024.0, 32767.0, 40000.0,
         22.0 / 7.0, 1.0 / 86400, 19.999999, 65.7]
LENGTHS = [0, 1, 2, 3, 6, 7, 8, 15, 16, 50, 100, 127, 412, 1000, 5000, 20000, 70001]
IDS = ["CI.HEC..BHN", "IU.ANMO.00.LHZ", "X.A.1.B", "XX.AAA..BZ", "XX.TESTS.10.HHZ",
       "..."]


def random_series(rng, kind, count):
    import numpy as np

    if kind == "t":
        return np.frombuffer(bytes(rng.randrange(32, 127) for _ in range(count)), dtype="S1")
    generator = np.random.default_rng(rng.randrange(1 << 32))
    if kind == "i":
        widths = generator.choice([3, 4, 5, 7, 9, 14, 15, 20, 28], size=count)
        if rng.random() < 0.6:
            widths = np.minimum(widths, rng.choice([3, 5, 7, 9]))
        steps = generator.integers(-(1 << widths.astype("i8")), 1 << widths.astype("i8"))
        first = rng.choice([0, 5, -(1 << 31), (1 << 31) - 1])
        series = np.cumsum(np.concatenate([[first], steps]))[:count]
        # Wrapped into 32 bits, so that sums wrap around now and then.
        return ((series + (1 << 31)) % (1 << 32) - (1 << 31)).astype("<i4")
    values = generator.standard_normal(count) * 10.0 ** generator.integers(-30, 30, count)
    if count and rng.random() < 0.3:
        values[rng.randrange(count)] = rng.choice([np.nan, np.inf, -np.inf, -0.0])
    return values.astype("<f4" if kind == "f" else "<f8")


def generated_cases(count, seed):
    rng = random.Random(seed)
    for number in range(count):
        kind = rng.choice("iiiiiffdt")
        encoding = rng.choice(
            {"i": [None, "STEIM1", "STEIM2", "INT32"], "f": [None, "FLOAT32", "FLOAT64"],
             "d": [None, "FLOAT64"], "t": [None, "TEXT"]}[kind]
        )
        record_len = 1 << rng.choice([7, 8, 9, 9, 9, 10, 12, 12, 13, 15, 16, 20])
        start = rng.randrange(-2_000_000_000, 4_000_000_000) * 10**9
        start += rng.choice([0, 10**5, 10**3, 49_000, 50_000, 999_999_000]) * rng.randrange(1, 9999)
        case = {
            "name": f"{number:05}.mseed",
            "id": rng.choice(IDS),
            "start_ns": start,
            "hz": rng.choice(RATES),
            "type": kind,
            "count": rng.choice(LENGTHS),
            "encoding": encoding,
            "record_len": record_len,
            "little": rng.random() < 0.2,
            "version": 2,
            "quality": "DRQM"[number % 4],
            "sequence": rng.choice([1, 1, 42, 999_998]),
            "flags": rng.choice([0, 0, 1, 2, 4, 7]),
            "piece": rng.choice([0, 0, 0, 97, 1000, 4096]),
            # What version 2 does not hold is rounded, or refused.
            "round": number % 4 != 0,
        }
        if number % 5 == 3:
            case["start_ns"] += 437
        # What looks the same in both byte orders: see misread_by_libmseed and misread_by_obspy.
        if number % 50 in (7, 8):
            day = datetime.datetime(2056, 1, 1)
            day += datetime.timedelta(days=rng.choice([0, 255, 256]))
            case["start_ns"] = int((day - datetime.datetime(1970, 1, 1)).total_seconds()) * 10**9
            case["little"] = number % 50 == 8
        # A series must end before the year 2100, and libmseed counts nanoseconds in 64 bits.
        if case["start_ns"] / 1e9 + case["count"] / case["hz"] > 4_000_000_000:
            case["count"] = min(case["count"], 10)
        series = random_series(rng, kind, case["count"])
        if kind == "i" and rng.random() < 0.1:
            series = (series % 60000 - 30000).astype("<i4")
            case["encoding"] = "INT16"
        yield case, series


def write_cases(cross, cases, folder, written, failures):
    """Has seis-io write the cases; what it says about each."""
    (folder / "cases").write_text("\n".join(json.dumps(case) for case, _ in cases))
    with open(folder / "series", "wb") as file:
        for _, series in cases:
            file.write(series.tobytes())
    written.mkdir()
    run = subprocess.run(
        [cross, "write", folder / "cases", folder / "series", written],
        capture_output=True, text=True, check=False,
    )
    outcomes = [json.loads(line) for line in run.stdout.splitlines()]
    if run.returncode != 0 or len(outcomes) != len(cases):
        failures.append(f"writing: {run.stderr}")
    return outcomes


def compare_written(cross, folder, arguments, failures):
    import numpy as np
    import obspy
    from pymseed import MS3TraceList

    cases = list(generated_cases(arguments.cases, arguments.seed))
    written = folder / "written"
    outcomes = write_cases(cross, cases, folder, written, failures)
    refused = {}
    misread = {"libmseed": [], "ObsPy": []}
    read_by = {"obspy": 0, "libmseed": 0}
    records = {"ours": 0, "libmseed": 0}
    for (case, series), outcome in zip(cases, outcomes):
        path = written / case["name"]
        if "error" in outcome:
            why = outcome["error"].split(": ", 1)[-1].split(" is ")[0].split(" to sample")[0]
            why = why.split(" would not")[0]
            if why.startswith("start "):
                why = "start between microseconds"
            refused[why] = refused.get(why, 0) + 1
            if path.exists():
                failures.append(f"{case}: refused, but there is a file")
            if not expected_refusal(case, series):
                failures.append(f"{case}: refused: {outcome['error']}")
            continue
        if case["count"] == 0:
            continue
        problem = read_with_libmseed(MS3TraceList, case, series, path)
        if misread_by_libmseed(case):
            misread["libmseed"].append(problem)
            continue
        if problem:
            failures.append(f"{case}: libmseed: {problem}")
        read_by["libmseed"] += 1
        problem = read_with_obspy(obspy, case, series, path)
        if misread_by_obspy(case):
            misread["ObsPy"].append(problem)
            continue
        if problem:
            failures.append(f"{case}: ObsPy: {problem}")
        read_by["obspy"] += 1
        if case["encoding"] in ("STEIM1", "STEIM2") and not needs_blockette_100(case["hz"]):
            theirs = libmseed_record_count(case, series, folder)
            if theirs is not None:
                records["ours"] += outcome["records"]
                records["libmseed"] += theirs
                if outcome["records"] > theirs:
                    failures.append(f"{case}: {outcome['records']} records, libmseed {theirs}")
    print(f"3. written: {len(cases)} traces; read back by libmseed {read_by['libmseed']}, by ObsPy "
          f"{read_by['obspy']}")
    print(f"   Steim records: {records['ours']}, of libmseed {records['libmseed']}")
    for reader, problems in misread.items():
        wrong = sum(problem is not None for problem in problems)
        print(f"   of {len(problems)} with a year or day that {reader} may take in the wrong byte "
              f"order, it does so with {wrong}")
        if len(problems) > 3 and not wrong:
            failures.append(f"{reader} reads 2056, and days 1, 256 and 257, right")
    for why, number in sorted(refused.items()):
        print(f"   refused {number} times: {why}")


# ---- 4. version 3 -------------------------------------------------------------------------------

IDS_3 = ["CI.HEC..BHN", "NETWORK8.STATION8.LOCATIO8.B_H_ZZ", "X.A.1.B", "XX.AAA..BZ",
         "XX.A-B.10.HHZ", "..."]
EXTRA = ["", "", "{}", '{"FDSN":{"Time":{"Quality":93}}}',
         '{"Operator": {"Ort": "Gräfenberg", "list": [1, 2.5, null, true]}}']


def generated_cases_3(count, seed):
    """The same series, as version 3: any record length, nanoseconds, other years, any rate."""
    rng = random.Random(seed + 1)
    for case, series in generated_cases(count, seed + 1):
        case["version"] = 3
        case["name"] += "3"
        case["little"] = False
        case["id"] = rng.choice(IDS_3)
        case["publication_version"] = rng.choice([0, 1, 2, 4, 255])
        case["extra"] = rng.choice(EXTRA)
        if rng.random() < 0.5:
            case["record_len"] = rng.randrange(250, 20_000)
        if rng.random() < 0.5:
            case["hz"] = 10.0 ** rng.uniform(-4, 5)
        case["start_ns"] = rng.randrange(-9_200_000_000, 9_000_000_000) * 10**9
        case["start_ns"] += rng.choice([0, 1, 999_999_999, rng.randrange(10**9)])
        if case["start_ns"] / 1e9 + case["count"] / case["hz"] > 9_200_000_000:
            case["start_ns"] -= 18_000_000_000 * 10**9 // 2
        yield case, series


def compare_written_3(cross, folder, arguments, failures):
    cases = list(generated_cases_3(arguments.cases, arguments.seed))
    written = folder / "written3"
    outcomes = write_cases(cross, cases, folder, written, failures)
    refused = {}
    read = 0
    totals = {"records": [0, 0], "bytes": [0, 0]}
    for (case, series), outcome in zip(cases, outcomes):
        path = written / case["name"]
        if "error" in outcome:
            why = outcome["error"].split(": ", 1)[-1].split(" to sample")[0].split(" behind its")[0]
            refused[why] = refused.get(why, 0) + 1
            if not expected_refusal_3(case, series):
                failures.append(f"{case}: refused: {outcome['error']}")
            continue
        if case["count"] == 0:
            continue
        problem = read_with_libmseed_3(case, series, path)
        if problem:
            failures.append(f"{case}: libmseed: {problem}")
        read += 1
        if case["encoding"] is None:
            continue
        theirs = libmseed_records_3(case, series)
        if theirs is None:
            failures.append(f"{case}: libmseed cannot write it")
            continue
        for key, number in zip(("records", "bytes"), theirs):
            totals[key][0] += outcome[key]
            totals[key][1] += number
            if outcome[key] > number:
                failures.append(f"{case}: {outcome[key]} {key}, libmseed {number}")
    print(f"4. version 3: {len(cases)} traces; read back by libmseed {read}")
    for key, (ours, theirs) in totals.items():
        print(f"   {key}: {ours}, of libmseed {theirs}")
    for why, number in sorted(refused.items()):
        print(f"   refused {number} times: {why}")


def expected_refusal_3(case, series):
    if case["encoding"] in (None, "STEIM1", "STEIM2") and case["type"] == "i":
        room = case["record_len"] - 40 - len(case["extra"].encode()) - 40
        if room < 64:
            return True
    header = 40 + len("FDSN:NETWORK8_STATION8_LOCATIO8_B_H_ZZ") + len(case["extra"].encode())
    if header + 8 > case["record_len"]:
        return True
    return expected_refusal({**case, "record_len": 512}, series)


def fdsn(identifier):
    network, station, location, channel = identifier.split(".")
    # An identifier has six fields, also of fewer characters, as libmseed gives them when it reads
    # version 2.
    if len(channel) <= 3 and "_" not in channel:
        channel = "_".join(channel[at:at + 1] for at in range(3))
    return f"FDSN:{network}_{station}_{location}_{channel}"


def read_with_libmseed_3(case, series, path):
    """Every record, with its checksum, against the case."""
    from fractions import Fraction

    import numpy as np
    from pymseed import MS3Record

    found, done = [], 0
    try:
        with MS3Record.from_file(str(path), unpack_data=True, validate_crc=True) as reader:
            for record in reader:
                due = case["start_ns"] + Fraction(done) * 10**9 / Fraction(case["hz"])
                if record.formatversion != 3 or record.sourceid != fdsn(case["id"]):
                    return f"version {record.formatversion}, {record.sourceid}"
                # Ours count by the simplest ratio that gives the rate, 1/3 and not its 64 bits.
                if abs(record.starttime - due) > 0.5 + float(abs(due - case["start_ns"])) * 2.3e-16:
                    return f"start {record.starttime} of sample {done}, due {float(due)}"
                if done == 0 and record.starttime != case["start_ns"]:
                    return f"start {record.starttime}"
                if abs(record.samprate / case["hz"] - 1.0) > 2.3e-16:
                    return f"{record.samprate} Hz"
                if (record.pubversion, record.flags) != (case["publication_version"], case["flags"]):
                    return f"publication version {record.pubversion}, flags {record.flags}"
                if record.extra != case["extra"]:
                    return f"extra headers {record.extra}"
                if record.reclen > case["record_len"]:
                    return f"a record of {record.reclen} bytes"
                if case["type"] == "t":
                    found.append(np.frombuffer(bytes(record.datasamples), dtype="S1"))
                else:
                    found.append(np.array(record.np_datasamples))
                done += record.samplecnt
    except Exception as error:  # whatever it finds
        return str(error)
    found = np.concatenate(found)
    if not values_equal(case, found.tobytes() if case["type"] == "t" else found, series):
        return "samples differ"
    return None


def libmseed_records_3(case, series):
    """How many records, and bytes, libmseed needs for the same samples."""
    import numpy as np
    from pymseed import MS3Record

    record = MS3Record()
    record.sourceid = fdsn(case["id"])
    record.formatversion = 3
    record.reclen = case["record_len"]
    code = {"TEXT": 0, "INT16": 1, "INT32": 3, "FLOAT32": 4, "FLOAT64": 5, "STEIM1": 10,
            "STEIM2": 11}
    record.encoding = code[case["encoding"]]
    record.samprate = case["hz"]
    record.set_starttime_str("2020-01-01T00:00:00Z")
    # libmseed writes them without spaces: the shorter text would leave more room.
    if case["extra"]:
        record.extra = case["extra"]
        if len(record.extra) != len(case["extra"]):
            record.extra = None
            record.extra = json.dumps({"x": "x" * (len(case["extra"].encode()) - 8)},
                                      separators=(",", ":"))
    kind = case["type"]
    if case["encoding"] == "FLOAT64" and kind == "f":
        series, kind = series.astype("f8"), "d"
    count = size = 0
    try:
        data = series.tobytes() if kind == "t" else np.asarray(series)
        for packed in record.generate(data_samples=data, sample_type=kind):
            count += 1
            size += len(bytes(packed))
    except Exception:  # what it cannot pack
        return None
    return count, size


# ---- 5. how tightly -----------------------------------------------------------------------------

# Scales of the differences; what becomes of them is a matter of the kind.
SCALES = [0.3, 1, 3, 7, 12, 25, 40, 100, 250, 1000, 9000, 16000, 30000, 2e5, 5e6, 1e8]


def steim_series(rng, count):
    """A series of one of the kinds that stations give, and of those that packing finds hardest."""
    import numpy as np

    generator = np.random.default_rng(rng.randrange(1 << 32))
    kind = rng.choice(["noise", "noise", "bounds", "spikes", "constant", "ramp", "event",
                       "extremes", "alternating"])
    scale = rng.choice(SCALES)
    if kind == "noise":
        steps = generator.normal(0, scale, count)
    elif kind == "bounds":
        # At the limits of the widths, and one beyond.
        limits = [1 << bits for bits in (3, 4, 5, 7, 9, 14, 15, 28)]
        steps = generator.choice(limits, count) * generator.choice([-1, 1], count)
        steps = steps + generator.integers(-1, 2, count)
        steps = np.where(generator.random(count) < rng.random(), steps, 0)
    elif kind == "spikes":
        steps = generator.normal(0, rng.choice([0.5, 3, 20]), count)
        steps += np.where(generator.random(count) < 0.02, generator.normal(0, 1e6, count), 0)
    elif kind == "constant":
        steps = np.zeros(count)
    elif kind == "ramp":
        steps = np.full(count, rng.choice([1, 7, 8, -8, -9, 127, 128, 511, 16383, 32768]))
    elif kind == "event":
        steps = generator.normal(0, 1, count) * (2 + 1e6 * np.exp(-np.arange(count) / 300.0))
    elif kind == "alternating":
        steps = scale * (-1.0) ** np.arange(count)
    else:
        values = [-(1 << 31), (1 << 31) - 1, 0, 1, -1]
        series = np.cumsum(generator.normal(0, scale, count)).round()
        series = np.where(generator.random(count) < 0.1, generator.choice(values, count), series)
        return kind, np.clip(series, -(1 << 31), (1 << 31) - 1).astype("<i4")
    first = rng.choice([0, 1000, -(1 << 30)])
    series = np.cumsum(np.concatenate([[first], np.asarray(steps).round()]))[:count].astype("i8")
    return kind, ((series + (1 << 31)) % (1 << 32) - (1 << 31)).astype("<i4")


def compare_packing(cross, folder, arguments, failures):
    rng = random.Random(arguments.seed + 2)
    cases = []
    for number in range(arguments.cases):
        kind, series = steim_series(rng, rng.choice([5, 60, 400, 1000, 3000, 9000]))
        version = 2 + number % 2
        cases.append(({
            "name": f"{number:05}.steim", "id": "XX.TESTS.10.HHZ", "start_ns": 1_600_000_000 * 10**9,
            "hz": 100.0, "type": "i", "count": len(series), "kind": kind,
            "encoding": ("STEIM1", "STEIM2")[number // 2 % 2],
            "record_len": 1 << rng.randrange(7, 17), "little": False, "version": version,
            "quality": "D", "sequence": 1, "flags": 0, "piece": rng.choice([0, 0, 97]),
            "publication_version": 1, "extra": "",
        }, series))
    outcomes = write_cases(cross, cases, folder, folder / "packing", failures)
    ours = theirs = fewer = refused = 0
    compared, kinds = {}, set()
    for (case, series), outcome in zip(cases, outcomes):
        if case["version"] == 2:
            count = libmseed_record_count(case, series, folder)
        else:
            count = (libmseed_records_3(case, series) or [None])[0]
        if "error" in outcome or count is None:
            # Differences that Steim-2 does not hold, and version 3 in 128 bytes: by both.
            if ("error" in outcome) != (count is None):
                failures.append(f"{case}: {outcome}, libmseed {count}")
            refused += 1
            continue
        ours, theirs = ours + outcome["records"], theirs + count
        fewer += outcome["records"] < count
        key = case["record_len"]
        compared[key] = compared.get(key, 0) + 1
        kinds.add(case["kind"])
        if outcome["records"] > count:
            failures.append(f"{case}: {outcome['records']} records, libmseed {count}")
    print(f"5. Steim packing: {sum(compared.values())} series of {len(kinds)} kinds: {ours} records,"
          f" of libmseed {theirs}; {fewer} series in fewer; {refused} refused by both")
    print("   by record length: " + ", ".join(f"{k}: {n}" for k, n in sorted(compared.items())))


# ---- 6. identifiers -----------------------------------------------------------------------------

IDENTIFIERS = [
    "XYZ:gauge/4", "XYZ:gauge/5", "gauge", "a.b.c", "50%", ":x", "XYZ:" + "long-" * 9,
    "FDSN:IU_ANMO", "FDSN:IU_ASTATIONFARTOOLONG_00_B_H_Z", "FDSN:TOOMANY_A_B_C_D_E_F_G",
    "XFDSN:IU_ANMO_00_B_H_Z", "FDSN:IU_ANMO_00_B_H_Z", "urn:x-y:net/sta.cha?n=1",
]


def compare_identifiers(inspect, convert, folder, arguments, failures):
    import numpy as np
    from pymseed import MS3Record

    same = 0
    for number, identifier in enumerate(IDENTIFIERS):
        record = MS3Record()
        record.sourceid, record.formatversion, record.encoding = identifier, 3, 11
        record.reclen, record.samprate = 512, 100.0
        record.set_starttime_str("2020-01-01T00:00:00Z")
        series = np.arange(400, dtype="i4") * number
        path, back = folder / f"identifier{number}", folder / f"identifier{number}.ms3"
        packed = [bytes(p) for p in record.generate(data_samples=series, sample_type="i")]
        path.write_bytes(b"".join(packed))
        subprocess.run([convert, path, back], check=True, capture_output=True)
        read = []
        for file in (path, back):
            run = subprocess.run([inspect, "--json", "--samples", file], capture_output=True,
                                 text=True, check=True)
            lines = [json.loads(line) for line in run.stdout.splitlines()]
            read.append(({line["sourceid"] for line in lines},
                         [x for line in lines for x in line["samples"]]))
        theirs, _ = libmseed_records(back)
        # XFDSN was the prefix of a draft; what is written is what it means.
        written = identifier.removeprefix("X") if identifier.startswith("XFDSN:") else identifier
        if read != [({identifier}, series.tolist()), ({written}, series.tolist())]:
            failures.append(f"identifier {identifier}: read as {read[0][0]}, {read[1][0]}")
        elif {t["sourceid"] for t in theirs} != {written}:
            failures.append(f"identifier {identifier}: libmseed reads it back as {theirs}")
        else:
            same += 1
    print(f"6. identifiers: {same} of {len(IDENTIFIERS)} read as libmseed wrote them, and written "
          "back")


def expected_refusal(case, series):
    """Rates and start times that version 2 does not hold, unless they may be rounded; differences
    beyond 30 bits in Steim-2."""
    import numpy as np

    if not case["round"] and not (holds_rate(case["hz"]) and case["start_ns"] % 1000 == 0):
        return True
    if case["encoding"] in (None, "STEIM1", "STEIM2") and case["record_len"] == 128:
        # Three blockettes leave no room for a frame.
        return needs_blockette_100(case["hz"])
    if case["encoding"] == "STEIM2":
        steps = np.diff(series.astype("i8"))
        steps = (steps + (1 << 31)) % (1 << 32) - (1 << 31)
        return bool(np.any((steps < -(1 << 29)) | (steps >= 1 << 29)))
    return False


def misread_by_libmseed(case):
    """Year 2056 and days 1, 256, 257 look the same in both byte orders; libmseed (2 and 3) takes
    them in the order of the machine."""
    start = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=case["start_ns"] / 1e9)
    end = start + datetime.timedelta(seconds=case["count"] / case["hz"])
    return start.year <= 2056 <= end.year and not case["little"]


def misread_by_obspy(case):
    """ObsPy's look at the first record goes by the day first: little-endian days 1, 256 and 257 of
    2056 are big-endian to it."""
    start = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=case["start_ns"] / 1e9)
    return case["little"] and start.year == 2056 and start.timetuple().tm_yday in (1, 256, 257)


def needs_blockette_100(hz):
    """Whether factor and multiplier do not give the rate to single precision. libmseed leaves the
    blockette out where they are wrong by less than 1e-4 Hz, and has more room for samples."""
    from fractions import Fraction

    import numpy as np

    near = Fraction(hz).limit_denominator(32767)
    return near.numerator > 32767 or np.float32(near.numerator / near.denominator) != np.float32(hz)


def holds_rate(hz):
    """Whether a rate comes back from version 2: a 32-bit float, a ratio of small integers, or (of
    the rates here) a product of two or its inverse."""
    from fractions import Fraction

    import numpy as np

    near = Fraction(hz).limit_denominator(10**6)
    small = max(near.numerator, near.denominator) <= 32767 or 1 in (near.numerator, near.denominator)
    return float(np.float32(hz)) == hz or small and near.numerator / near.denominator == hz


def microseconds(ns):
    """Nanoseconds in whole microseconds, halves to even."""
    from fractions import Fraction

    return round(Fraction(ns, 1000)) * 1000


def tolerable_rate(found, wanted):
    """Factor and multiplier, or a 32-bit float."""
    return found == wanted or abs(found / wanted - 1.0) < 6.1e-8


def values_equal(case, found, series):
    import numpy as np

    if case["type"] == "t":
        return bytes(found) == series.tobytes()
    if case["encoding"] == "FLOAT64":
        series = series.astype("f8")
    return np.array_equal(found, series, equal_nan=case["type"] in "fd")


def read_with_libmseed(trace_list, case, series, path):
    try:
        traces = trace_list.from_file(str(path), unpack_data=True)
    except Exception as error:  # whatever it finds
        return str(error)
    segments = [segment for trace in traces for segment in trace]
    if len(segments) != 1:
        return f"{len(segments)} segments"
    segment = segments[0]
    if segment.starttime != microseconds(case["start_ns"]):
        return f"start {segment.starttime}"
    if not tolerable_rate(segment.samprate, case["hz"]):
        return f"{segment.samprate} Hz"
    found = bytes(segment.datasamples) if case["type"] == "t" else segment.np_datasamples
    if not values_equal(case, found, series):
        return "samples differ"
    return None


def read_with_obspy(obspy, case, series, path):
    try:
        stream = obspy.read(str(path), format="MSEED")
    except Exception as error:  # whatever it finds
        return str(error)
    if len(stream) != 1:
        return f"{len(stream)} traces"
    trace = stream[0]
    if trace.id != case["id"]:
        return f"id {trace.id}"
    if trace.stats.starttime.ns != microseconds(case["start_ns"]):
        return f"start {trace.stats.starttime.ns}"
    header = trace.stats.mseed
    for key, wanted in (("dataquality", case["quality"]), ("record_length", case["record_len"]),
                        ("byteorder", "<" if case["little"] else ">"),
                        ("encoding", case["encoding"] or header.encoding)):
        if header[key] != {"TEXT": "ASCII"}.get(wanted, wanted):
            return f"{key} {header[key]}"
    first = path.read_bytes()[:6]
    if first != b"%06d" % case["sequence"]:
        return f"sequence number {first}"
    if not tolerable_rate(trace.stats.sampling_rate, case["hz"]):
        return f"{trace.stats.sampling_rate} Hz"
    if not values_equal(case, trace.data, series):
        return "samples differ"
    return None


def libmseed_record_count(case, series, folder):
    """How many records libmseed needs for the same samples."""
    from pymseed import MS3Record

    record = MS3Record()
    network, station, location, channel = case["id"].split(".")
    if len(channel) != 3:
        return None
    record.sourceid = f"FDSN:{network}_{station}_{location}_{'_'.join(channel)}"
    record.formatversion = 2
    record.reclen = case["record_len"]
    record.encoding = {"STEIM1": 10, "STEIM2": 11}[case["encoding"]]
    record.samprate = case["hz"]
    record.set_starttime_str("2020-01-01T00:00:00Z")
    count = 0
    try:
        for _ in record.generate(data_samples=series, sample_type="i"):
            count += 1
    except Exception:  # too many samples for a record, say
        return None
    return count


if __name__ == "__main__":
    main()
