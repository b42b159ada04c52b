"""Choices of last time and named presets, kept in files; read and written on a pool thread, in turn."""

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from render_manager.domain.errors import UserError
from render_manager.system.json_store import JsonStore
from render_manager.ui.draft_choices import Choices, choices_from
from render_manager.ui.tied_errands import TiedErrands

MOST_SCENES = 2000
"""Scenes whose choices are kept; those chosen longest ago go first."""
_SCENES, _PRESETS, _PAGE = "scenes", "presets", "page"

Change = Callable[[dict[str, Any]], None]


class Remembered(QObject):
    """What is remembered, in memory and in two files; GUI thread.

    Signals:
        loaded: what the files hold is known now.
        complained: a sentence about a file that is damaged or cannot be written.
    """

    loaded = Signal()
    complained = Signal(str)

    def __init__(self, errands: TiedErrands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._preset_store: JsonStore | None = None
        self._scene_store: JsonStore | None = None
        self._changes: deque[tuple[JsonStore, Change]] = deque()
        self._is_writing = False
        self._scenes: dict[str, Choices] = {}
        self.presets: dict[str, Choices] = {}
        self.shows_more = False
        """Whether the options few scenes need were unfolded the last time."""

    def use(self, *, presets: JsonStore, scenes: JsonStore) -> None:
        """Read these files, and write to them from now on."""
        self._preset_store, self._scene_store = presets, scenes
        self._errands.run(lambda: (presets.read(), scenes.read()), self._take)

    def scene(self, path: Path) -> Choices | None:
        """Return what was chosen for a scene the last time."""
        return self._scenes.get(str(path))

    def remember(self, chosen: Sequence[tuple[Path, Choices]]) -> None:
        """Keep what was chosen for scenes."""
        new = {str(path): choices for path, choices in chosen}
        if new:
            self._scenes |= new
            self._change(self._scene_store, lambda values: _put_scenes(values, new))

    def forget(self, path: Path) -> None:
        """Forget what was chosen for a scene."""
        if self._scenes.pop(str(path), None) is not None:
            self._change(self._scene_store, lambda values: _drop(values, _SCENES, str(path)))

    def save_preset(self, name: str, choices: Choices) -> None:
        """Keep a preset under a name, in place of one that had it."""
        self.presets[name] = choices
        self._change(self._preset_store, lambda values: _put(values, _PRESETS, name, choices.to_json()))

    def delete_preset(self, name: str) -> None:
        """Forget a preset."""
        if self.presets.pop(name, None) is not None:
            self._change(self._preset_store, lambda values: _drop(values, _PRESETS, name))

    def rename_preset(self, old: str, new: str) -> None:
        """Give a preset another name."""
        choices = self.presets.pop(old, None)
        if choices is None:
            return
        self.presets[new] = choices

        def rename(values: dict[str, Any]) -> None:
            _drop(values, _PRESETS, old)
            _put(values, _PRESETS, new, choices.to_json())

        self._change(self._preset_store, rename)

    def show_more(self, *, is_shown: bool) -> None:
        """Keep whether the options few scenes need are unfolded."""
        if is_shown is not self.shows_more:
            self.shows_more = is_shown
            self._change(self._scene_store, lambda values: _put(values, _PAGE, "more", is_shown))

    def _take(self, read: tuple[tuple[dict[str, Any], str], tuple[dict[str, Any], str]] | None) -> None:
        if read is None:
            return
        (presets, presets_complaint), (scenes, scenes_complaint) = read
        # What was chosen since the window opened is newer than the files.
        self.presets = _all_choices(presets.get(_PRESETS)) | self.presets
        self._scenes = _all_choices(scenes.get(_SCENES)) | self._scenes
        page = scenes.get(_PAGE)
        self.shows_more = isinstance(page, dict) and page.get("more") is True
        for complaint in (presets_complaint, scenes_complaint):
            if complaint:
                self.complained.emit(complaint)
        self.loaded.emit()

    def _change(self, store: JsonStore | None, change: Change) -> None:
        if store is not None:
            self._changes.append((store, change))
            self._write_next()

    def _write_next(self) -> None:
        if self._is_writing or not self._changes:
            return
        self._is_writing = True
        store, change = self._changes.popleft()

        def write() -> str:
            try:
                store.change(change)
            except UserError as error:
                return str(error)
            return ""

        self._errands.run(write, self._on_written)

    def _on_written(self, complaint: str | None) -> None:
        self._is_writing = False
        if complaint:
            self.complained.emit(complaint)
        self._write_next()


def _all_choices(values: object) -> dict[str, Choices]:
    if not isinstance(values, dict):
        return {}
    found = {str(name): choices_from(value) for name, value in values.items()}
    return {name: choices for name, choices in found.items() if choices is not None}


def _section(values: dict[str, Any], section: str) -> dict[str, Any]:
    """Return a part of a file, made anew where it is missing or something else."""
    if not isinstance(values.get(section), dict):
        values[section] = {}
    part: dict[str, Any] = values[section]
    return part


def _put(values: dict[str, Any], section: str, name: str, value: Any) -> None:
    _section(values, section)[name] = value


def _drop(values: dict[str, Any], section: str, name: str) -> None:
    _section(values, section).pop(name, None)


def _put_scenes(values: dict[str, Any], new: dict[str, Choices]) -> None:
    scenes = _section(values, _SCENES)
    for path, choices in new.items():
        scenes[path] = choices.to_json()
    if len(scenes) > MOST_SCENES:
        by_age = sorted(scenes, key=lambda path: choices_at(scenes[path]))
        for path in by_age[: len(scenes) - MOST_SCENES]:
            del scenes[path]


def choices_at(values: object) -> float:
    """Return when stored choices were made; 0 for what is none."""
    choices = choices_from(values)
    return 0.0 if choices is None else choices.at
