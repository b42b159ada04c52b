"""Whether the system asks programs to keep still; Qt says nothing of it before 6.12."""

import sys
from pathlib import Path

from PySide6.QtCore import QSettings

FADE_MS = 120
"""How long a new picture takes to appear."""
_SPI_GETCLIENTAREAANIMATION = 0x1042


def wants_stillness(home: Path | None = None) -> bool:
    """Return whether the system asks for reduced motion; reads its settings, cheap enough for a start."""
    if sys.platform == "win32":
        import ctypes

        wanted = ctypes.c_int(1)
        ctypes.windll.user32.SystemParametersInfoW(_SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(wanted), 0)
        return not wanted.value
    home = Path.home() if home is None else home
    if sys.platform == "darwin":
        file = home / "Library/Preferences/com.apple.universalaccess.plist"
        return _value(file, "reduceMotion", QSettings.Format.NativeFormat) in ("1", "true")
    gtk = _value(home / ".config/gtk-3.0/settings.ini", "Settings/gtk-enable-animations")
    kde = _value(home / ".config/kdeglobals", "KDE/AnimationDurationFactor")
    return gtk in ("0", "false") or kde in ("0", "0.0")


def _value(file: Path, key: str, form: QSettings.Format = QSettings.Format.IniFormat) -> str:
    return str(QSettings(str(file), form).value(key, "")).lower() if file.is_file() else ""
