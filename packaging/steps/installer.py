"""Making the installer: one file, signed where there is a certificate, with its checksum beside it."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from render_manager.system.identity import APP_USER_MODEL_ID
from steps.freezing import program_folder
from steps.processes import must, run
from steps.product import ICON, PROGRAM, ROOT, TERMINAL_PROGRAM, installer_name, version, version_numbers
from steps.report import Figures, StepFailedError, StepSkippedError
from steps.signing import Signer

_LIMIT_S = 900.0
_WINDOWS_PLACES = (r"C:\Program Files (x86)\NSIS", r"C:\Program Files\NSIS")


def make_installer(figures: Figures, *, signer: Signer | None) -> str:
    """Make the installer for the program that was built."""
    folder = program_folder("windows")
    if signer is not None:
        for name in (PROGRAM, TERMINAL_PROGRAM):
            signer.sign(folder / f"{name}.exe")
    output = ROOT / "dist" / installer_name()
    compile_installer(folder, output, numbers=version_numbers(), text=version(), signer=signer)
    if signer is not None:
        signer.sign(output)
    digest = hashlib.sha256(output.read_bytes()).hexdigest()
    output.with_name(f"{output.name}.sha256").write_bytes(f"{digest}  {output.name}\n".encode("ascii"))
    figures["bytes"] = output.stat().st_size
    figures["sha256"] = digest
    figures["signed"] = signer is not None
    word = "signed" if signer is not None else "not signed: there is no certificate"
    return f"{output.relative_to(ROOT)}, {output.stat().st_size / 1e6:.1f} MB, {word}"


def compile_installer(
    folder: Path,
    output: Path,
    *,
    numbers: tuple[int, int, int, int],
    text: str,
    signer: Signer | None = None,
    is_quick: bool = False,
) -> None:
    """Have NSIS make an installer of the files in `folder`; `is_quick` makes it larger."""
    output.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "VERSION": text,
        "VERSION_NUMBERS": ".".join(map(str, numbers)),
        "SOURCE": str(folder),
        "OUTPUT": str(output),
        "ICON": str(ROOT / ICON),
        "APP_ID": APP_USER_MODEL_ID,
        "LICENCE": str(ROOT / "LICENSE"),
    }
    if is_quick:
        facts["QUICK"] = "1"
    if signer is not None:
        facts["SIGN_COMMAND"] = _sign_command()
    sign = "/" if sys.platform == "win32" else "-"
    words = [f"{sign}D{name}={value}" for name, value in facts.items()]
    script = ROOT / "packaging" / "installer.nsi"
    command: list[str | Path] = [
        _makensis(),
        f"{sign}V2",
        f"{sign}WX",
        f"{sign}INPUTCHARSET",
        "UTF8",
        *words,
        script,
    ]
    must(run(command, timeout_s=_LIMIT_S), "makensis")
    if not output.is_file():
        raise StepFailedError(f"makensis wrote no {output}.")


def _sign_command() -> str:
    """Return what NSIS runs to sign the uninstaller, which it makes itself; the password is in no command."""
    return subprocess.list2cmdline([sys.executable, str(ROOT / "packaging" / "build.py"), "sign"]) + ' "%1"'


def _makensis() -> str:
    path = os.pathsep.join([os.environ.get("PATH", ""), *_WINDOWS_PLACES])
    found = shutil.which("makensis", path=path)
    if found is None:
        raise StepSkippedError("makensis (NSIS 3.08 or newer) is not installed on this computer.")
    return found
