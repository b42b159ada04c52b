"""When a worker is ended by us: limits, where it is, what is seen of it, and what is said then."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.jobs import make_spec
from support.watched import FakeProcess, batch_order, watcher_of

from render_manager.domain.limits import Limits
from render_manager.engines.protocols import Patience
from render_manager.scheduling import watcher
from render_manager.scheduling.memory_watch import LEAST_LEFT_BYTES, PAUSE_S, MemoryWatch
from render_manager.scheduling.vigil import Cause, Intervention, Pace, Vigil

GIBIBYTE = 2**30


@pytest.mark.parametrize(
    ("patience", "limits", "vigil"),
    [
        (Patience(), Limits(), Vigil(900.0, 1800.0, None, None)),
        (Patience(stall_s=3600.0), Limits(), Vigil(3600.0, 3600.0, None, None)),
        (Patience(stall_s=None), Limits(), Vigil(None, None, None, None)),
        (Patience(), Limits(silence_s=60.0), Vigil(60.0, 1800.0, None, None)),
        (Patience(), Limits(silence_s=0), Vigil(None, None, None, None)),
        (Patience(), Limits(start_s=10.0, frame_s=20.0, memory_bytes=5), Vigil(900.0, 10.0, 20.0, 5)),
        (Patience(frame_s=7.0), Limits(frame_s=0), Vigil(900.0, 1800.0, None, None)),
    ],
)
def test_a_job_has_its_own_limits_or_those_of_its_engine(
    patience: Patience, limits: Limits, vigil: Vigil
) -> None:
    assert Vigil.of(patience, limits) == vigil


@pytest.mark.parametrize(
    ("seconds", "words"), [(3.2, "after 3 s, "), (90.0, "after 1:30 min, "), (7200.0, "after 2:00 h, ")]
)
def test_the_limit_of_a_frame_is_said_as_long_as_it_was(seconds: float, words: str) -> None:
    assert words in Intervention(Cause.FRAME_TOO_LONG, seconds).diagnosis("Maya").text


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_is_said_in_whole_sentences(cause: Cause) -> None:
    seen = Intervention(cause, 1200.0, 61 * GIBIBYTE, "WerFault")
    diagnosis = seen.diagnosis("Maya")
    assert diagnosis.code == cause.value
    assert diagnosis.text.endswith(".")
    assert diagnosis.advice.endswith(".")
    assert "{" not in diagnosis.sentence
    assert not diagnosis.permanent


def test_where_a_worker_is() -> None:
    pace = Pace(100.0)
    assert (pace.has_started, pace.at_frame_s(130.0)) == (False, 30.0)
    pace.began(140.0)
    assert (pace.has_started, pace.at_frame_s(150.0)) == (True, 10.0)
    pace.ended(160.0, waits=True)
    assert pace.at_frame_s(500.0) is None
    pace.handed(600.0)
    assert pace.at_frame_s(601.0) == 1.0
    pace.ended(700.0, waits=False)
    assert pace.at_frame_s(705.0) == 5.0, "a batch worker goes on by itself"


class Seen:
    """A watcher with a clock that a test sets, and what it said."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, vigil: Vigil) -> None:
        self.now_s = 0.0
        monkeypatch.setattr(watcher.time, "monotonic", lambda: self.now_s)
        self.process, self.pace = FakeProcess(), Pace(0.0)
        self.ended: list[Intervention] = []
        self.touched = 0
        self.scene = folder / "scene.fake"
        self.scene.write_text("one")
        spec = make_spec("1-2", scene=self.scene)
        self.watcher = watcher_of(
            replace(batch_order(folder), spec=spec, vigil=vigil),
            process=self.process,
            pace=self.pace,
            memory=MemoryWatch(available_bytes=lambda: self.available_bytes, total_bytes=64 * GIBIBYTE),
            ended=self.ended.append,
            touched=self._touch,
        )
        self.available_bytes = 32 * GIBIBYTE

    def _touch(self) -> None:
        self.touched += 1

    def look(self, seconds: float = 1.0, times: int = 1) -> list[Cause]:
        for _time in range(times):
            self.now_s += seconds
            self.watcher._look()
        return [reason.cause for reason in self.ended]


def test_the_start_has_a_longer_limit_than_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(tmp_path, monkeypatch, Vigil(silence_s=10.0, start_s=30.0))
    assert seen.look(times=29) == []
    seen.pace.began(seen.now_s)
    assert seen.look() == [Cause.STALLED], "silence counts from the last sign of life"


def test_an_engine_that_never_gets_going(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(tmp_path, monkeypatch, Vigil(silence_s=10.0, start_s=30.0))
    assert seen.look(times=31) == [Cause.STALLED_AT_START]


def test_a_frame_that_works_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(tmp_path, monkeypatch, Vigil(silence_s=10.0, start_s=10.0, frame_s=60.0))
    work = iter(range(10_000))
    seen.process.cpu = lambda: float(next(work))
    seen.pace.began(0.0)
    assert seen.look(times=59) == []
    assert seen.look() == [Cause.FRAME_TOO_LONG]
    assert seen.ended[0].seconds == 60.0


def test_a_night_in_which_the_computer_slept_is_no_time_of_a_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of Windows goes on meanwhile."""
    seen = Seen(tmp_path, monkeypatch, Vigil(frame_s=600.0))
    work = iter(range(10_000))
    seen.process.cpu = lambda: float(next(work))
    seen.pace.began(0.0)
    assert seen.look(times=60) == []
    seen.now_s += 8 * 3600.0
    assert seen.look(times=400) == []
    assert Cause.FRAME_TOO_LONG in seen.look(times=200)


def test_who_waits_for_a_frame_may_be_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(tmp_path, monkeypatch, Vigil(silence_s=10.0, start_s=10.0, frame_s=20.0))
    seen.pace.ended(0.0, waits=True)
    assert seen.look(times=500) == []
    seen.pace.handed(seen.now_s)
    assert seen.look(times=9) == []
    assert Cause.STALLED in seen.look(times=2)


def test_the_limit_of_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(tmp_path, monkeypatch, Vigil(memory_bytes=8 * GIBIBYTE))
    seen.process.used_bytes = 8 * GIBIBYTE
    assert seen.look(times=watcher.RARE_LOOKS) == []
    seen.process.used_bytes = 9 * GIBIBYTE
    assert seen.look(times=watcher.RARE_LOOKS) == [Cause.MEMORY_LIMIT]
    assert "9.0 GB" in seen.ended[0].diagnosis("Maya").text


def test_before_the_computer_swaps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(tmp_path, monkeypatch, Vigil())
    seen.process.used_bytes = 60 * GIBIBYTE
    assert seen.look() == [], "there is memory left"
    seen.available_bytes = 1 * GIBIBYTE
    assert seen.look() == [Cause.MEMORY_FULL]


def test_only_the_hungriest_goes_and_one_after_the_other() -> None:
    watch = MemoryWatch(available_bytes=lambda: LEAST_LEFT_BYTES - 1, total_bytes=10 * GIBIBYTE)
    assert not watch.must_end(1, 2 * GIBIBYTE, 0.0), "others fill the memory"
    assert watch.must_end(2, 6 * GIBIBYTE, 0.0)
    watch.forget(2)
    assert not watch.must_end(3, 3 * GIBIBYTE, PAUSE_S / 2), "the memory of the first is not free yet"
    assert watch.must_end(3, 3 * GIBIBYTE, PAUSE_S + 1)


def test_a_crash_reporter_is_seen_twice_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Seen(tmp_path, monkeypatch, Vigil())
    seen.process.programs = ("maya", "cer_dialog")
    assert seen.look(times=watcher.RARE_LOOKS) == []
    seen.process.programs = ("maya",)
    assert seen.look(times=watcher.RARE_LOOKS) == []
    seen.process.programs = ("maya", "senddmp")
    assert seen.look(times=2 * watcher.RARE_LOOKS) == [Cause.CRASH_REPORTER]
    assert "senddmp" in seen.ended[0].diagnosis("Maya").text
    assert seen.ended[0].diagnosis("Maya").crashed


def test_a_dialog_counts_when_nothing_else_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(tmp_path, monkeypatch, Vigil())
    seen.process.titles = ("Missing Fonts",)
    assert seen.look(times=55) == []
    assert Cause.DIALOG in seen.look(times=11)
    assert "“Missing Fonts”" in seen.ended[0].diagnosis("Maya").text


def test_a_scene_that_is_saved_while_it_renders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(tmp_path, monkeypatch, Vigil())
    seen.look(times=3 * watcher.RARE_LOOKS)
    assert seen.touched == 0
    seen.scene.write_text("another")
    seen.look(times=3 * watcher.RARE_LOOKS)
    assert seen.touched == 1
    seen.scene.unlink()
    seen.look(times=2 * watcher.RARE_LOOKS)
    assert (seen.touched, seen.ended) == (1, []), "away, or being saved"
