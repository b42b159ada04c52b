import threading

from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from qt.support import Posts, make_job
from render_manager.domain.changes import ChangeSet
from render_manager.domain.commands import PauseJobs
from render_manager.ui.bridge import Bridge
from render_manager.ui.pools import Errands, QtPool


def test_change_sets_arrive_on_the_gui_thread_in_order(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[tuple[int, int]] = []
    bridge.changed.connect(lambda changes: seen.append((next(iter(changes.jobs)), threading.get_ident())))

    def send() -> None:
        for number in range(100):
            bridge.receive(ChangeSet(jobs={number: make_job(number)}))

    thread = threading.Thread(target=send)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(seen) == 100)
    assert [number for number, _thread in seen] == list(range(100))
    assert {thread for _number, thread in seen} == {threading.get_ident()}


def test_commands_before_the_core_is_up_wait_and_keep_their_order() -> None:
    bridge, posts = Bridge(), Posts()
    bridge.post(PauseJobs((1,)))
    bridge.post(PauseJobs((2,)))
    assert posts.given == []
    bridge.connect_to(posts)
    bridge.post(PauseJobs((3,)))
    assert posts.given == [PauseJobs((1,)), PauseJobs((2,)), PauseJobs((3,))]


def test_five_thousand_signals_do_not_break_python(qtbot: QtBot) -> None:
    # PySide6 6.12.0 on Python 3.11 loses a reference to True at every emit and aborts after about 580.
    class Emitter(QObject):
        fired = Signal(bool)

    emitter, count = Emitter(), []
    emitter.fired.connect(count.append)
    for _number in range(5000):
        emitter.fired.emit(True)
    assert len(count) == 5000
    assert all(count)


def test_an_errand_answers_on_the_gui_thread(qtbot: QtBot, errands: Errands) -> None:
    answers: list[tuple[int, int]] = []
    errands.run(threading.get_ident, lambda thread: answers.append((thread, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(answers))
    worked_on, answered_on = answers[0]
    assert worked_on != threading.get_ident()
    assert answered_on == threading.get_ident()


def test_an_errand_that_fails_answers_none(qtbot: QtBot, errands: Errands, expected_logs) -> None:  # type: ignore[no-untyped-def]
    expected_logs.expect("an errand failed")
    answers: list[object] = []
    errands.run(lambda: 1 / 0, answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [None]


def test_a_pool_waits_for_everything_it_was_given() -> None:
    pool = QtPool(name="test", max_threads=2)
    done: list[int] = []
    for number in range(20):
        pool.submit(lambda number=number: done.append(number))
    pool.finish()
    assert sorted(done) == list(range(20))


def test_errands_say_when_none_is_under_way(qtbot: QtBot, errands: Errands) -> None:
    heard: list[str] = []
    errands.when_idle(lambda: heard.append("at once"))
    gate = threading.Event()
    errands.run(gate.wait, lambda _done: heard.append("answer"))
    errands.when_idle(lambda: heard.append("idle"))
    assert heard == ["at once"]
    gate.set()
    qtbot.waitUntil(lambda: heard == ["at once", "answer", "idle"])
