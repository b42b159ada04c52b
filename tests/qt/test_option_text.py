"""Options typed as text: blanks in quotes, and paths as each system writes them."""

import pytest

from render_manager.ui.option_text import pairs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"path=D:\renders\x", {"path": r"D:\renders\x"}),
        (r'path="D:\my renders\x" b=2', {"path": r"D:\my renders\x", "b": "2"}),
        (r'"path=D:\my renders\x"', {"path": r"D:\my renders\x"}),
        (r"path=\\server\share\it's", {"path": r"\\server\share\it's"}),
        ('path="D:\\renders\\', {"path": '"D:\\renders\\'}),
    ],
)
def test_paths_of_windows_stay_whole(text: str, found: dict[str, str]) -> None:
    assert pairs(text, is_windows=True) == found


def test_elsewhere_words_are_those_of_a_shell() -> None:
    text = "path='/my renders/x' file-format=PNG note=a\\ b color=#fff"
    assert pairs(text, is_windows=False) == {
        "path": "/my renders/x",
        "file_format": "PNG",
        "note": "a b",
        "color": "#fff",
    }
    assert pairs("a='b c", is_windows=False) == {"a": "'b", "c": ""}
