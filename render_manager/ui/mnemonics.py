"""Texts of actions and menus without the signs that mark their keys."""

import re

_CJK = re.compile(r"\(&\w\)")
"""How a mnemonic is written where the text has no Latin letters: in brackets behind it."""


def plain_title(text: str) -> str:
    """Return the text of an action or a menu without its mnemonic, and without the dots of a dialog."""
    without = _CJK.sub("", text.removesuffix("…"))
    return without.replace("&&", "\0").replace("&", "").replace("\0", "&")
