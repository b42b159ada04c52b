"""Does the window open, in every language and appearance, with all that is painted in it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from render_manager.domain.texts import gettext as _
from render_manager.media import examine
from render_manager.self_test.results import Bench, FailedCheck, SkippedCheck
from render_manager.system.frozen import is_frozen
from render_manager.system.language import SOURCE_LANGUAGE, languages, speak_language, users_languages
from render_manager.system.resources import resource

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

    from render_manager.window import Opened

APPEARANCES = ("light", "dark")
PICTURE_PX = (1280, 800)
FEWEST_COLOURS = 8
"""An empty window has one; ours has backgrounds, lines, and letters with their soft edges."""


def check_window(bench: Bench) -> str:
    """Open the window in every language and appearance; Qt is imported by this check alone."""
    try:
        from PySide6.QtCore import qVersion

        from render_manager.ui.qt_messages import hear_qt
        from render_manager.window import has_display
    except ImportError as error:
        kind = FailedCheck if is_frozen() else SkippedCheck
        raise kind(_("Qt cannot be loaded: {why}.").format(why=error)) from error
    if "QT_QPA_PLATFORM" not in os.environ and not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _check_platform()
    deafen = hear_qt(on_fatal=_tell_last_words)
    try:
        pictures = _pictures(bench)
    finally:
        deafen()
        speak_language(bench.settings.ui_language)
    platform, size = pictures[0][1], pictures[0][2].size()
    return _("painted {width} x {height} in {count} ways on the platform {platform}, Qt {version}").format(
        width=size.width(), height=size.height(), count=len(pictures), platform=platform, version=qVersion()
    )


def _check_platform() -> None:
    """See that the plug-in is there without which Qt ends the whole process."""
    from PySide6.QtCore import QLibraryInfo

    usual = {"win32": "windows", "darwin": "cocoa"}.get(sys.platform, "")
    platform = os.environ.get("QT_QPA_PLATFORM", usual).partition(":")[0].partition(";")[0]
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), "platforms")
    if not any(folder.glob(f"*q{platform}*")):
        raise FailedCheck(
            _("Qt's plug-in for the platform {platform} is missing in {folder}.").format(
                platform=platform, folder=folder
            )
        )


def _tell_last_words(text: str) -> None:
    sys.stderr.write(f"Qt: {text}\n")
    sys.stderr.flush()


def _pictures(bench: Bench) -> list[tuple[str, str, "QPixmap"]]:
    """Return pictures of the window, each with language and platform; save the one that is wanted."""
    from render_manager.system.language import match
    from render_manager.window import open_painted

    users = match(
        [bench.settings.ui_language] if bench.settings.ui_language else users_languages(), languages()
    )
    pictures = []
    for language in sorted(languages(), key=lambda one: one == users):
        for appearance in APPEARANCES:
            speak_language(language)
            opened = open_painted(None, appearance=appearance, language=language)
            # What is wrong with it is said to the user.
            speak_language(bench.settings.ui_language)
            try:
                picture = _judged(opened, language)
            finally:
                _close(opened)
            pictures.append((language, opened.app.platformName(), picture))
    _check_thumbnail(bench.place("window"))
    # The last one: dark, in the user's language.
    if bench.screenshot is not None and not pictures[-1][2].save(str(bench.screenshot), "PNG"):
        raise FailedCheck(_("The picture {path} could not be written.").format(path=bench.screenshot))
    return pictures


def _colours_of(picture: "QPixmap") -> int:
    """Return how many colours there are in points all over a picture."""
    image = picture.toImage()
    return len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)})


def _judged(opened: "Opened", language: str) -> "QPixmap":
    from PySide6.QtCore import QCoreApplication

    from render_manager.window import PAINT_LIMIT_S

    if not opened.window.was_painted:
        raise FailedCheck(_("The window was not painted within {limit:.0f} s.").format(limit=PAINT_LIMIT_S))
    opened.window.load_icons()
    _check_icons(opened)
    if language != SOURCE_LANGUAGE and QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel":
        raise FailedCheck(
            _("Qt's own texts are not there in the language {language}.").format(language=language)
        )
    opened.window.resize(*PICTURE_PX)
    opened.app.processEvents()
    picture = opened.window.grab()
    if picture.isNull() or _colours_of(picture) < FEWEST_COLOURS:
        raise FailedCheck(_("The window is empty."))
    return picture


def _close(opened: "Opened") -> None:
    """Close a window for good: the next appearance is laid over every window that still exists."""
    from PySide6.QtCore import QCoreApplication, QEvent

    opened.window.let_close()
    opened.reading_pool.finish()
    opened.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _check_icons(opened: "Opened") -> None:
    """Have every icon of states and actions made from its font, and the plots built."""
    from render_manager.ui.frame_plots import SeriesPlot
    from render_manager.ui.state_looks import Icons, frame_looks, job_looks, marked_look, retry_look

    icons = Icons(opened.window.theme)
    looks = [*frame_looks().values(), *job_looks().values(), marked_look(), retry_look()]
    for look in looks:
        image = icons.colored(look.icon_name, look.color).pixmap(16, 16).toImage()
        if not any(
            image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())
        ):
            raise FailedCheck(_("The icon {name} is empty.").format(name=look.icon_name))
    SeriesPlot(opened.window.theme, unit=_("seconds")).deleteLater()


def _check_thumbnail(folder: Path) -> None:
    """Have Qt read a thumbnail as the frame grid does: its JPEG reader is a file of its own."""
    from PySide6.QtGui import QImageReader

    thumbnail = folder / "thumbnail.jpg"
    examine(resource("selftest", "small.png"), thumbnail=thumbnail)
    reader = QImageReader(str(thumbnail))
    if reader.read().isNull():
        raise FailedCheck(
            _("Qt cannot read the thumbnail {path}: {why}.").format(path=thumbnail, why=reader.errorString())
        )
