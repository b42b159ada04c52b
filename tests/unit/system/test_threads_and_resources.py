"""Plain threads behind the pool protocol, and the files that ship with the program."""

import sys
import threading

import pytest
from support.log_watch import LogWatch

from render_manager.system.clock import SystemClock
from render_manager.system.resources import resource, resource_dir
from render_manager.system.threads import ExecutorPool


def test_functions_run_on_other_threads_and_are_waited_for() -> None:
    pool = ExecutorPool(name="test", max_threads=2)
    names: list[str] = []
    for _count in range(20):
        pool.submit(lambda: names.append(threading.current_thread().name))
    pool.finish()
    assert len(names) == 20
    assert all(name.startswith("test") for name in names)


def test_a_function_that_fails_is_told_and_harms_no_other(expected_logs: LogWatch) -> None:
    expected_logs.expect("a function on a test thread failed")
    pool = ExecutorPool(name="test", max_threads=1)
    done = threading.Event()

    def fail() -> None:
        raise RuntimeError("a bug")

    pool.submit(fail)
    pool.submit(done.set)
    pool.finish()
    assert done.is_set()


def test_the_clocks() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()
    assert clock.now() > 1_700_000_000


def test_resources_of_a_frozen_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", "/bundle", raising=False)
    assert resource_dir().as_posix().endswith("/bundle/resources")


def test_the_sample_scene_ships() -> None:
    scene = resource("sample", "sample_scene.blend")
    assert scene.is_file()
    assert scene.stat().st_size < 1024 * 1024
