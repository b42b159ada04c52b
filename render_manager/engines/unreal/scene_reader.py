"""Puts together what can be told of an Unreal project without its editor.

Reads the project's folders, so for any thread but the GUI's.
"""

from collections.abc import Callable
from pathlib import Path

from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.unreal.assets import has, object_path
from render_manager.engines.unreal.choosing import engine_root
from render_manager.engines.unreal.config import default_map
from render_manager.engines.unreal.content import ContentList, ContentMemory, never, scan_folders
from render_manager.engines.unreal.engine_folder import PLATFORM_FOLDER, version_of
from render_manager.engines.unreal.package_head import AssetKind
from render_manager.engines.unreal.plugin_content import content_folders
from render_manager.engines.unreal.project import (
    MOVIE_RENDER_PLUGIN,
    PYTHON_PLUGIN,
    Project,
    read_project,
)
from render_manager.engines.unreal.startup_scripts import find_startup_scripts

_CHOICES = {
    "sequence": AssetKind.SEQUENCE,
    "map": AssetKind.MAP,
    "preset": AssetKind.PRESET,
    "queue": AssetKind.QUEUE,
    "graph": AssetKind.GRAPH,
}
_MOST_NAMED = 5
"""Names that a sentence lists."""
_MOST_MISSING = 200
"""Files that are listed as missing."""


def read_scene(
    path: Path,
    scene: str = "",
    *,
    is_cancelled: Callable[[], bool] = never,
    memory: ContentMemory | None = None,
) -> SceneInfo:
    """Return what a `.uproject` and the folders around it say; raises UserError when it is not a good one.

    `scene` chooses the level sequence; without it that is the only one there is, or none.
    """
    project = read_project(path)
    folders = content_folders(project)
    content = scan_folders(folders, is_cancelled=is_cancelled, memory=memory)
    scripts = find_startup_scripts(project.folder, [folder for _mount, folder in folders])
    choices = {name: content.paths(kind) for name, kind in _CHOICES.items()}
    start_map = default_map(project.folder)
    return SceneInfo(
        path=path,
        engine="unreal",
        engine_version=_engine_version(project),
        frame_start=0,
        frame_end=0,
        frame_step=1,
        fps=0.0,
        width=0,
        height=0,
        scene=object_path(scene) or _only_one(content),
        scenes=(),
        camera="",
        cameras=(),
        layers=(),
        renderer="Movie Render Queue",
        output="",
        file_format="",
        problems=(
            *_about_files(content, path),
            *_about_scripts(project, scripts),
            *_about_modules(project),
            *_about_sequences(content, path),
        ),
        missing_files=content.not_downloaded[:_MOST_MISSING],
        extra=_facts(project, content, start_map),
        has_frame_range=False,
        choices=choices,
    )


def _engine_version(project: Project) -> tuple[int, ...]:
    if project.association.version:
        return project.association.version
    root = engine_root(project.association, project.folder)
    return () if root is None else version_of(root).numbers[:2]


def _only_one(content: ContentList) -> str:
    """Return the level sequence when there is no choice; those that are only guessed stand back."""
    for sure_only in (True, False):
        found = content.paths(AssetKind.SEQUENCE, sure_only=sure_only)
        if len(found) == 1:
            return found[0]
        if found:
            return ""
    return ""


def _facts(project: Project, content: ContentList, start_map: str) -> dict[str, str]:
    facts = {
        "engine association": project.association.text or _("none"),
        "default map": start_map,
        MOVIE_RENDER_PLUGIN: _on_or_off(project.plugin_state(MOVIE_RENDER_PLUGIN)),
        PYTHON_PLUGIN: _on_or_off(project.plugin_state(PYTHON_PLUGIN)),
        "C++ modules": ", ".join(project.modules),
        "files": f"{content.files:,}",
    }
    guesses = [asset.path for asset in content.assets if not asset.is_sure]
    if guesses:
        facts["guesses"] = _short(guesses)
    return {name: value for name, value in facts.items() if value}


def _on_or_off(state: bool | None) -> str:
    if state is None:
        return _("as the engine has it")
    return _("on") if state else _("off")


def _about_files(content: ContentList, path: Path) -> list[Problem]:
    problems = []
    if content.not_downloaded:
        text = ngettext(
            "{count} file of {project} was not downloaded: Git LFS left a pointer in its place ({names}).",
            "{count} files of {project} were not downloaded: Git LFS left pointers in their place ({names}).",
            len(content.not_downloaded),
        )
        advice = _("Run “git lfs pull” in the project's folder; until then they are missing in the picture.")
        problems.append(_counted("not-downloaded", text, content.not_downloaded, path, advice))
    if content.foreign:
        text = ngettext(
            "{count} file of {project} is named like an asset and is none ({names}).",
            "{count} files of {project} are named like assets and are none ({names}).",
            len(content.foreign),
        )
        advice = _("Restore them from a backup or from version control.")
        problems.append(_counted("foreign-files", text, content.foreign, path, advice))
    if content.unreadable:
        text = ngettext(
            "{count} file or folder of {project} cannot be read ({names}).",
            "{count} files or folders of {project} cannot be read ({names}).",
            len(content.unreadable),
        )
        problems.append(_counted("unreadable", text, content.unreadable, path, ""))
    if not content.is_complete:
        text = _("The search through the files of {project} was stopped; more may be there.")
        problems.append(Problem("scan-stopped", Severity.WARNING, text.format(project=path.name)))
    return problems


def _counted(code: str, text: str, names: tuple[str, ...], path: Path, advice: str) -> Problem:
    shown = text.format(count=len(names), project=path.name, names=_short(names))
    return Problem(code, Severity.WARNING, shown, advice)


def _short(names: "list[str] | tuple[str, ...]") -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")


def _about_scripts(project: Project, scripts: tuple[str, ...]) -> list[Problem]:
    if not scripts:
        return []
    text = _("{project} runs Python scripts of its own when the editor starts: {names}.").format(
        project=project.path.name, names=_short(scripts)
    )
    advice = _(
        "They run whenever the editor's Python is on, which rendering needs. Render it only if you trust "
        "where it comes from."
    )
    return [Problem("startup-scripts", Severity.WARNING, text, advice)]


def _about_modules(project: Project) -> list[Problem]:
    missing = project.missing_binaries(PLATFORM_FOLDER)
    if not missing:
        return []
    text = _("{project} has C++ code ({names}), for which no built binaries were found in {folder}.")
    folder = project.folder / "Binaries" / PLATFORM_FOLDER
    return [
        Problem(
            "not-built",
            Severity.WARNING,
            text.format(project=project.path.name, names=_short(missing), folder=folder),
            _("Build the project's editor target first, or the editor will not start."),
        )
    ]


def _about_sequences(content: ContentList, path: Path) -> list[Problem]:
    if content.paths(AssetKind.SEQUENCE) or not content.is_complete:
        return []
    text = _("No level sequence was found in the content folder of {project}.").format(project=path.name)
    advice = _("Type the path of the sequence to render, such as /Game/Shots/Intro.")
    return [Problem("no-sequence-found", Severity.WARNING, text, advice)]


def is_offered(scene: SceneInfo, option: str, path: str) -> bool:
    """Return whether the search found an asset of this kind under this path."""
    return has(scene.choices.get(option, ()), path)
