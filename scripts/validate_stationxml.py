#!/usr/bin/env python3
"""Checks that StationXML written by seis-resp is valid, and that nothing was lost on the way.

    scripts/validate_stationxml.py [FILE ...]

Every file (by default those of ObsPy's test data and of $SEIS_CORPUS) is read and written by the
example `rewrite_stationxml`. The result must satisfy the official schema (the XSD files come with
ObsPy), read back as an equal model, and be to ObsPy what the original was: number by number, and
curve by curve (its evalresp at 500 frequencies from 1e-4 Hz to 0.99 of the Nyquist frequency, as
velocity and in native units, to the last bit; what fails before fails after with the same
message). What cannot be valid must be refused with a reason. The last line sums up; exits with 1 if
anything is at fault.
"""

import reference_env

reference_env.enter()

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import obspy
from lxml import etree

import compare_stationxml as compare

HERE = pathlib.Path(__file__).resolve().parent.parent
SCHEMAS = pathlib.Path(obspy.__file__).parent / "io" / "stationxml" / "data"


def schema(version):
    return etree.XMLSchema(etree.parse(str(SCHEMAS / ("fdsn-station-%s.xsd" % version))))


def read(file):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return obspy.read_inventory(file, format="STATIONXML")


@contextlib.contextmanager
def silence():
    """evalresp writes its warnings to the C stderr."""
    sys.stderr.flush()
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def curves(channel):
    """What ObsPy's evalresp makes of a channel: values, or the error."""
    rate = channel.sample_rate or 1.0
    frequencies = np.geomspace(1e-4, max(0.99 * rate / 2.0, 2e-4), 500)
    found = []
    for output in ("VEL", "DEF"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found.append(channel.response.get_evalresp_response_for_frequencies(
                    frequencies, output=output))
        except Exception as error:
            found.append("%s: %s" % (type(error).__name__, error))
    return found


def extras(inv):
    """What ObsPy keeps of other namespaces."""
    nodes = [("inventory", inv)]
    nodes += [(n.code, n) for n in inv]
    nodes += [(s.code, s) for n in inv for s in n]
    nodes += [(c.code, c) for n in inv for s in n for c in s]
    return [(code, key, value.namespace, value.get("type", "element"), str(value.value))
            for code, node in nodes for key, value in (getattr(node, "extra", None) or {}).items()]


def compare_curves(before, after, faults):
    """Returns how many curves there were."""
    count = 0
    ours = [c for n in after for s in n for c in s]
    theirs = [c for n in before for s in n for c in s]
    if len(ours) != len(theirs):
        faults.append("to ObsPy there were %d channels and are %d" % (len(theirs), len(ours)))
        return 0
    with silence():
        pairs = [(a.code, curves(a), curves(b)) for a, b in zip(theirs, ours)
                 if a.response is not None and b.response is not None]
    for code, old, new in pairs:
        for a, b in zip(old, new):
            count += not isinstance(a, str)
            same = a == b if isinstance(a, str) or isinstance(b, str) else np.array_equal(
                a, b, equal_nan=True)
            if not same:
                faults.append("%s: another curve: %s, was %s" % (code, str(b)[:60], str(a)[:60]))
    return count


def main():
    files = sys.argv[1:] or compare.default_files()
    schemas = {v: schema(v) for v in ("1.0", "1.1", "1.2")}
    counts = {"valid": 0, "refused": 0, "curves": 0, "extras": 0, "bad": 0}
    with tempfile.TemporaryDirectory() as folder:
        files += [compare.sane(f, folder) for f in files if "full_random" in f]
        lines = subprocess.run(
            ["cargo", "run", "--quiet", "--release", "-p", "seis-resp", "--example",
             "rewrite_stationxml", "--", folder, *files],
            cwd=HERE, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        for file, line in zip(files, lines, strict=True):
            name = os.path.basename(file)
            result = json.loads(line)
            faults = []
            if "error" in result:
                print("%s: %s" % (name, result["error"]))
                counts["bad"] += 1
                continue
            document = etree.parse(result["written"])
            version = document.getroot().get("schemaVersion")
            valid = schemas[version].validate(document)
            if result["refused"] is None and not valid:
                faults.append("not valid: %s" % schemas[version].error_log[0])
            if not result["equal"]:
                faults.append("does not read back equal")
            if result["refused"] is not None:
                counts["refused"] += 1
                print("%s refused: %s%s" % (
                    name, result["refused"], " [though valid]" if valid else ""))
            else:
                counts["valid"] += 1
            try:
                out = []
                after, before = read(result["written"]), read(file)
                compare.compare(compare.inventory(after), compare.inventory(before), "", out)
                for path, a, b in out:
                    if result["refused"] is not None:
                        continue
                    # Several agencies (1.0) and sensitivities without a value are known.
                    if (name, path) not in compare.EXPECTED and not path.endswith("/agencies"):
                        faults.append("to ObsPy %s was %s and is %s" % (
                            path, str(b)[:60], str(a)[:60]))
                if extras(after) != extras(before):
                    faults.append("to ObsPy other namespaces were %s and are %s" % (
                        extras(before), extras(after)))
                counts["extras"] += len(extras(before))
                counts["curves"] += compare_curves(before, after, faults)
            except Exception as error:
                if result["refused"] is None:
                    faults.append("ObsPy: %s" % error)
            for fault in faults:
                print("%s: %s" % (name, fault))
            counts["bad"] += bool(faults)
    print("%d files: %d valid, %d refused with a reason; %d curves and %d things of other "
          "namespaces the same in ObsPy; %d with faults" % (
              len(files), counts["valid"], counts["refused"], counts["curves"], counts["extras"],
              counts["bad"]))
    return 1 if counts["bad"] else 0


if __name__ == "__main__":
    sys.exit(main())
