"""The files in which windows remember their looks; private like every other file of the program's own."""

from pathlib import Path

from PySide6.QtCore import QSettings

from render_manager.system.private_files import begin_private, make_private


def open_to_write(file: Path) -> QSettings:
    """Return the settings in a file, made private first: Qt leaves it the modes that it has. GUI thread."""
    begin_private(file)
    make_private(file)
    return QSettings(str(file), QSettings.Format.IniFormat)
