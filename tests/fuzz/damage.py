"""Wounds for good files: wrong bits and numbers, cuts, repetitions, and words that begin something."""

import random
import struct
from collections.abc import Callable, Sequence

LARGEST_BYTES = 1 << 20
"""What grows past this is cut: an example must not take long by its size alone."""

EXTREMES = [
    b"\0",
    b"\xff",
    b"\0" * 4,
    b"\xff" * 4,
    *(struct.pack(order + kind, value) for order in "<>" for kind, value in (("I", 1 << 31), ("i", -1))),
    *(struct.pack(order + kind, value) for order in "<>" for kind, value in (("I", 1 << 30), ("H", 0x7FFF))),
    struct.pack("<q", (1 << 63) - 1),
    struct.pack(">Q", 1 << 63),
]
"""Numbers of binary files at which sizes and signs go wrong."""

ODD_TEXTS = [
    *(
        text.encode()
        for text in ("\x1b[2J", "\x1b]0;x\x07", "\r", "\n", "\0", "\u202e", "\u2028", "\x85", "\ufeff")
    ),
    *(
        text.encode()
        for text in ("<b>", "<img src='file:///x'>", "&amp;", "$(x)", "`x`", "%PATH%", "{x}", "{0}")
    ),
    *(b"9" * 30, b"-1", b"1e999", b"nan", b"inf", b"0x", b"1_0", "٣".encode(), "²".encode(), b"\xed\xa0\x80"),
    *(
        b"[" * 2000,
        b"{" * 500,
        b'"',
        b"'",
        b"\\",
        b"\\ud800",
        b"null",
        b"true",
        b"[]",
        b"{}",
        b"=",
        b",",
        b";",
    ),
    *(b"a" * 70_000, b"\xc3", b"\xff\xfe", b" " * 5000, b"%s", b"../..", b"\\\\server\\share", b"CON"),
]
"""Texts that somebody somewhere did not think of."""

Wound = Callable[[bytearray, int, random.Random, Sequence[bytes]], None]


def damage(data: bytes, dice: random.Random, words: Sequence[bytes]) -> bytes:
    """Return data with a few random wounds; `words` are those that begin something in such a file."""
    changed = bytearray(data)
    for _number in range(dice.choice([1, 1, 2, 3, 8, 40])):
        dice.choice(WOUNDS)(changed, _find_place(changed, dice, words), dice, words)
        del changed[LARGEST_BYTES:]
    return bytes(changed)


def _find_place(data: bytearray, dice: random.Random, words: Sequence[bytes]) -> int:
    """Return a place: any, near the start, near the end, or at a word that begins something."""
    if not data:
        return 0
    kind = dice.randrange(5)
    if kind == 0:
        return dice.randrange(min(400, len(data)))
    if kind == 1:
        return len(data) - 1 - dice.randrange(min(400, len(data)))
    if kind == 2 and words:
        found = data.find(dice.choice(words), dice.randrange(len(data)))
        if found >= 0:
            return min(len(data) - 1, found + dice.randrange(48))
    return dice.randrange(len(data))


def _flip(data: bytearray, place: int, dice: random.Random, _words: Sequence[bytes]) -> None:
    if data:
        data[place] ^= 1 << dice.randrange(8)


def _overwrite(data: bytearray, place: int, dice: random.Random, _words: Sequence[bytes]) -> None:
    new = dice.choice([*EXTREMES, dice.randbytes(dice.randrange(1, 12))])
    data[place : place + len(new)] = new


def _cut(data: bytearray, place: int, _dice: random.Random, _words: Sequence[bytes]) -> None:
    del data[place:]


def _remove(data: bytearray, place: int, dice: random.Random, _words: Sequence[bytes]) -> None:
    del data[place : place + dice.choice([1, 4, 24, 100, 1000, 50_000])]


def _repeat(data: bytearray, place: int, dice: random.Random, _words: Sequence[bytes]) -> None:
    data[place:place] = data[place : place + dice.choice([1, 8, 24, 100, 1000])] * dice.choice([1, 1, 2, 50])


def _insert(data: bytearray, place: int, dice: random.Random, _words: Sequence[bytes]) -> None:
    data[place:place] = dice.choice([dice.randbytes(dice.randrange(1, 100)), *EXTREMES])


def _insert_text(data: bytearray, place: int, dice: random.Random, words: Sequence[bytes]) -> None:
    data[place:place] = dice.choice([*ODD_TEXTS, *words])


def _overwrite_text(data: bytearray, place: int, dice: random.Random, words: Sequence[bytes]) -> None:
    new = dice.choice([*ODD_TEXTS, *words])
    data[place : place + dice.randrange(1, 1 + min(len(new), 200))] = new


WOUNDS: list[Wound] = [_flip, _overwrite, _cut, _remove, _repeat, _insert, _insert_text, _overwrite_text]
