"""Texts from elsewhere, made so that a terminal, a log or a table shows them and does nothing else.

Names of files, scenes and layers may hold anything: escape sequences that rename a terminal's window or move
its cursor, line ends that fake a line of ours, marks that turn the direction of writing round.
"""

_PICTURES = {code: 0x2400 + code for code in range(0x20)}
"""Control characters to their pictures, as ␛ for Escape."""
_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Marks that change the direction of the letters behind them, so that `gpj.exe` reads as `exe.jpg`."""
_REPLACED = (*range(0x80, 0xA0), 0x2028, 0x2029, 0xFEFF, *_TURNING, *range(0xD800, 0xE000))
_TABLE = {**_PICTURES, 0x7F: 0x2421, **dict.fromkeys(_REPLACED, 0xFFFD)}


def one_line(text: str) -> str:
    """Return a text as one line in which every character is seen; what is a picture or � was none."""
    return text if text.isprintable() else text.translate(_TABLE)
