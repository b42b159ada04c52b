"""The installer's script is compiled as it is built, and read for promises that no compiler checks."""

import re
import shutil
from pathlib import Path

import pytest
from steps import installer
from support.source_tree import ROOT

SCRIPT = (ROOT / "packaging" / "installer.nsi").read_text("utf-8")
TEXTS = (ROOT / "packaging" / "installer-texts.nsh").read_text("utf-8")


@pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis is not on this computer")
def test_it_compiles_without_a_warning(tmp_path: Path) -> None:
    folder = tmp_path / "program 程序"
    (folder / "_internal").mkdir(parents=True)
    (folder / "render-manager.exe").write_bytes(b"MZ")
    output = tmp_path / "RenderManager-Setup.exe"
    installer.compile_installer(folder, output, numbers=(1, 2, 3, 0), text="1.2.3", is_quick=True)
    assert output.read_bytes()[:2] == b"MZ"
    assert "1.2.3".encode("utf-16-le") in output.read_bytes()


def test_no_program_loses_the_files_it_opens() -> None:
    written = re.findall(r"^\s*WriteReg\w+ HK\w+ (.*)$", SCRIPT, re.MULTILINE)
    assert written
    for line in written:
        # The default value of a file's ending says which program opens it.
        assert not re.match(r'"Software\\Classes\\(\.\w+|\$\{ENDING\})" ""', line), line
    assert "HKLM" not in SCRIPT and "HKCR" not in SCRIPT


def test_nothing_is_deleted_but_what_was_installed() -> None:
    deleted = set(re.findall(r'RMDir /r "([^"]+)"', SCRIPT))
    assert deleted == {
        r"$INSTDIR\_internal", r"$INSTDIR\${NEW}", r"$INSTDIR\${OLD}", r"$LOCALAPPDATA\RenderManager"
    }  # fmt: skip


def test_nothing_jumps_over_a_number_of_instructions() -> None:
    # A macro is several of them: what looks like the next line may be in the middle of it.
    assert re.findall(r"^.*\s[+-]\d+$", SCRIPT, re.MULTILINE) == []


def test_the_user_s_data_go_only_when_asked_for() -> None:
    before = SCRIPT.partition(r'RMDir /r "$LOCALAPPDATA\RenderManager"')[0]
    assert before.rstrip().endswith("${If} $DeletesData = 1")


def test_every_text_is_there_in_both_languages_and_used() -> None:
    texts = re.findall(r'^\$\{Text\} (\w+) "(.+?)" "(.+?)"$', TEXTS, re.MULTILINE)
    assert len(texts) == TEXTS.count("\n${Text} ") > 15
    for name, english, chinese in texts:
        assert f"$({name})" in SCRIPT, name
        if english != "Render Manager":
            assert re.search(r"[\u4e00-\u9fff]", chinese), name
        assert set(re.findall(r"\$\{?\w+\}?", english)) == set(re.findall(r"\$\{?\w+\}?", chinese)), name
    used = set(re.findall(r"\$\(([A-Z_0-9]+)\)", SCRIPT))
    assert {name for name in used if not name.startswith("MUI_")} == {name for name, _en, _zh in texts}
