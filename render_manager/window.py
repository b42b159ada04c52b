"""The window's part of the composition root: builds the window, paints it, then starts what is behind it.

Used by `app` and `self_test`. The window is painted before anything slow is imported (`program`).
"""

import os
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from render_manager import __version__
from render_manager.domain.commands import SubmitJob
from render_manager.domain.errors import UserError
from render_manager.domain.scene import SCENE_SUFFIXES
from render_manager.domain.texts import gettext as _
from render_manager.renewing import speak_in_window, theme_of
from render_manager.system.crash import CrashFile
from render_manager.system.identity import DESKTOP_ID, PROGRAM_NAME, claim_taskbar_identity
from render_manager.system.language import early_setting, languages, match, users_languages
from render_manager.system.ownership import COMMAND, Ownership
from render_manager.system.paths import AppPaths, app_paths
from render_manager.ui.alarm import Alarm
from render_manager.ui.bridge import Bridge
from render_manager.ui.main_window import MainWindow
from render_manager.ui.pools import Errands, QtPool
from render_manager.ui.qt_messages import hear_qt
from render_manager.ui.theme import apply_theme

if TYPE_CHECKING:
    from render_manager.program import WindowProgram

PAINT_LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A window that is open, with nothing behind it yet."""

    app: QApplication
    window: MainWindow
    bridge: Bridge
    reading_pool: QtPool


def run_window(base_dir: Path | None, files: Sequence[Path], *, is_demo: bool) -> int:
    """Run the window to its end; return the exit code. Raises UserError when it cannot start."""
    paths = app_paths(base_dir)
    paths.make()
    ownership = Ownership(paths.lock)
    if not ownership.take():
        code = _show_running(paths, ownership, files, is_demo=is_demo)
        if code is not None:
            return code
    crash_file = CrashFile(paths.crash_file)
    last_crash = crash_file.take_last()
    alarm = Alarm()
    crash_file.start(on_exception=alarm.ring)
    deafen_to_qt = hear_qt(on_fatal=crash_file.write_text)
    try:
        opened = open_painted(
            paths.window_state,
            appearance=early_setting(paths.settings, "appearance"),
            language=early_setting(paths.settings, "ui_language"),
        )
        from render_manager.system.logs import start_logging  # not before the first paint
        from render_manager.system.start_time import report_painted  # as above

        report_painted(was_painted=opened.window.was_painted)
        start_logging(paths, is_verbose=False)
        program = program_behind(opened, paths, ownership)
        program.night.hear_faults(crash_file, alarm)
        program.night.show_crash(last_crash)
        return program.run(files, is_demo=is_demo)
    finally:
        deafen_to_qt()
        crash_file.stop()
        ownership.release()


def open_painted(state_file: Path | None, *, appearance: str = "", language: str = "") -> Opened:
    """Open the window and return when it has been painted, or when that takes strangely long."""
    claim_taskbar_identity()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    _introduce(app)
    app.setQuitOnLastWindowClosed(False)
    speak_in_window(app, match([language] if language else users_languages(), languages()))
    theme = theme_of(appearance)
    apply_theme(app, theme)
    bridge, reading_pool = Bridge(), QtPool(name="reading", max_threads=2)
    window = MainWindow(
        theme=theme,
        bridge=bridge,
        errands=Errands(reading_pool),
        state_file=state_file,
        suffixes=SCENE_SUFFIXES,
    )
    window.show()
    give_up_at = time.monotonic() + PAINT_LIMIT_S
    while not window.was_painted and time.monotonic() < give_up_at:
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
    return Opened(app, window, bridge, reading_pool)


def _introduce(app: QApplication) -> None:
    """Tell Qt, and by it the desktop, what the program is called."""
    app.setApplicationName(PROGRAM_NAME)
    app.setApplicationVersion(__version__)
    app.setOrganizationName(PROGRAM_NAME)
    # Desktops look for our entry in their menu by it, and take name and icon from there.
    app.setDesktopFileName(DESKTOP_ID)


def program_behind(opened: Opened, paths: AppPaths, ownership: Ownership) -> "WindowProgram":
    """Return what runs behind an open window."""
    from render_manager.program import WindowProgram  # imports asyncio, which the first paint waits for not

    return WindowProgram(
        app=opened.app,
        window=opened.window,
        bridge=opened.bridge,
        reading_pool=opened.reading_pool,
        paths=paths,
        ownership=ownership,
        suffixes=SCENE_SUFFIXES,
    )


def show_problem(sentence: str) -> None:
    """Show a sentence in a box of its own, when no window could be opened, until it was read."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    box = QMessageBox(QMessageBox.Icon.Critical, "Render Manager", "")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(sentence)
    box.finished.connect(app.quit)
    box.open()
    app.exec()


def has_display() -> bool:
    """Return whether a window can be shown to somebody; always outside Linux."""
    variables = ("DISPLAY", "WAYLAND_DISPLAY")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in variables)


def _show_running(
    paths: AppPaths, ownership: Ownership, files: Sequence[Path], *, is_demo: bool
) -> int | None:
    """Have the program that runs already come to the front, with what this one was asked for.

    One that is just starting is waited for: several scenes may be double-clicked at once. None when it left
    meanwhile, so that this program owns the data now. Raises UserError when it has no window, or cannot take
    it.
    """
    from render_manager.services.control import RemoteOwner, be_or_use_owner  # not needed by the first start

    def tell(owner: RemoteOwner) -> int:
        if owner.kind == COMMAND:
            raise UserError(
                _(
                    "A Render Manager command (process {pid}) is rendering with these data; "
                    "the window can open when it is done."
                ).format(pid=owner.pid)
            )
        if is_demo:
            from render_manager.intake import sample_job  # as above

            owner.post(SubmitJob(sample_job(paths), str(uuid.uuid4())))
        _let_come_to_front(owner.pid)
        owner.show([path.absolute() for path in files])
        sys.stdout.write(
            _("Render Manager is running already (process {pid}); its window comes to the front.").format(
                pid=owner.pid
            )
            + "\n"
        )
        return 0

    return be_or_use_owner(ownership, paths.lock, tell)


def _let_come_to_front(pid: int) -> None:
    """Pass on this program's right to be in front; Windows lets no other process raise its window."""
    if sys.platform == "win32":
        import ctypes  # only Windows needs it

        ctypes.windll.user32.AllowSetForegroundWindow(pid)
