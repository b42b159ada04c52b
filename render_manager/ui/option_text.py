"""Options that are typed as text, because no field of the form is for them."""

import os
import shlex


def pairs(text: str, *, is_windows: bool = os.name == "nt") -> dict[str, str]:
    """Return KEY=VALUE pairs of a line; what is none is kept under its own name, to be refused by name.

    On Windows a backslash divides folders and an apostrophe is a letter of names.
    """
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    if is_windows:
        lexer.escape, lexer.quotes = "", '"'
    try:
        words = list(lexer)
    except ValueError:
        words = text.split()
    found = {}
    for word in words:
        name, _equals, value = word.partition("=")
        found[name.replace("-", "_")] = value
    return found
