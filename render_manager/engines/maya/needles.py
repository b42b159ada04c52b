"""Finds a word in great amounts of numbers, faster than searching for it.

A word is searched with Python's own search only near a letter of it that numbers do not have: looking for one
byte is many times faster, and nearly all of a large scene is numbers. In text it costs next to nothing. Pure.
"""

from dataclasses import dataclass

_BLOCK = 4 << 10
"""Bytes that are searched for the word from a rare letter on, before the next rare letter is looked for."""


@dataclass(frozen=True, slots=True)
class Needle:
    """A word and its rarest letter."""

    word: bytes
    rare: bytes

    def places(self, data: bytes, start: int, end: int) -> list[int]:
        """Return where the word begins from `start` on and before `end`; it may reach beyond."""
        find, word, rare = data.find, self.word, self.rare
        length, offset = len(word), word.index(rare)
        stop = min(len(data), end + length - 1)
        found = []
        at = start
        while (letter := find(rare, at, stop)) >= 0:
            at = max(at, letter - offset)
            block = min(at + _BLOCK, stop)
            place = find(word, at, block)
            while place >= 0:
                found.append(place)
                place = find(word, place + length, block)
            if block >= stop:
                break
            at = max(at, block - length + 1)
        return found
