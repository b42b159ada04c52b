"""One frame of a job for a test, with real processes: what it finds, and that nothing else is touched."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support import own_engines
from support.processes import wait_gone
from support.real import Program
from support.stand_in import install, installation_of, wishes, write_scene

from render_manager.assembly import build_trial_core
from render_manager.domain.changes import JobSnapshot
from render_manager.domain.readiness import Finding, Weight
from render_manager.services.one_frame_test import OneFrameTest

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="the stand-ins are scripts with a shebang line"),
    pytest.mark.timeout(120),
]


def stored(program: Program, scene: Path, output: Path, **wishes_: Any) -> JobSnapshot:
    """Store a job that nothing renders: there is no slot."""
    token = program.submit(scene, output=output, **wishes_)
    program.wait_for(lambda: token in program.jobs, "the job")
    return program.jobs[token]


def try_all(program: Program, jobs: Sequence[JobSnapshot], **values: Any) -> list[Finding]:
    found: list[Finding] = []
    make_test(program, **values).run(jobs, program.core.reader, found.append)
    return found


def make_test(program: Program, **values: Any) -> OneFrameTest:
    return OneFrameTest(
        lambda folder, subscribers: build_trial_core(
            folder, settings=program.settings, catalog=program.catalog, subscribers=subscribers
        ),
        **values,
    )


def test_a_good_frame_is_whole_and_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = tmp_path / "node-output"
    log = tmp_path / "rendered"
    monkeypatch.setenv("STAND_IN", wishes(extra=nodes, log=log)["STAND_IN"])
    with Program(tmp_path, installation_of(install(tmp_path / "bin")), slots=0) as program:
        scene = write_scene(tmp_path / "shot.blend", start=7, end=20)
        job = stored(program, scene, tmp_path / "out")
        (finding,) = try_all(program, [job])
        assert finding.weight is Weight.FINE, finding
        assert finding.text.startswith("Frame 7 of shot was rendered for a test in ")
        assert program.rows(job)[7].attempts == 0, "the queue knows nothing of it"
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["7"]
    assert not (tmp_path / "out").exists()
    assert not nodes.exists(), "not even what File Output nodes write goes to its folder"


def test_a_frame_that_fails_is_told_with_the_engines_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", wishes(error_at=[1])["STAND_IN"])
    with Program(tmp_path, installation_of(install(tmp_path / "bin")), slots=0) as program:
        job = stored(program, write_scene(tmp_path / "shot.blend"), tmp_path / "out")
        (finding,) = try_all(program, [job])
    assert finding.weight is Weight.STOPS
    assert "The stand-in does not like frame 1" in finding.text
    assert finding.job_id == job.id


def test_an_engine_of_batches_is_tried_with_its_own_rules(tmp_path: Path) -> None:
    engine = own_engines.toy(tmp_path / "toy")
    with Program(tmp_path, slots=0, engines=[engine]) as program:
        bad = own_engines.write_scene(tmp_path, "fatal_at = 3", name="bad")
        good = own_engines.write_scene(tmp_path, name="good")
        jobs = [
            stored(program, bad, tmp_path / "out-bad", frames="3-9"),
            stored(program, good, tmp_path / "out-good", frames="3-9"),
        ]
        failed, fine = try_all(program, jobs)
    assert failed.weight is Weight.STOPS
    assert "Frame 3 has no camera." in failed.text
    assert failed.advice == "Add one."
    assert fine.weight is Weight.FINE


def test_a_frame_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pids = tmp_path / "pids"
    monkeypatch.setenv("STAND_IN", wishes(hang_at=[1], pids=pids)["STAND_IN"])
    with Program(tmp_path, installation_of(install(tmp_path / "bin")), slots=0) as program:
        job = stored(program, write_scene(tmp_path / "shot.blend"), tmp_path / "out")
        (finding,) = try_all(program, [job], limit_s=3.0)
    assert finding.weight is Weight.WARNS
    assert "was not finished within 3 s" in finding.text
    wait_gone([int(pid) for pid in pids.read_text().split()])


def test_it_can_be_stopped_and_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pids = tmp_path / "pids"
    monkeypatch.setenv("STAND_IN", wishes(hang_at=[1], pids=pids)["STAND_IN"])
    with Program(tmp_path, installation_of(install(tmp_path / "bin")), slots=0) as program:
        job = stored(program, write_scene(tmp_path / "shot.blend"), tmp_path / "out")
        found: list[Finding] = []
        test = make_test(program)
        thread = threading.Thread(target=test.run, args=([job, job], program.core.reader, found.append))
        thread.start()
        test.stop()
        thread.join(30)
        assert not thread.is_alive()
    assert not found
    if pids.exists():
        wait_gone([int(pid) for pid in pids.read_text().split()])
