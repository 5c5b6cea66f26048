"""The environment of the reference programs: ObsPy 1.5.1 (with evalresp inside), pymseed, lxml.

A script that compares with them calls `enter()` first. It runs the script again with the
interpreter that `SEIS_PYTHON` names, or else in a virtual environment under `target/`, which it
makes on first use. Run by itself, this prints that interpreter, for `SEIS_PYTHON`.
"""

import fcntl
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["obspy==1.5.1", "pymseed==1.0.1", "lxml"]
_INSIDE = "SEIS_REFERENCE_ENV"


def python():
    """The interpreter that has the reference programs; makes the environment if there is none."""
    named = os.environ.get("SEIS_PYTHON")
    if named:
        return named
    home = ROOT / "target" / "reference-env"
    interpreter = home / "bin" / "python"
    ready = home / "ready"
    home.parent.mkdir(exist_ok=True)
    with open(home.with_suffix(".lock"), "w") as lock:
        # Tests and scripts that start together wait for the one that makes it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists() or ready.read_text().split() != PACKAGES:
            print(f"making the reference environment in {home} ...", file=sys.stderr)
            venv.EnvBuilder(with_pip=True, clear=True).create(home)
            install = [interpreter, "-m", "pip", "install", "--quiet", *PACKAGES]
            subprocess.run(install, check=True, stdout=sys.stderr)
            ready.write_text("\n".join(PACKAGES))
    return str(interpreter)


def enter():
    """Runs the calling script again inside the reference environment, unless it is there."""
    if os.environ.get(_INSIDE):
        return
    os.environ[_INSIDE] = "1"
    interpreter = python()
    os.execv(interpreter, [interpreter, *sys.argv])


def cargo_build(*arguments):
    """Builds with cargo in release mode; returns the directory of the results."""
    subprocess.run(["cargo", "build", "--release", "--quiet", *arguments], cwd=ROOT, check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"


def corpus():
    """The folder of real recordings that `SEIS_CORPUS` names, or None."""
    named = os.environ.get("SEIS_CORPUS")
    return Path(named) if named else None


def obspy_test_data():
    """Every file of ObsPy's own test data, by folder."""
    import obspy

    return sorted(p for p in Path(obspy.__file__).parent.glob("**/tests/data/**/*") if p.is_file())


if __name__ == "__main__":
    print(python())
