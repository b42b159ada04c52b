"""Plays a short sound with what the system has; a beep where it has nothing."""

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from render_manager.system.programs import find_program
from render_manager.ui.files import start_detached

PLAYERS = ("pw-play", "paplay", "aplay")
"""Programs that play a sound file on Linux desktops."""


def play(path: Path) -> None:
    """Play a WAV file and return at once."""
    if sys.platform == "win32":
        import winsound  # only Windows has it

        winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
        return
    players = ("afplay",) if sys.platform == "darwin" else PLAYERS
    player = next((found for name in players if (found := find_program(name))), None)
    if player is None or not start_detached(player, [str(path)]):
        QApplication.beep()
