"""Reading a log line by line without ever holding more of it than is looked at."""

import io

import pytest

from render_manager.services.cli import looking
from render_manager.services.cli.looking import bounded_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a\nb", ["a\n", "b"]),
        ("a\rb\r\n\nc\n", ["a\rb\r\n", "\n", "c\n"]),
        ("x" * 9 + "\nend\n", ["x" * 9 + "\n", "end\n"]),
        ("x" * 10 + "\nend\n", ["x" * 10, "end\n"]),
        ("x" * 55 + "\nend", ["x" * 10, "end"]),
        ("x" * 50, ["x" * 10]),
    ],
)
def test_a_line_is_cut_and_the_next_one_is_whole(
    monkeypatch: pytest.MonkeyPatch, text: str, lines: list[str]
) -> None:
    monkeypatch.setattr(looking, "LONGEST_LINE", 10)
    assert list(bounded_lines(io.StringIO(text, newline="\n"))) == lines
