"""Programs are signed with the certificate that the environment names, and nobody sees its password."""

import shutil
import subprocess
from pathlib import Path

import pytest
from steps.report import StepFailedError
from steps.signing import CERTIFICATE, PASSWORD, Signer, signer_from_environment

TOOLS = ("osslsigncode", "openssl")
needs_tools = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in TOOLS), reason=f"{' or '.join(TOOLS)} is not on this computer"
)
SECRET = "a blank, “quotes” and $HOME"  # noqa: S105 - of a certificate that lives as long as the test


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate with its key, signed by nobody but itself."""
    folder = tmp_path_factory.mktemp("certificate")
    key, public, both = folder / "key.pem", folder / "public.pem", folder / "both.pfx"
    asked = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Nobody"]
    asked += ["-addext", "extendedKeyUsage=codeSigning", "-keyout", str(key), "-out", str(public)]
    subprocess.run(asked, check=True, capture_output=True)
    joined = ["openssl", "pkcs12", "-export", "-inkey", str(key), "-in", str(public), "-out", str(both)]
    subprocess.run([*joined, "-passout", "stdin"], input=SECRET.encode(), check=True, capture_output=True)
    return both


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a program for Windows: one of those that pip puts before scripts."""
    pip = pytest.importorskip("pip", reason="pip is not in this environment, and so are no programs of its")
    found = Path(pip.__file__).parent / "_vendor" / "distlib" / "t64.exe"
    return Path(shutil.copy(found, tmp_path / "a program.exe"))


@needs_tools
def test_a_program_is_signed_in_its_place(certificate: Path, program: Path) -> None:
    before = program.stat().st_size
    Signer(certificate, SECRET, "").sign(program)
    assert program.stat().st_size > before
    assert list(program.parent.iterdir()) == [program]
    trusted = certificate.with_name("public.pem")
    looked = subprocess.run(
        ["osslsigncode", "verify", "-CAfile", str(trusted), str(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Signature verification: ok" in looked.stdout, looked.stdout


@needs_tools
def test_a_wrong_password_is_told_without_it(certificate: Path, program: Path) -> None:
    before = program.read_bytes()
    with pytest.raises(StepFailedError, match=r"a program\.exe could not be signed") as told:
        Signer(certificate, "wrong-and-secret", "").sign(program)
    assert "wrong-and-secret" not in str(told.value)
    assert program.read_bytes() == before


def test_no_certificate_is_no_signature(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(CERTIFICATE, raising=False)
    assert signer_from_environment() is None
    monkeypatch.setenv(CERTIFICATE, str(tmp_path / "gone.pfx"))
    monkeypatch.setenv(PASSWORD, SECRET)
    with pytest.raises(StepFailedError, match="which is not there"):
        signer_from_environment()
