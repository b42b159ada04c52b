"""Which engine a project gets."""

import sys
from pathlib import Path

import pytest
from support.unreal import install, installation_of, make_project

from render_manager.domain.errors import UserError
from render_manager.engines.protocols import Installation
from render_manager.engines.unreal.choosing import choose, engine_root
from render_manager.engines.unreal.project import read_project
from render_manager.engines.unreal.scene_reader import read_scene

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-in lies where Linux has it")


def of(version: str, found_by: str = "folder", problem: str = "") -> Installation:
    one = installation_of(Path(f"/opt/UE_{version}/Engine/Binaries/Linux/UnrealEditor-Cmd"), version)
    return Installation(
        one.engine, one.key, one.version, one.version_text, one.executable, one.kind, found_by, problem
    )


OLD, PATCHED, NEW = of("5.3.0"), of("5.3.2"), of("5.4.4")
NAMED = of("5.1.0", "setting UE_EXECUTABLE")


def chosen(folder: Path, association: str, here: list[Installation], **options: str) -> Installation:
    path = make_project(folder, association=association)
    return choose(path, read_project(path).association, here, options)


@pytest.mark.parametrize(
    ("association", "here", "expected"),
    [
        ("5.3", [NEW, OLD, PATCHED], PATCHED),
        ("5.4", [NEW, OLD], NEW),
        ("5.3", [NAMED, PATCHED], PATCHED),
        ("5.1", [NAMED, PATCHED], NAMED),
        ("5.2", [NAMED, PATCHED], NAMED),
        ("", [NAMED, PATCHED], NAMED),
        ("Unknown-Build", [NAMED], NAMED),
        ("5.3", [of("5.3.9", problem="It is broken."), OLD], OLD),
    ],
)
def test_the_engine_the_project_belongs_to(
    tmp_path: Path, association: str, here: list[Installation], expected: Installation
) -> None:
    assert chosen(tmp_path, association, here) == expected


@pytest.mark.parametrize(
    ("association", "words"),
    [
        ("5.2", r"belongs to Unreal Engine 5\.2, which was not found .* Found: 5\.3\.0 .* 5\.4\.4"),
        ("", "does not say which Unreal Engine it belongs to"),
        ("{GUID}", "belongs to the engine “{GUID}”, which is not on this computer"),
    ],
)
def test_no_other_one_is_taken_unasked(tmp_path: Path, association: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        chosen(tmp_path, association, [OLD, NEW])


def test_nothing_found_at_all(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Found: none"):
        chosen(tmp_path, "5.3", [])


@pytest.mark.parametrize("wish", ["5.4", "5.4.4", str(NEW.executable), NEW.key])
def test_a_wish(tmp_path: Path, wish: str) -> None:
    assert chosen(tmp_path, "5.3", [OLD, NEW], installation=wish) == NEW


def test_a_wish_that_is_not_here(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"There is no Unreal Engine “5\.9” .* Found: 5\.3\.0"):
        chosen(tmp_path, "5.3", [OLD], installation="5.9")
    assert chosen(tmp_path, "5.4", [OLD, PATCHED], installation="5.3") == PATCHED


def test_a_program_of_ones_own(tmp_path: Path) -> None:
    program = install(tmp_path / "UE_5.2", "5.2.1")
    found = chosen(tmp_path / "Film", "5.3", [NEW], executable=str(tmp_path / "UE_5.2"))
    assert (found.executable, found.version_text) == (program, "5.2.1")
    with pytest.raises(UserError, match="There is no Unreal program at /nowhere"):
        chosen(tmp_path / "Film", "5.3", [NEW], executable="/nowhere")


class TestRoots:
    """Engines that a project names by a build, a folder, or by lying in one."""

    def test_a_registered_build(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        program = install(tmp_path / "src", "5.4.1")
        ini = tmp_path / "config/Epic/UnrealEngine/Install.ini"
        ini.parent.mkdir(parents=True)
        ini.write_text(f"[Installations]\n{{Ab-1}}={tmp_path / 'src'}\n", "utf-8")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        found = chosen(tmp_path / "Film", "{AB-1}", [OLD])
        assert found.executable == program
        assert "Film.uproject" in found.found_by
        known = installation_of(program, "5.4.1")
        assert chosen(tmp_path / "Film", "{AB-1}", [OLD, known]) == known
        assert read_scene(tmp_path / "Film" / "Film.uproject").engine_version == (5, 4)

    @pytest.mark.parametrize("association", ["../Engines/Ours", "..\\Engines\\Ours"])
    def test_a_relative_folder(self, tmp_path: Path, association: str) -> None:
        program = install(tmp_path / "Engines" / "Ours", "5.2.0")
        found = chosen(tmp_path / "Film", association, [])
        assert found.executable.resolve() == program

    def test_a_project_inside_of_an_engine(self, tmp_path: Path) -> None:
        program = install(tmp_path / "UE", "5.2.0")
        assert chosen(tmp_path / "UE" / "Projects" / "Film", "", [NEW]).executable == program

    def test_an_engine_that_is_not_built(self, tmp_path: Path) -> None:
        program = install(tmp_path / "UE", "5.2.0")
        program.unlink()
        with pytest.raises(UserError, match="whose editor is not built"):
            chosen(tmp_path / "UE" / "Projects" / "Film", "", [NEW])

    def test_none(self, tmp_path: Path) -> None:
        for association in ("5.3", "", "{GUID}", "../nothing"):
            path = make_project(tmp_path, association=association)
            assert engine_root(read_project(path).association, tmp_path) is None
            expected = (5, 3) if association == "5.3" else ()
            assert read_scene(path).engine_version == expected
