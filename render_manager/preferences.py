"""The settings dialog's part of the composition root: shows settings, writes them, has them count at once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from render_manager.assembly import courtesy_of
from render_manager.domain.commands import SetSlots
from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.catalog import Catalog
from render_manager.engines.downloads import DOWNLOADS
from render_manager.engines.protocols import Installation
from render_manager.system.language import LANGUAGE_NAMES, languages
from render_manager.system.paths import AppPaths
from render_manager.system.settings import Settings, check_setting, load_settings
from render_manager.system.settings_file import change_settings, overridden
from render_manager.ui.settings.dialog import SettingsDialog
from render_manager.ui.settings.view import EngineView, SettingsView
from render_manager.ui.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from render_manager.assembly import Core

PROGRAM_SETTINGS = {"blender": "blender_executable", "maya": "maya_executable", "unreal": "ue_executable"}
SLOTS_SETTINGS = {engine: f"{engine}_slots" for engine in PROGRAM_SETTINGS}
LOOKS = frozenset({"ui_language", "appearance"})


class Preferences(QObject):
    """Knows the settings while the window is open; GUI thread.

    Signals:
        changed: the Settings that count from now on.
        looks_changed: another language or appearance was chosen.
        engines_changed: engines were looked for again.
    """

    changed = Signal(object)
    looks_changed = Signal()
    engines_changed = Signal()

    def __init__(
        self,
        *,
        paths: AppPaths,
        settings: Settings,
        catalog: Catalog,
        core: "Core",
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        in_background: Callable[[Callable[[], Any]], Coroutine[Any, Any, Any]],
    ) -> None:
        super().__init__()
        self.settings = settings
        self._paths = paths
        self._catalog = catalog
        self._core = core
        self._spawn = spawn
        self._in_background = in_background
        self._is_searching = False
        self._search_again = False
        self._changing = asyncio.Lock()
        self._dialog: SettingsDialog | None = None

    def open(self, *, theme: Theme, parent: "QWidget") -> SettingsDialog:
        """Open the dialog over a window; it says what it knows at once, and what the disk knows soon."""
        dialog = self._dialog = SettingsDialog(theme=theme, view=self._view({}), parent=parent)
        dialog.changed.connect(lambda name, value: self._spawn(self._change(name, value)))
        dialog.test_wanted.connect(lambda one: self._spawn(self._test(one)))
        dialog.look_wanted.connect(lambda: self._spawn(self.look_again()))
        dialog.finished.connect(lambda _result: self._forget(dialog))
        dialog.open()
        self._spawn(self._show())
        return dialog

    def reopen(self, *, theme: Theme, parent: "QWidget") -> None:
        """Open the dialog over a new window if it was open over the old one, on the same page."""
        if self._dialog is not None:
            page = self._dialog.sections.currentRow()
            self.open(theme=theme, parent=parent).sections.setCurrentRow(page)

    async def look_again(self) -> None:
        """Look for engines once more; a search that is under way is followed by another."""
        if self._is_searching:
            self._search_again = True
            return
        self._is_searching = True
        try:
            await self._show()
            self._search_again = True
            while self._search_again:
                self._search_again = False
                await self._in_background(self._catalog.refresh)
        finally:
            self._is_searching = False
        self._core.engines_found()
        self.engines_changed.emit()
        await self._show()

    def limit_slots(self, engine_id: str, slots: int) -> bool:
        """Set how many of an engine may run at once; return False where there is no setting for it."""
        name = SLOTS_SETTINGS.get(engine_id, "")
        if name:
            self._spawn(self._change(name, slots))
        return bool(name)

    async def _change(self, name: str, value: object) -> None:
        # One after the other: each reads the file, and writes what it read.
        async with self._changing:
            before = self.settings
            try:
                # A value that cannot be, once written, would keep the next start from rendering.
                check_setting(name, value)
                await self._in_background(lambda: change_settings(self._paths.settings, {name: value}))
                self.settings = await self._in_background(lambda: load_settings(self._paths))
            except UserError as error:
                self._tell(str(error))
                return
            finally:
                await self._show()
            self._tell("")
        await self._apply(before)

    def _tell(self, problem: str) -> None:
        if self._dialog is not None:
            self._dialog.show_problem(problem)

    async def _apply(self, before: Settings) -> None:
        """Have every setting count that is another one now."""
        now = self.settings
        if now == before:
            return
        self.changed.emit(now)
        if now.slots != before.slots:
            self._core.post(SetSlots(now.slots))
        for engine in PROGRAM_SETTINGS:
            limit = now.engine_slots.get(engine)
            if limit != before.engine_slots.get(engine):
                self._core.post(SetSlots(limit, engine))
        if courtesy_of(now) != courtesy_of(before):
            self._core.set_courtesy(courtesy_of(now))
        self._core.reserve_disk(now.reserved_disk_bytes)
        if now.executables != before.executables:
            for engine in PROGRAM_SETTINGS:
                self._catalog.engine(engine).set_program(now.executables.get(engine))
            await self.look_again()
        if any(getattr(now, name) != getattr(before, name) for name in LOOKS):
            self.looks_changed.emit()

    async def _test(self, installation: Installation) -> None:
        engine = self._catalog.engine(installation.engine)
        probe = await self._in_background(lambda: engine.probe(installation))
        said = next((line.strip() for line in probe.output.splitlines() if line.strip()), "")
        text = probe.problem or _("It answers: {text}").format(text=said[:200])
        if self._dialog is not None:
            self._dialog.show_answer(installation, text, is_good=not probe.problem)

    async def _show(self) -> None:
        names = dict.fromkeys(Settings.model_fields)
        places = await self._in_background(lambda: overridden(self._paths, names))
        if self._dialog is not None:
            self._dialog.show_view(self._view(places))

    def _view(self, places: dict[str, str]) -> SettingsView:
        engines = [
            EngineView(
                id=engine.id,
                name=engine.name,
                installations=self._catalog.found(engine.id).installations,
                searched=self._catalog.found(engine.id).searched,
                program_setting=PROGRAM_SETTINGS.get(engine.id, ""),
                slots_setting=SLOTS_SETTINGS.get(engine.id, ""),
                download=DOWNLOADS.get(engine.id, ""),
            )
            for engine in self._catalog.engines
        ]
        values = self.settings.model_dump()
        return SettingsView(
            values=values,
            engines=engines,
            file=self._paths.settings,
            overridden=places,
            languages={code: LANGUAGE_NAMES.get(code, code) for code in languages()},
            is_searching=self._is_searching or not self._catalog.is_complete,
        )

    def _forget(self, dialog: SettingsDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None
