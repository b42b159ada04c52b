"""A new window in another language or appearance over the same program: part of the composition root."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from render_manager.domain.changes import ChangeSet
from render_manager.system.language import SOURCE_LANGUAGE, speak_language
from render_manager.ui.bridge import Bridge
from render_manager.ui.main_window import MainWindow
from render_manager.ui.theme import DARK, LIGHT, Theme, apply_theme, system_theme

if TYPE_CHECKING:
    from render_manager.system.settings import Settings


_SAID_ANEW = frozenset({"held", "engines", "complaints", "leaving"})
"""Sentences that the new window says itself, in its language."""


def theme_of(appearance: str) -> Theme:
    """Return the theme that was chosen, the system's where nothing was."""
    return {"dark": DARK, "light": LIGHT}.get(appearance) or system_theme()


def speak_in_window(app: QApplication, language: str) -> None:
    """Have Qt's own texts, dates and numbers follow a language that is spoken."""
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    system, spoken = QLocale.system(), QLocale(language)
    # Somebody who reads English may write dates and numbers as elsewhere.
    is_theirs = language == SOURCE_LANGUAGE or system.language() == spoken.language()
    QLocale.setDefault(system if is_theirs else spoken)
    translator = QTranslator(app)
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    if translator.load(f"qtbase_{language}", str(folder)):
        app.installTranslator(translator)


def renewed_window(old: MainWindow, settings: "Settings", bridge: Bridge) -> MainWindow:
    """Return a window like the old one, in the language and appearance of the settings; shown."""
    app = QGuiApplication.instance()
    assert isinstance(app, QApplication)
    speak_in_window(app, speak_language(settings.ui_language))
    theme = theme_of(settings.appearance)
    apply_theme(app, theme)
    old.remember()
    window = MainWindow(
        theme=theme,
        bridge=bridge,
        errands=old.errands,
        state_file=old.state_file,
        suffixes=old.suffixes,
        when_done=old.when_done,
    )
    window.setWindowState(old.windowState())
    if not old.isHidden():
        window.show()
    window.load_icons()
    return window


def hand_over(old: MainWindow, new: MainWindow) -> None:
    """Have the new window show what the old one did."""
    # What was deleted a moment ago cannot be brought back by a window that does not know of it.
    old.orders.undo.finish()
    new.jobs.model.notes = old.jobs.model.notes
    new.apply(ChangeSet(jobs={job.id: job for job in old.jobs.model.jobs()}))
    new.jobs.chips.set_text(old.jobs.chips.filter.text())
    new.jobs.model.look(old.jobs.model.view)
    current = old.jobs.current_job()
    if current is not None:
        new.jobs.select_job(current.id)
    new.frames.apply(ChangeSet(progress=old.frames.model.all_progress()))
    if old.hold.is_held:
        new.hold.show(is_held=True)
    new.when_done.counting.emit(new.when_done.seconds_left)
    for code, text in old.banner.sentences.items():
        if code not in _SAID_ANEW:
            new.banner.say(code, text)
    row, drafts = old.submit.list.currentIndex().row(), old.submit.hand_over()
    if drafts:
        new.submit.take_over(drafts, row)
        new.show_submit()
