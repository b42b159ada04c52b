"""The drives of this computer, for engines that look for installations on each."""

import sys
from string import ascii_uppercase

_FIXED = 3
"""What Windows calls a disk that is built in."""


def fixed_drives() -> list[str]:
    """Return the drives of disks in this computer, such as `C:`; none but on Windows.

    One on the network may take minutes to answer, and one for discs asks for a disc
    (`engines/discovery.md`, rules for all).
    """
    drives: list[str] = []
    if sys.platform == "win32":
        import ctypes  # only Windows needs it

        kind_of = ctypes.windll.kernel32.GetDriveTypeW
        drives += [f"{letter}:" for letter in ascii_uppercase if kind_of(f"{letter}:\\") == _FIXED]
    return drives
