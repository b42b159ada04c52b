"""Texts from elsewhere do nothing to a terminal but to be seen."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.printable import one_line

HARMFUL = {"Cc", "Cs", "Zl", "Zp"}
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_good_texts_stay() -> None:
    for text in ("", "Küche 影 – «x»", "C:\\a b\\%PATH%", "\u3000", "👩\u200d🚀", "سلام"):
        assert one_line(text) == text


def test_what_steers_a_terminal_is_seen_instead() -> None:
    assert one_line("a\x1b[31mb\x07\r\nc\x7f\x9b2J\0") == "a␛[31mb␇␍␊c␡�2J␀"
    assert one_line("rtl\u202egpj.exe\u2066\ud800\u2028") == "rtl�gpj.exe���"


@given(st.text(st.characters()))
def test_nothing_harmful_is_left(text: str) -> None:
    shown = one_line(text)
    assert len(shown) == len(text)
    assert not {unicodedata.category(letter) for letter in shown} & HARMFUL
    assert not {unicodedata.bidirectional(letter) for letter in shown} & TURNING
    assert one_line(shown) == shown
    shown.encode()
