"""Which lines of a log our script in the engine printed for this program, not for people. No Qt."""

import re

OUR_MARK = "@RM"
"""How such lines begin; Unreal writes a time and the name of its log before it."""

_MARK = OUR_MARK.encode()
_STAMP = re.compile(rb"\[[0-9.:\-]{1,40}\]\[[ 0-9]{1,8}\]")
_STAMP_BEGUN = re.compile(rb"\[[0-9.:\-]{0,40}(?:\](?:\[[ 0-9]{0,8})?)?")
_UNREALS = b"LogPython: "
_LEVELS = (b"Display: ", b"Log: ", b"Warning: ", b"Error: ")
_UNREAL_STARTS = (b"[", b"L")
_LONGEST_START = 100
"""Bytes before which the mark has to stand."""


def is_ours(line: bytes, at: int = 0) -> bool:
    """Return whether the line that begins there is our script's."""
    if line.startswith(_MARK, at):
        return True
    if not line.startswith(_UNREAL_STARTS, at):
        return False
    stamp = _STAMP.match(line, at)
    at = stamp.end() if stamp else at
    if not line.startswith(_UNREALS, at):
        return False
    at += len(_UNREALS)
    at += next((len(level) for level in _LEVELS if line.startswith(level, at)), 0)
    return line.startswith(_MARK, at)


def may_become_ours(begun: bytes) -> bool:
    """Return whether a line of which only this is written yet may turn out to be our script's."""
    if not begun or len(begun) > _LONGEST_START:
        return False
    stamp = _STAMP.match(begun)
    rest = begun[stamp.end() :] if stamp else begun
    starts = (_MARK, _UNREALS + _MARK, *(_UNREALS + level + _MARK for level in _LEVELS))
    if any(start != rest and start.startswith(rest) for start in starts):
        return True
    return stamp is None and _STAMP_BEGUN.fullmatch(begun) is not None
