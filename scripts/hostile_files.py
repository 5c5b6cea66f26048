#!/usr/bin/env python3
"""Gives files that are none, or that lie, to the command line programs.

    scripts/hostile_files.py [--bin FOLDER] [PROGRAM…]

FOLDER holds the programs (default: target/debug/examples, after `cargo build --examples`). Each
must end in time, in bounded memory, with one of its documented statuses and without a panic; a
refusal must say something; nothing may be written but below the folder for results.
"""

import argparse
import os
import resource
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 20
BYTES = 1 << 30
ROOT = Path(__file__).resolve().parent.parent


def record(station=b"HEC  ", network=b"CI", channel=b"BHN", location=b"  ", payload=b""):
    """A big-endian version-2 record of 512 bytes with INT32 samples, made byte by byte."""
    payload = payload or b"".join(struct.pack(">i", i) for i in range(100))
    head = b"000001D " + station + location + channel + network
    head += struct.pack(">HHBBBBH", 2022, 2, 0, 0, 0, 0, 0)
    head += struct.pack(">Hhh", len(payload) // 4, 40, 1) + bytes([0, 0, 0, 1])
    head += struct.pack(">iHH", 0, 64, 48) + struct.pack(">HHBBBB", 1000, 0, 3, 1, 9, 0)
    return (head.ljust(64, b"\0") + payload).ljust(512, b"\0")


INVENTORY = b"""<FDSNStationXML schemaVersion="1.2"><Source>x</Source><Created>2020-01-01T00:00:00</Created>
<Network code="CI"><Station code="HEC"><Latitude>1</Latitude><Longitude>1</Longitude><Elevation>1</Elevation>
<Site><Name>x</Name></Site><Channel code="BHN" locationCode=""><Latitude>1</Latitude><Longitude>1</Longitude>
<Elevation>1</Elevation><Depth>0</Depth><SampleRate>40</SampleRate><Response>
<InstrumentSensitivity><Value>1</Value><Frequency>1</Frequency><InputUnits><Name>M/S</Name></InputUnits>
<OutputUnits><Name>COUNTS</Name></OutputUnits></InstrumentSensitivity>
<Stage number="1"><StageGain><Value>1</Value><Frequency>1</Frequency></StageGain></Stage>
</Response></Channel></Station></Network></FDSNStationXML>"""


def hostile(folder):
    """Makes the files; gives their paths."""
    paths = []

    def put(name, content):
        path = os.path.join(os.fsencode(folder), name)
        Path(os.fsdecode(path)).write_bytes(content)
        paths.append(path)

    put(b"empty", b"")
    put(b"one-byte", b"0")
    put(b"zeros", bytes(1 << 20))
    put(b"blanks", b" " * (1 << 20))
    put(b"noise", os.urandom(1 << 16))
    put(b"name\nwith\nlines.mseed", record())
    put(b"not-\xff\xfe-utf8.mseed", record())
    put(b"-starts-with-a-dash.mseed", record())
    put(b"cut.mseed", record()[:300])
    put(b"path-up.mseed", record(station=b"../..", network=b"/."))
    put(b"path-root.mseed", record(station=b"/etc/", location=b"//", channel=b"/..", network=b".."))
    put(b"path-nul.mseed", record(station=b"\0\0A\0/"))
    put(b"bomb.xml", b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>' + INVENTORY.replace(b">x<", b">&b;<"))
    put(b"deep.xml", b"<FDSNStationXML>" + b"<Network>" * 100_000)
    put(b"good.xml", INVENTORY)
    put(b"path.xml", INVENTORY.replace(b'"HEC"', b'"../../HEC"').replace(b'"CI"', b'"/CI"'))
    put(b"lines.resp", b"B050F03     Station:     ABC\n" * 10_000)
    put(b"volume.seed", b"000001V 010000002.4120,~,~,~" + b"9" * 5000)
    put(b"zeros.pz", b"ZEROS 2000000000\nPOLES 2000000000\nCONSTANT 1e400\n")
    put(b"a.sac", b"\0" * 304 + struct.pack("<i", 6) + b"\0" * 8 + struct.pack("<i", 2**31 - 1) + b"\0" * 400)
    put(b"gzip.mseed.gz", b"\x1f\x8b\x08\0" + b"\xff" * 300)
    unreadable = os.path.join(os.fsencode(folder), b"unreadable")
    Path(os.fsdecode(unreadable)).write_bytes(record())
    os.chmod(unreadable, 0)
    paths.append(unreadable)
    os.mkdir(os.path.join(folder, "folder.mseed"))
    os.symlink("loop-b", os.path.join(folder, "loop-a"))
    os.symlink("loop-a", os.path.join(folder, "loop-b"))
    os.symlink("nowhere", os.path.join(folder, "dangling"))
    for name in ["folder.mseed", "loop-a", "dangling", "missing"]:
        paths.append(os.path.join(os.fsencode(folder), name.encode()))
    paths.append(b"/dev/null")
    return paths


def endless():
    """Sources that never end; what matters is that memory does not grow with them."""
    return [b"/dev/zero", b"/dev/urandom"]


# Read as a whole into memory, so that they have to be left somewhere.
METADATA = ["check_inventory", "evalresp", "plot_response"]
# What comes out of a pipe without an end: nothing known, comments, and what begins well.
PIPES = [b"y\n", b"# comment\n", b"<?xml version='1.0'?>\n", b"B050F03     Station:     ABC\n"]


def endless_pipe(line):
    """A process that writes a line for ever, or until nobody reads."""
    return subprocess.Popen(["yes", line.rstrip(b"\n")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def run(command, cwd, source=subprocess.DEVNULL):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28))

    try:
        done = subprocess.run(command, cwd=cwd, stdin=source, capture_output=True,
                              timeout=SECONDS, preexec_fn=limit)
    except subprocess.TimeoutExpired as expired:
        return None, expired.stdout or b"", expired.stderr or b""
    return done.returncode, done.stdout, done.stderr


def fault(status, out, err, statuses):
    if b"panicked at" in err:
        return "panic: " + err.decode(errors="replace")[:300]
    if status is None:
        return f"no end after {SECONDS} s"
    if status not in statuses:
        return f"status {status}: " + err.decode(errors="replace")[:300]
    if status != 0 and not err.strip() and not out.strip():
        return f"status {status} without a word"
    return None


def archive(folder, content, name):
    """An event directory around one raw file."""
    event = Path(folder, "event")
    shutil.rmtree(event, ignore_errors=True)
    (event / "raw").mkdir(parents=True)
    (event / "resp").mkdir()
    (event / "resp" / "CI.HEC.xml").write_bytes(INVENTORY)
    target = os.path.join(os.fsencode(event), b"raw", name)
    if content.startswith(b"/dev/") or os.path.isdir(content) or os.path.islink(content):
        os.symlink(content, target)
    elif os.path.exists(content):
        shutil.copyfile(content, target)
        os.chmod(target, stat.S_IMODE(os.stat(content).st_mode) & 0o700)
    return event.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", default=ROOT / "target/debug/examples", type=Path)
    parser.add_argument("programs", nargs="*")
    args = parser.parse_args()
    args.bin = args.bin.resolve()
    known = ["mseed_inspect", "convert", "check_inventory", "evalresp", "plot_response", "process_events"]
    programs = [p for p in args.programs or known if (args.bin / p).exists()]
    runs, faults = 0, []
    with tempfile.TemporaryDirectory() as scratch:
        source, work = os.path.join(scratch, "in"), os.path.join(scratch, "work")
        os.mkdir(source)
        paths = hostile(source)
        before = sorted(os.listdir(source))
        for program in programs:
            binary = os.fsencode(args.bin / program)
            for path in paths + endless():
                shutil.rmtree(work, ignore_errors=True)
                os.makedirs(os.path.join(work, "out"))
                name = os.path.basename(path)
                given = b"./" + name if name.startswith(b"-") else path
                cwd = source if name.startswith(b"-") else work
                out = os.fsencode(os.path.join(work, "out"))
                commands = {
                    "mseed_inspect": [[binary, given], [binary, b"--json", b"--samples", given], [binary, b"--index", given]],
                    "convert": [[binary, given, out + b"/o.mseed"], [binary, given, out + b"/o.sac"], [binary, b"--format", b"mseed3", given, out + b"/o"]],
                    "check_inventory": [[binary, given]],
                    "evalresp": [[binary, given, b"--id", b"*.*.*.*"], [binary, given, b"--id", b"CI.HEC..BHN", b"--format", b"json"]],
                    "plot_response": [[binary, given, b"--id", b"CI.HEC..BHN", b"--out", out + b"/p.svg"]],
                    "process_events": [],
                }[program]
                if program == "process_events":
                    for as_name in {name, b"CI.HEC..BHN__20220102T000000Z__20220102T000100Z.mseed"}:
                        root = archive(os.path.join(work, "archive"), path, as_name)
                        commands = [[binary, os.fsencode(root), b"--out", out]]
                        runs += 1
                        status, stdout, stderr = run(commands[0], cwd)
                        trouble = fault(status, stdout, stderr, {0, 1, 2, 3})
                        if trouble:
                            faults.append((program, as_name, trouble))
                    continue
                for command in commands:
                    runs += 1
                    status, stdout, stderr = run(command, cwd)
                    trouble = fault(status, stdout, stderr, {0, 1, 2, 3})
                    # Records that never end may be followed for ever, in bounded memory.
                    follows = path in endless() and status is None and program not in METADATA
                    if trouble and not follows:
                        faults.append((program, command[1:], trouble))
                    # Noise may begin as XML does, once in 256 times.
                    told = b"neither StationXML" in stderr or path != b"/dev/zero"
                    if program in METADATA and not told:
                        faults.append((program, command[1:], f"not told: {stderr[:200]!r}"))
                stray = set(os.listdir(work)) - {"out", "archive"}
                if stray or sorted(os.listdir(source)) != before:
                    faults.append((program, name, f"wrote beside the results: {stray}"))
                    before = sorted(os.listdir(source))
            if program in METADATA:
                for line in PIPES:
                    runs += 1
                    arguments = [] if program == "check_inventory" else [b"--id", b"*.*.*.*"]
                    if program == "plot_response":
                        arguments += [b"--out", os.fsencode(os.path.join(work, "out", "p.svg"))]
                    pipe = endless_pipe(line)
                    status, stdout, stderr = run([binary, b"/dev/stdin", *arguments], work, pipe.stdout)
                    pipe.stdout.close()
                    pipe.wait()
                    trouble = fault(status, stdout, stderr, {1, 2})
                    if trouble:
                        faults.append((program, line, trouble))
        os.chmod(os.path.join(source, "unreadable"), 0o600)
    for program, what, trouble in faults:
        print(f"{program} {what}: {trouble}")
    print(f"{runs} runs of {', '.join(programs)}: {len(faults)} faults")
    return 1 if faults or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
