"""From a scene file and wishes to a job that can be submitted, with everything that speaks against it.

Used by the window and the command line alike; reads files, so not for the GUI thread.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import HIGHEST_PRIORITY, LOWEST_PRIORITY, Existing, JobSpec
from render_manager.domain.limits import Limits
from render_manager.domain.naming import next_version
from render_manager.domain.printable import one_line
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.catalog import Catalog
from render_manager.engines.existing import existing_of
from render_manager.engines.protocols import Engine, Installation

if TYPE_CHECKING:
    # pydantic takes long to import, and the window needs these types before its first paint.
    from render_manager.system.settings import Settings

LEAST_FREE_BYTES = 16 * 1024 * 1024
"""With less room than this a job is refused: not even its log would fit."""
LONGEST_NAME_BYTES = 255
_SAME_FILES = "same-files"
_IN_PARTS = frozenset({"unreal"})
"""Engines whose scenes are folders of many files, of which no copy is made."""


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What somebody wants rendered; None and empty mean "as the scene or the settings say"."""

    path: Path
    engine: str = ""
    frames: str = ""
    output: Path | None = None
    retries: int | None = None
    retry_delay_s: float | None = None
    priority: int | None = None
    existing: Existing | None = None
    project: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    keeps_copy: bool = False
    """Whether to render from a copy of the scene, so that it may be worked on meanwhile."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """A job ready to be submitted, or the reasons why it cannot be."""

    spec: JobSpec
    scene: SceneInfo
    installation: Installation
    problems: tuple[Problem, ...]
    existing_files: int
    """Frames for which a file is there already."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Return the problems that forbid rendering."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


def inspect(path: Path, catalog: Catalog, *, engine_id: str = "", scene: str = "") -> SceneInfo:
    """Return what a scene file says; raises UserError with a sentence for anything that is not one."""
    path = absolute(path)
    return _engine_of(path, engine_id, catalog).inspect(path, scene=scene)


def _engine_of(path: Path, engine_id: str, catalog: Catalog) -> Engine:
    if engine_id:
        return catalog.engine(engine_id)
    if path.suffix.lower() not in catalog.suffixes and not path.exists():
        raise UserError(_("{path} does not exist. It may have been moved or renamed.").format(path=path))
    return catalog.engine_for(path)


def prepare(request: JobRequest, *, catalog: Catalog, settings: "Settings") -> Preparation:
    """Read the scene, choose an installation, fix frames and output, and check all of it.

    Raises UserError when there is nothing that could be called a job: not a scene, no installation,
    frames that cannot be read, an output folder that cannot be written to. Leaves no files behind.
    """
    path = absolute(request.path)
    _check_text(path)
    engine = _engine_of(path, request.engine, catalog)
    options = engine.check_options(request.options)
    scene = engine.inspect(path, scene=str(options.get("scene", "")))
    installation = engine.choose_installation(scene, catalog.installations(engine.id), options)
    frames = _frames(request.frames, scene)
    existing = request.existing or Existing.SKIP
    folder, name = _output(request, engine, scene, options, settings)
    suffix = engine.output_suffix(scene, options)
    _check_text(folder / name)
    _check_name(folder, name, suffix)
    width, height = engine.image_size_px(scene, options)
    spec = JobSpec(
        name=one_line(path.stem),
        scene=path,
        engine=engine.id,
        installation=installation.key,
        frames=frames,
        output_dir=folder,
        output_name=name,
        output_suffix=suffix,
        existing=existing,
        priority=_priority(request, settings),
        max_retries=settings.max_retries if request.retries is None else request.retries,
        retry_delay_s=settings.retry_delay if request.retry_delay_s is None else request.retry_delay_s,
        project=request.project,
        options=options,
        width=width,
        height=height,
        fps=scene.fps,
        limits=request.limits,
        keeps_copy=request.keeps_copy and engine.id not in _IN_PARTS,
    )
    found = _existing(spec, engine)
    if existing is Existing.VERSION and found:
        spec, found = replace(spec, output_dir=_next_version_of(folder)), 0
    check_folder(spec.output_dir)
    problems = [*engine.check(scene, installation, options, frames)]
    problems += _about_existing(found, existing, spec.output_dir)
    return Preparation(spec, scene, installation, tuple(problems), found)


def told_apart(preparations: Sequence[Preparation]) -> list[Preparation]:
    """Return the preparations, with an error for each that would write files of one before it.

    The second of two such jobs would take the first one's frames for its own and skip them.
    """
    earlier: dict[tuple[str, str, str], list[JobSpec]] = {}
    told = []
    # Looked up once: there may be hundreds of scenes, and looking texts up takes longer than all the rest.
    text = _("{scene} writes the same files as {other}: {name} in {folder}.")
    advice = _("Choose another output folder for one of them.")
    for one in preparations:
        spec = one.spec
        key = (os.path.normcase(spec.output_dir), os.path.normcase(spec.output_name), spec.output_suffix)
        others = earlier.setdefault(key, [])
        other = next((other for other in others if _overlap(other.frames, spec.frames)), None)
        problems = tuple(problem for problem in one.problems if problem.code != _SAME_FILES)
        if other is None:
            others.append(spec)
        else:
            problems = (*problems, _same_files(spec, other, text, advice))
        told.append(replace(one, problems=problems))
    return told


def _overlap(one: FrameSet, other: FrameSet) -> bool:
    few, many = sorted((one, other), key=len)
    return any(number in many for number in few.numbers)


def _same_files(spec: JobSpec, other: JobSpec, text: str, advice: str) -> Problem:
    text = text.format(
        scene=spec.scene.name, other=other.scene.name, name=spec.output_name, folder=spec.output_dir
    )
    return Problem(_SAME_FILES, Severity.ERROR, text, advice)


def absolute(path: Path) -> Path:
    """Return a path as an absolute one, links kept as the user wrote them."""
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - resolve() would follow links


def with_frames(preparation: Preparation, text: str) -> Preparation:
    """Return the preparation with another frame list; raises UserError."""
    return replace(preparation, spec=replace(preparation.spec, frames=FrameSet.parse(text)))


def _frames(text: str, scene: SceneInfo) -> FrameSet:
    if text.strip():
        return FrameSet.parse(text)
    if not scene.has_frame_range:
        raise UserError(
            _("{scene} does not say which frames it has. Type the frames to render, such as 1-100.").format(
                scene=scene.path
            )
        )
    frames = FrameSet.span(scene.frame_start, scene.frame_end, scene.frame_step)
    if not len(frames):
        raise UserError(
            _(
                "The frame range of {scene} is empty: it starts at {start} and ends at {end}. "
                "Correct it in the scene, or say which frames to render."
            ).format(scene=scene.path, start=scene.frame_start, end=scene.frame_end)
        )
    return FrameSet.parse(frames.text())


def _priority(request: JobRequest, settings: "Settings") -> int:
    priority = settings.default_priority if request.priority is None else request.priority
    if not LOWEST_PRIORITY <= priority <= HIGHEST_PRIORITY:
        raise UserError(
            _("The priority {priority} is not between {low} and {high}.").format(
                priority=priority, low=LOWEST_PRIORITY, high=HIGHEST_PRIORITY
            )
        )
    return priority


def _output(
    request: JobRequest,
    engine: Engine,
    scene: SceneInfo,
    options: dict[str, Any],
    settings: "Settings",
) -> tuple[Path, str]:
    """Return folder and file name: as wished, below RENDER_OUTPUT_DIR, as the scene says, beside it."""
    wished = engine.output_of(scene, options)
    name = wished.name if wished.name.strip("#") else f"{scene.path.stem}_{wished.name or '####'}"
    if request.output is not None:
        return absolute(request.output), name
    if settings.render_output_dir is not None:
        return absolute(settings.render_output_dir) / scene.path.stem, name
    if wished.folder is not None:
        return wished.folder, wished.name
    return scene.path.parent / f"{scene.path.stem}_render", name


def _check_text(path: Path) -> None:
    """Refuse a path with bytes that are no text: neither the database nor a log could hold it."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        shown = str(path).encode("utf-8", "backslashreplace").decode()
        raise UserError(
            _("The path {path} is not valid text (UTF-8). Rename the file or folder.").format(path=shown)
        ) from error


def _check_name(folder: Path, name: str, suffix: str) -> None:
    whole = f"{name}{suffix or '.png'}"
    if len(whole.encode()) > LONGEST_NAME_BYTES:
        raise UserError(
            _("The file name {name} is too long: {length} bytes, and file systems allow {limit}.").format(
                name=whole, length=len(whole.encode()), limit=LONGEST_NAME_BYTES
            )
        )
    if any(character in whole for character in "\0\n\r"):
        raise UserError(
            _("The output path of the scene in {folder} holds characters that no file name may have.").format(
                folder=folder
            )
        )


def _existing(spec: JobSpec, engine: Engine) -> int:
    try:
        return len(existing_of(spec, engine))
    except OSError as error:
        raise _unusable(spec.output_dir, error) from error


def _about_existing(found: int, existing: Existing, folder: Path) -> list[Problem]:
    if not found:
        return []
    counted = ngettext("{count} frame is", "{count} frames are", found).format(count=found)
    if existing is Existing.OVERWRITE:
        text = _("{counted} in {folder} already and will be replaced.").format(counted=counted, folder=folder)
        advice = _("Choose “skip” to keep them, or “version” to render into a new folder.")
    else:
        text = _("{counted} in {folder} already; those that are whole are kept.").format(
            counted=counted, folder=folder
        )
        advice = _("Choose “overwrite” to render them again, or “version” to render into a new folder.")
    return [Problem("existing-frames", Severity.WARNING, text, advice)]


def _next_version_of(folder: Path) -> Path:
    try:
        taken = {entry.name for entry in folder.parent.iterdir()}
    except OSError as error:
        raise _unusable(folder.parent, error) from error
    return folder.with_name(next_version(folder.name, taken))


def check_folder(folder: Path) -> None:
    """Find out by trying whether files can be written to a folder; leaves nothing behind.

    Raises UserError with the reason. Rights alone do not tell: disks are full, shares are read-only.
    """
    try:
        there = next(part for part in (folder, *folder.parents) if os.path.lexists(part))
        if not there.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if there == folder:
            _try_writing(folder)
            return
        # In a folder of our own: another scene of the same output folder may be looked at right now.
        with tempfile.TemporaryDirectory(dir=there, prefix=".render-manager-") as own:
            trial = Path(own) / folder.relative_to(there)
            trial.mkdir(parents=True)
            _try_writing(trial)
    except OSError as error:
        raise _unusable(folder, error) from error


def _try_writing(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder, prefix=".render-manager-") as file:
        file.write(b"\0" * 65536)
        file.flush()
        os.fsync(file.fileno())
    if shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _unusable(folder: Path, error: OSError) -> UserError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError(
            _("The disk of the output folder {folder} is full. Make room there, or choose another.").format(
                folder=folder
            )
        )
    return UserError(
        _("The output folder {folder} cannot be used: {why}. Choose another folder.").format(
            folder=folder, why=error.strerror or type(error).__name__
        )
    )
