import shutil
import sysconfig
from pathlib import Path

import pytest
from steps.report import StepFailedError
from steps.windows_python import check_signatures

pytestmark = pytest.mark.skipif(
    shutil.which("osslsigncode") is None, reason="osslsigncode is not on this computer"
)


def unsigned_program() -> Path:
    """A real program of Windows that nobody signed: setuptools and pip bring starters for scripts."""
    found = sorted(Path(sysconfig.get_path("purelib")).glob("**/t64.exe"))
    if not found:
        pytest.skip("this Python has no pip with its starters for Windows")
    return found[0]


def test_a_python_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    shutil.copyfile(unsigned_program(), tmp_path / "python.exe")
    with pytest.raises(StepFailedError, match=r"python\.exe does not carry a valid signature"):
        check_signatures(tmp_path)


def test_a_folder_without_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match="Only 0 files"):
        check_signatures(tmp_path)
