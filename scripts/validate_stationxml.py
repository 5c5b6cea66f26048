#!/usr/bin/env python3
"""Checks that StationXML written by seis-resp is valid, and that nothing was lost on the way.

    scripts/validate_stationxml.py [FILE ...]

Every file (by default those of ObsPy's test data and of $SEIS_CORPUS) is read and written by the
example `rewrite_stationxml`. The result must satisfy the official schema (the XSD files come with
ObsPy), read back as an equal model, and be to ObsPy what the original was. What cannot be valid
must be refused with a reason.
"""

import reference_env

reference_env.enter()

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

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
        return compare.inventory(obspy.read_inventory(file, format="STATIONXML"))


def main():
    files = sys.argv[1:] or compare.default_files()
    schemas = {v: schema(v) for v in ("1.0", "1.1", "1.2")}
    counts = {"valid": 0, "refused": 0, "bad": 0}
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
                compare.compare(read(result["written"]), read(file), "", out)
                for path, a, b in out:
                    if result["refused"] is not None:
                        continue
                    # Several agencies (1.0) and sensitivities without a value are known.
                    if (name, path) not in compare.EXPECTED and not path.endswith("/agencies"):
                        faults.append("to ObsPy %s was %s and is %s" % (
                            path, str(b)[:60], str(a)[:60]))
            except Exception as error:
                if result["refused"] is None:
                    faults.append("ObsPy: %s" % error)
            for fault in faults:
                print("%s: %s" % (name, fault))
            counts["bad"] += bool(faults)
    print("%d files: %d valid, %d refused with a reason, %d with faults" % (
        len(files), counts["valid"], counts["refused"], counts["bad"]))
    return 1 if counts["bad"] else 0


if __name__ == "__main__":
    sys.exit(main())
