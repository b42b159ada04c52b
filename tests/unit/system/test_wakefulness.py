"""Keeping the computer awake, with a stand-in for the system behind wakepy."""

import threading

import pytest
import wakepy
from support.log_watch import LogWatch

from render_manager.system.wakefulness import Wakefulness


class Mode:
    """Remembers when it was entered and left, and on which threads."""

    def __init__(self, *, active: bool = True, fails: bool = False) -> None:
        self.active = active
        self.result = "nothing to ask"
        self.fails = fails
        self.seen: list[tuple[str, int]] = []

    def __enter__(self) -> "Mode":
        if self.fails:
            raise OSError("no such bus")
        self.seen.append(("held", threading.get_ident()))
        return self

    def __exit__(self, *_error: object) -> None:
        self.seen.append(("let go", threading.get_ident()))


@pytest.fixture
def mode(monkeypatch: pytest.MonkeyPatch) -> Mode:
    mode = Mode()
    monkeypatch.setattr(wakepy.keep, "running", lambda **_values: mode)
    return mode


def test_it_is_held_once_and_let_go_on_the_same_thread(mode: Mode) -> None:
    wakefulness = Wakefulness()
    for is_awake in (True, True, False, False, True):
        wakefulness.want(is_awake=is_awake)
    wakefulness.close()
    assert [word for word, _thread in mode.seen] == ["held", "let go", "held", "let go"]
    threads = {thread for _word, thread in mode.seen}
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_a_system_that_offers_nothing_is_no_mistake(mode: Mode) -> None:
    mode.active = False
    wakefulness = Wakefulness()
    wakefulness.want(is_awake=True)
    wakefulness.close()
    assert [word for word, _thread in mode.seen] == ["held", "let go"]


def test_a_library_that_fails_is_logged(mode: Mode, expected_logs: LogWatch) -> None:
    expected_logs.expect("keeping the computer awake")
    mode.fails = True
    wakefulness = Wakefulness()
    wakefulness.want(is_awake=True)
    wakefulness.close()
    assert mode.seen == []
