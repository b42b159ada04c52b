from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from steps.footprint import footprint, registry_value
from steps.processes import Finished
from steps.report import StepFailedError

LISTING = r"""
HKEY_CURRENT_USER\Software\Classes\.blend
    (Default)    REG_SZ    blendfile

HKEY_CURRENT_USER\Software\Classes\.blend\OpenWithProgids
    RenderManager.Scene    REG_NONE

HKEY_CURRENT_USER\Software\RenderManager\Capabilities
    ApplicationName    REG_SZ    Whatever
"""


class PaperWindows:
    """A Windows of folders and a listing, to see what is counted as ours."""

    name = "paper"

    def __init__(self, root: Path, listing: str) -> None:
        self.root = root
        self.listing = listing
        self.code = 0
        self.bad_exports = 0
        self.temporary = root / "TEMP"
        for name in ("LOCALAPPDATA", "APPDATA", "USERPROFILE/Desktop"):
            (root / name).mkdir(parents=True)

    def run(self, argv: Sequence[str | Path], **_rest: Any) -> Finished:
        if "export" in argv and self.bad_exports:
            self.bad_exports -= 1
            return Finished(1, "wine: could not load it")
        if "export" in argv and not self.code:
            Path(argv[3]).write_text(self.listing, "utf-16")
        return Finished(self.code, self.listing)

    def started(self, argv: Sequence[str | Path]) -> AbstractContextManager[Any]:
        raise NotImplementedError

    def named(self, path: Path) -> str:
        return str(path)

    def folder(self, variable: str) -> Path:
        return self.temporary if variable == "TEMP" else self.root / variable

    def settle(self, timeout_s: float) -> None: ...

    def photograph(self, picture: Path) -> None: ...


@pytest.fixture
def windows(tmp_path: Path) -> PaperWindows:
    return PaperWindows(tmp_path / "render-manager project", LISTING)


def test_the_name_of_the_folder_above_means_nothing(windows: PaperWindows) -> None:
    (windows.root / "LOCALAPPDATA" / "Other").mkdir()
    assert footprint(windows).files == frozenset()


def test_files_and_folders_of_ours_are_found(windows: PaperWindows) -> None:
    before = footprint(windows)
    data = windows.root / "LOCALAPPDATA" / "RenderManager"
    (data / "Logs").mkdir(parents=True)
    link = windows.root / "USERPROFILE" / "Desktop" / "Render Manager.lnk"
    link.touch()
    after = footprint(windows)
    assert after.left_since(before) == sorted(map(str, (data, data / "Logs", link)))
    assert after.left_since(before, but_for=data) == [str(link)]
    link.unlink()
    assert footprint(windows).left_since(before, but_for=data) == []


def test_folders_for_passing_things_are_not_looked_into(windows: PaperWindows) -> None:
    # On Windows they are among the local data of the programs; tests leave theirs there.
    windows.temporary = windows.root / "LOCALAPPDATA" / "Temp"
    (windows.temporary / "render-manager-test").mkdir(parents=True)
    assert footprint(windows).files == frozenset()


def test_keys_and_values_that_name_us_are_found(windows: PaperWindows) -> None:
    base = "HKEY_CURRENT_USER\\Software\\"
    assert footprint(windows).entries == {
        base + r"Classes\.blend\OpenWithProgids RenderManager.Scene    REG_NONE",
        base + r"RenderManager\Capabilities",
        base + r"RenderManager\Capabilities ApplicationName    REG_SZ    Whatever",
    }


def test_an_entry_left_behind_is_told(windows: PaperWindows) -> None:
    before = footprint(windows)
    windows.listing += "\n    MoreOfIt    REG_SZ    C:\\Programs\\Render Manager\n"
    assert len(footprint(windows).left_since(before)) == 1


def test_what_windows_notes_of_every_program_is_not_ours(windows: PaperWindows) -> None:
    before = footprint(windows)
    windows.listing += (
        "\nHKEY_CURRENT_USER\\Software\\Classes\\Local Settings\\Shell\\MuiCache\n"
        "    C:\\Programs\\render-manager.exe.FriendlyAppName    REG_SZ    Render Manager\n"
        "\nHKEY_CURRENT_USER\\Software\\Microsoft\\MuiCacheOfOthers\n"
    )
    assert footprint(windows).left_since(before) == []
    windows.listing += "    Name    REG_SZ    Render Manager\n"
    assert len(footprint(windows).left_since(before)) == 1


EXPORTED = r"""Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\X]
@="\"C:\\渲染 é\\a b.exe\" \"%1\""
"Nothing"=hex(0):
"Size"=dword:00000111

[HKEY_CURRENT_USER\X\Below]
"Deeper"="yes"
"""


def test_a_value_is_read_with_its_blanks_and_whatever_letters(windows: PaperWindows) -> None:
    windows.listing = EXPORTED
    assert registry_value(windows, r"HKCU\X", "") == r'"C:\渲染 é\a b.exe" "%1"'
    assert registry_value(windows, r"HKCU\X", "Nothing") == ""
    assert registry_value(windows, r"HKCU\X", "Size") == "dword:00000111"
    assert registry_value(windows, r"HKCU\X", "Deeper") is None


def test_a_key_that_is_not_there_has_no_value(windows: PaperWindows) -> None:
    windows.code = 1
    assert registry_value(windows, r"HKCU\X", "Name") is None


def test_a_program_of_windows_that_did_not_start_is_no_missing_value(windows: PaperWindows) -> None:
    windows.listing = EXPORTED
    windows.bad_exports = 2
    assert registry_value(windows, r"HKCU\X", "Size") == "dword:00000111"
    windows.bad_exports = 99
    with pytest.raises(StepFailedError, match="is there and cannot be read: wine: could not load it"):
        registry_value(windows, r"HKCU\X", "Size")
