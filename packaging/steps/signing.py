"""Signing programs with the certificate that the environment names, if it names one."""

import os
import shutil
import sys
from pathlib import Path

from steps.processes import run
from steps.product import NAME
from steps.report import StepFailedError

CERTIFICATE, PASSWORD, TIMESTAMPS = (
    "SIGNING_CERTIFICATE_FILE",
    "SIGNING_CERTIFICATE_PASSWORD",
    "SIGNING_TIMESTAMP_URL",
)
"""Variables: the certificate with its key (.pfx), its password, and a time stamp server (RFC 3161)."""
_KITS = Path(r"C:\Program Files (x86)\Windows Kits\10\bin")


def signer_from_environment() -> "Signer | None":
    """Return what signs, None when no certificate is named; raises StepFailedError when it is not there."""
    certificate = os.environ.get(CERTIFICATE, "")
    if not certificate:
        return None
    if not Path(certificate).is_file():
        raise StepFailedError(f"{CERTIFICATE} names {certificate}, which is not there.")
    return Signer(Path(certificate), os.environ.get(PASSWORD, ""), os.environ.get(TIMESTAMPS, ""))


class Signer:
    """Signs programs, with signtool on Windows and osslsigncode on Linux."""

    def __init__(self, certificate: Path, password: str, timestamp_url: str) -> None:
        self._certificate = certificate
        self._password = password
        self._timestamp_url = timestamp_url

    def sign(self, path: Path) -> None:
        """Sign a program in its place; raises StepFailedError."""
        is_windows = sys.platform == "win32"
        finished = run(self._command(str(path)), timeout_s=300, said="" if is_windows else self._password)
        if finished.code:
            # signtool takes its password in no other way than in its command, which is therefore not told.
            raise StepFailedError(f"{path.name} could not be signed:\n{finished.last_lines}")
        if not is_windows:
            path.with_name(f"{path.name}.signed").replace(path)

    def _command(self, path: str) -> list[str]:
        if sys.platform == "win32":
            command = [
                _signtool(),
                "sign",
                "/fd",
                "sha256",
                "/f",
                str(self._certificate),
                "/p",
                self._password,
            ]
            command += ["/d", NAME]
            command += ["/tr", self._timestamp_url, "/td", "sha256"] if self._timestamp_url else []
            return [*command, path]
        command = [
            "osslsigncode",
            "sign",
            "-h",
            "sha256",
            "-pkcs12",
            str(self._certificate),
            "-readpass",
            "-",
        ]
        command += ["-n", NAME]
        command += ["-ts", self._timestamp_url] if self._timestamp_url else []
        return [*command, "-in", path, "-out", f"{path}.signed"]


def _signtool() -> str:
    found = shutil.which("signtool") or next(
        (str(path) for path in sorted(_KITS.glob("10.*/x64/signtool.exe"), reverse=True)), None
    )
    if found is None:
        raise StepFailedError("signtool of the Windows SDK is not installed, so nothing can be signed.")
    return found
