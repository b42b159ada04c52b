"""From a scene and wishes to a job: what it will do, and every reason why it cannot be done."""

import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.disks import fill, make_read_only

from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.engines.catalog import Catalog
from render_manager.engines.preparing import (
    JobRequest,
    Preparation,
    check_folder,
    inspect,
    prepare,
    told_apart,
    with_frames,
)
from render_manager.engines.protocols import (
    FoundInstallations,
    Installation,
    InstallationKind,
    RunMode,
    ScenePaths,
)
from render_manager.system.settings import Settings

INSTALLATION = Installation(
    "toy", "toy:/opt/toy", (1, 0), "1.0", Path("/opt/toy"), InstallationKind.PROGRAM, "test"
)


class ToyEngine:
    """An engine whose scenes are whatever a test says."""

    id = "toy"
    name = "Toy"
    suffixes = (".toy", ".toyz")

    def run_mode(self, spec: JobSpec) -> RunMode:
        return RunMode.RESIDENT

    def __init__(self) -> None:
        self.scene = SceneInfo(
            path=Path(),
            engine="toy",
            engine_version=(1, 0),
            frame_start=1,
            frame_end=10,
            frame_step=2,
            fps=25.0,
            width=64,
            height=32,
            scene="Scene",
            scenes=("Scene",),
            camera="Camera",
            cameras=("Camera",),
            layers=("Layer",),
            renderer="TOY",
            output="//frames/beauty_####",
            file_format="PNG",
        )
        self.paths: ScenePaths | None = None
        self.problems: list[Problem] = []
        self.suffix = ".png"

    def inspect(self, path: Path, *, scene: str = "") -> SceneInfo:
        if not path.is_file():
            raise UserError(f"{path} does not exist.")
        return replace(self.scene, path=path, scene=scene or self.scene.scene)

    def output_of(self, scene: SceneInfo, options: Mapping[str, Any]) -> ScenePaths:
        return self.paths or ScenePaths(scene.path.parent / "frames", "beauty_####")

    def image_size_px(self, scene: SceneInfo, options: Mapping[str, Any]) -> tuple[int, int]:
        return scene.width, scene.height

    def output_suffix(self, scene: SceneInfo, options: Mapping[str, Any]) -> str:
        return self.suffix

    def check_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        if "bad" in options:
            raise UserError("Toy has no option “bad”.")
        return dict(options)

    def option_help(self) -> Mapping[str, str]:
        return {}

    def check(self, *_arguments: object) -> Sequence[Problem]:
        return self.problems

    def find_installations(self) -> FoundInstallations:
        return FoundInstallations((INSTALLATION,))

    def choose_installation(
        self, scene: SceneInfo, installations: Sequence[Installation], options: Mapping[str, Any]
    ) -> Installation:
        if not installations:
            raise UserError("No Toy was found on this computer.")
        return installations[0]


@pytest.fixture
def engine() -> ToyEngine:
    return ToyEngine()


@pytest.fixture
def catalog(engine: ToyEngine) -> Catalog:
    catalog = Catalog([engine])  # type: ignore[list-item]
    catalog.refresh()
    return catalog


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    path = tmp_path / "Küche 影.toy"
    path.write_text("a scene")
    return path


def prepared(catalog: Catalog, scene: Path, settings: Settings | None = None, **wishes: Any) -> Preparation:
    return prepare(JobRequest(scene, **wishes), catalog=catalog, settings=settings or Settings())


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_job_as_the_scene_says(catalog: Catalog, scene: Path) -> None:
    found = prepared(catalog, scene)
    spec = found.spec
    assert (spec.name, spec.scene, spec.engine, spec.installation) == (
        "Küche 影",
        scene,
        "toy",
        INSTALLATION.key,
    )
    assert spec.frames == FrameSet.parse("1-9x2")
    assert (spec.output_dir, spec.output_name, spec.output_suffix) == (
        scene.parent / "frames",
        "beauty_####",
        ".png",
    )
    assert (spec.existing, spec.priority, spec.max_retries, spec.retry_delay_s) == (
        Existing.SKIP,
        5,
        3,
        60.0,
    )
    assert (spec.width, spec.height, spec.fps, spec.project, spec.options) == (64, 32, 25.0, "", {})
    assert found.problems == ()
    assert found.errors == ()
    assert tree(scene.parent) == [scene.name], "nothing is left behind"


def test_a_job_as_wished(catalog: Catalog, scene: Path, tmp_path: Path) -> None:
    spec = prepared(
        catalog,
        scene,
        engine="toy",
        frames="10-1x3",
        output=tmp_path / "my out",
        retries=0,
        retry_delay_s=1.5,
        priority=10,
        existing=Existing.OVERWRITE,
        project="Film",
        options={"samples": 4},
    ).spec
    assert spec.frames == FrameSet.parse("10-1x3")
    assert (spec.output_dir, spec.output_name) == (tmp_path / "my out", "beauty_####")
    assert (spec.max_retries, spec.retry_delay_s, spec.priority) == (0, 1.5, 10)
    assert (spec.existing, spec.project, spec.options) == (Existing.OVERWRITE, "Film", {"samples": 4})


def test_a_job_as_the_settings_say(catalog: Catalog, scene: Path, tmp_path: Path) -> None:
    settings = Settings(
        max_retries=7, retry_delay=2.0, default_priority=1, render_output_dir=tmp_path / "renders"
    )
    spec = prepared(catalog, scene, settings).spec
    assert (spec.max_retries, spec.retry_delay_s, spec.priority) == (7, 2.0, 1)
    assert spec.output_dir == tmp_path / "renders" / "Küche 影"


@pytest.mark.parametrize("name", ["", "####", "##"])
def test_files_never_have_only_a_number_for_a_name(
    catalog: Catalog, engine: ToyEngine, scene: Path, tmp_path: Path, name: str
) -> None:
    """Else two jobs in one folder would take each other's files for their own."""
    engine.paths = ScenePaths(None, name)
    for wishes in ({}, {"output": tmp_path / "out"}):
        assert prepared(catalog, scene, **wishes).spec.output_name == f"Küche 影_{name or '####'}"
    assert prepared(catalog, scene).spec.output_dir == scene.parent / "Küche 影_render"


def test_relative_paths_are_meant_from_here(
    catalog: Catalog, scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(scene.parent)
    spec = prepared(catalog, Path(scene.name), output=Path("x/../out")).spec
    assert (spec.scene, spec.output_dir) == (scene, scene.parent / "out")


@pytest.mark.parametrize("frames", ["abc", "10-1x0", "1-1000000000", "1-"])
def test_nonsense_frames(catalog: Catalog, scene: Path, frames: str) -> None:
    with pytest.raises(UserError):
        prepared(catalog, scene, frames=frames)


def test_an_empty_range_in_the_scene(catalog: Catalog, engine: ToyEngine, scene: Path) -> None:
    engine.scene = replace(engine.scene, frame_start=10, frame_end=1)
    with pytest.raises(UserError, match=r"is empty: it starts at 10 and ends at 1\."):
        prepared(catalog, scene)
    assert prepared(catalog, scene, frames="  3 ").spec.frames == FrameSet.parse("3")


def test_a_range_in_the_scene_that_is_too_long(catalog: Catalog, engine: ToyEngine, scene: Path) -> None:
    engine.scene = replace(engine.scene, frame_end=1_048_574 * 2, frame_step=1)
    with pytest.raises(UserError, match="1,000,000"):
        prepared(catalog, scene)


@pytest.mark.parametrize("priority", [-1, 11])
def test_priority_out_of_range(catalog: Catalog, scene: Path, priority: int) -> None:
    with pytest.raises(UserError, match="not between 0 and 10"):
        prepared(catalog, scene, priority=priority)


def test_options_and_engines_that_are_not_there(catalog: Catalog, scene: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no option “bad”"):
        prepared(catalog, scene, options={"bad": "1"})
    with pytest.raises(UserError, match="no engine “maya”"):
        prepared(catalog, scene, engine="maya")
    with pytest.raises(UserError, match=r"text\.txt does not exist"):
        prepared(catalog, tmp_path / "text.txt")
    (tmp_path / "text.txt").touch()
    with pytest.raises(UserError, match=r"is not a scene file .* It opens: \.toy, \.toyz"):
        prepared(catalog, tmp_path / "text.txt")
    with pytest.raises(UserError, match="does not exist"):
        prepared(catalog, tmp_path / "missing.toy")


def test_without_an_installation(engine: ToyEngine, scene: Path) -> None:
    with pytest.raises(UserError, match="No Toy was found"):
        prepared(Catalog([engine]), scene)  # type: ignore[list-item]


def put(folder: Path, *frames: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for frame in frames:
        (folder / f"beauty_{frame:04d}.png").write_bytes(b"old")


@pytest.mark.parametrize(
    ("existing", "words"),
    [
        (Existing.SKIP, "2 frames are in .* already; those that are whole are kept"),
        (Existing.OVERWRITE, "2 frames are in .* already and will be replaced"),
    ],
)
def test_existing_files_are_counted_and_said(
    catalog: Catalog, scene: Path, existing: Existing, words: str
) -> None:
    put(scene.parent / "frames", 1, 3, 4)
    found = prepared(catalog, scene, existing=existing)
    assert found.existing_files == 2
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("existing-frames", Severity.WARNING)
    import re

    assert re.search(words, problem.text)
    assert found.spec.output_dir == scene.parent / "frames"


def test_a_new_version_where_there_are_files(catalog: Catalog, scene: Path) -> None:
    folder = scene.parent / "frames"
    wish = {"existing": Existing.VERSION}
    assert prepared(catalog, scene, **wish).spec.output_dir == folder
    put(folder, 1)
    found = prepared(catalog, scene, **wish)
    assert (found.spec.output_dir, found.problems, found.existing_files) == (
        folder.with_name("frames_v002"),
        (),
        0,
    )
    put(folder.with_name("frames_v002"), 1)
    assert prepared(catalog, scene, **wish).spec.output_dir == folder.with_name("frames_v003")


def test_problems_of_the_engine_are_passed_on(catalog: Catalog, engine: ToyEngine, scene: Path) -> None:
    engine.problems = [
        Problem("a", Severity.ERROR, "It cannot be."),
        Problem("b", Severity.WARNING, "It may not be."),
    ]
    found = prepared(catalog, scene)
    assert [problem.code for problem in found.problems] == ["a", "b"]
    assert [problem.code for problem in found.errors] == ["a"]


def test_other_frames_for_a_prepared_job(catalog: Catalog, scene: Path) -> None:
    assert with_frames(prepared(catalog, scene), "7,8").spec.frames == FrameSet.parse("7,8")
    with pytest.raises(UserError):
        with_frames(prepared(catalog, scene), "x")


def test_a_file_name_that_is_too_long(catalog: Catalog, engine: ToyEngine, scene: Path) -> None:
    engine.paths = ScenePaths(None, "影" * 85 + "####")
    with pytest.raises(UserError, match="is too long: 263 bytes, and file systems allow 255"):
        prepared(catalog, scene)


@pytest.mark.parametrize("name", ["a\nb_####", "a\0b_####", "a\rb"])
def test_a_file_name_that_no_file_may_have(
    catalog: Catalog, engine: ToyEngine, scene: Path, name: str
) -> None:
    engine.paths = ScenePaths(None, name)
    with pytest.raises(UserError, match="characters that no file name may have"):
        prepared(catalog, scene)


@pytest.mark.skipif(os.name != "posix", reason="names are Unicode elsewhere")
def test_paths_that_are_no_text_are_refused(catalog: Catalog, tmp_path: Path) -> None:
    """They cannot be stored nor written to a log; better said now than in the middle of the night."""
    name = os.fsdecode(b"caf\xe9.toy")
    (tmp_path / name).write_text("a scene")
    with pytest.raises(UserError, match="is not valid text"):
        prepared(catalog, tmp_path / name)
    (tmp_path / "good.toy").write_text("a scene")
    with pytest.raises(UserError, match="is not valid text"):
        prepared(catalog, tmp_path / "good.toy", output=tmp_path / os.fsdecode(b"\xff"))


@pytest.mark.parametrize("kind", ["file", "below-file", "kernel", "long", "long-path"])
def test_folders_that_cannot_be(catalog: Catalog, scene: Path, kind: str) -> None:
    (scene.parent / "file").write_text("in the way")
    folder = {
        "file": scene.parent / "file",
        "below-file": scene.parent / "file" / "a" / "b",
        "kernel": Path("/proc/render-manager"),
        "long": scene.parent / ("x" * 256),
        "long-path": Path("/" + "/".join(["y" * 200] * 25)),
    }[kind]
    if kind == "kernel" and not Path("/proc").is_dir():
        pytest.skip("there is no /proc")
    before = tree(scene.parent)
    with pytest.raises(UserError, match=r"cannot be used: .*Choose another"):
        prepared(catalog, scene, output=folder)
    assert tree(scene.parent) == before


def test_folders_are_tried_and_not_kept(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b" / "c")
    assert tree(tmp_path) == []
    (tmp_path / "there").mkdir()
    check_folder(tmp_path / "there")
    assert tree(tmp_path) == ["there"]


def test_scenes_of_one_output_folder_are_looked_at_side_by_side(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        for answer in [threads.submit(check_folder, tmp_path / "a" / "b") for _turn in range(200)]:
            answer.result()
    assert tree(tmp_path) == []


def test_a_full_disk(small_disk: Path) -> None:
    fill(small_disk)
    with pytest.raises(UserError, match=r"The disk of the output folder .* is full"):
        check_folder(small_disk / "out")
    assert [path.name for path in small_disk.iterdir()] == ["plug"]


def test_a_nearly_full_disk(small_disk: Path) -> None:
    with pytest.raises(UserError, match=r"The disk of the output folder .* is full"):
        check_folder(small_disk / "out")


def test_a_read_only_disk(small_disk: Path) -> None:
    make_read_only(small_disk)
    with pytest.raises(UserError, match=r"cannot be used: Read-only file system"):
        check_folder(small_disk / "out")
    with pytest.raises(UserError, match=r"cannot be used: Read-only file system"):
        check_folder(small_disk)


def test_a_folder_without_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_values: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("render_manager.engines.preparing.tempfile.TemporaryFile", refuse)
    with pytest.raises(UserError, match="cannot be used: Permission denied"):
        check_folder(tmp_path / "a" / "b")
    assert tree(tmp_path) == []


def test_looking_at_a_scene(catalog: Catalog, scene: Path) -> None:
    assert inspect(scene, catalog).width == 64
    assert inspect(scene, catalog, engine_id="toy", scene="Other").scene == "Other"
    with pytest.raises(UserError, match="no engine"):
        inspect(scene, catalog, engine_id="x")


def test_settings_from_the_environment_do_not_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().max_retries == 3


def test_two_jobs_of_the_same_files(catalog: Catalog, scene: Path) -> None:
    other = scene.with_name("other.toy")
    shutil.copyfile(scene, other)
    jobs = [prepared(catalog, path, output=scene.parent / "out") for path in (scene, other, scene)]
    jobs[0] = with_frames(jobs[0], "1-4")
    jobs[1] = with_frames(jobs[1], "4-9")
    jobs[2] = with_frames(jobs[2], "5-9")
    told = told_apart(jobs)
    assert [len(one.errors) for one in told] == [0, 1, 0]
    assert "other.toy writes the same files as" in told[1].errors[0].text
    assert [len(one.errors) for one in told_apart(told[1:])] == [0, 1], "nothing is kept of an earlier look"


def test_pictures_put_aside_in_a_folder_below_are_not_taken_for_the_job_s(
    catalog: Catalog, scene: Path
) -> None:
    """Blender writes into the output folder itself; skipping all frames would leave it empty."""
    put(scene.parent / "frames" / "backup", 1, 3, 4)
    assert prepared(catalog, scene).existing_files == 0
