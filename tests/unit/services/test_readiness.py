"""The checks before the night: everything that is wrong is found, with its job and what to do."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.jobs import make_job
from support.log_watch import LogWatch

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.errors import UserError
from render_manager.domain.readiness import Finding, Remedy, Weight, in_order, verdict, would_stop
from render_manager.domain.states import JobState
from render_manager.engines.protocols import Installation, InstallationKind
from render_manager.services import readiness
from render_manager.services.readiness import Computer, ReadinessDesk, write_problem
from render_manager.system.power_source import PowerSource
from render_manager.system.restart_plan import RestartPlan
from render_manager.system.sleep_plan import SleepPlan

INSTALLATION = Installation(
    "fake", "fake:/opt/fake", (1,), "1.0", Path("/opt/fake"), InstallationKind.PROGRAM, "test"
)


class FakeEngine:
    id = "fake"
    name = "Fake"


class FakeCatalog:
    """One engine, installed unless a test says otherwise."""

    def __init__(self) -> None:
        self.found: Installation | None = INSTALLATION
        self.problem = ""

    def engine(self, engine_id: str) -> Any:
        return FakeEngine()

    def installation(self, key: str) -> Installation | None:
        if self.problem:
            raise UserError(self.problem)
        return self.found


class Desk:
    """A desk over a computer and a job, both changed by the test."""

    def __init__(self, folder: Path) -> None:
        self.catalog = FakeCatalog()
        scene = folder / "shot.blend"
        scene.write_bytes(b"BLENDER")
        job = make_job("1-10", scene=scene, output_dir=folder / "out" / "new", width=100, height=100)
        self.job: JobSnapshot = job.snapshot()
        self.thumbnails = folder
        self.slots: dict[str, int] = {}
        self.reserved_disk_bytes: int | None = None
        self.computer: dict[str, Any] = {
            "sleep": lambda: SleepPlan(None),
            "can_keep_awake": lambda: True,
            "restart": lambda: RestartPlan(False),
            "power": lambda: PowerSource(True, 100.0),
            "hour": lambda: 19,
        }

    def find(self, *jobs: JobSnapshot, is_held: bool = False) -> dict[str, Finding]:
        desk = ReadinessDesk(
            catalog=self.catalog,  # type: ignore[arg-type]
            slots=1,
            engine_slots=self.slots,
            thumbnail_dir=self.thumbnails,
            computer=Computer(**self.computer),
            reserved_disk_bytes=self.reserved_disk_bytes,
        )
        checks = desk.checks(jobs or (self.job,), is_held=is_held)
        return {finding.code: finding for check in checks for finding in check()}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("render_manager.engines.outlook.existing_of", lambda spec, engine: {})
    monkeypatch.setattr(readiness, "free_bytes", lambda folder: 500_000_000_000)
    return Desk(tmp_path)


def test_when_all_is_well_it_says_so(desk: Desk) -> None:
    found = desk.find()
    assert {finding.weight for finding in found.values()} == {Weight.FINE}
    assert verdict(found.values()) == "Nothing speaks against leaving."
    assert not list(desk.job.output_dir.parent.glob("*")), "nothing is made just by looking"


def gone_scene(desk: Desk) -> None:
    desk.job.project_file.unlink()


def no_program(desk: Desk) -> None:
    desk.catalog.problem = "Fake at /opt/fake is not on this computer any more."


def broken_program(desk: Desk) -> None:
    desk.catalog.found = replace(INSTALLATION, problem="It does not start.")


def no_slot(desk: Desk) -> None:
    desk.slots = {"fake": 0}


def closed_folder(desk: Desk) -> None:
    desk.job.output_dir.parent.write_text("a file where the folder should be")


def wanting_help(desk: Desk) -> None:
    desk.job = replace(desk.job, needs_help=True, reason="Waits for a licence.")


def on_battery(desk: Desk) -> None:
    desk.computer["power"] = lambda: PowerSource(False, 80.0)


def sleeping(desk: Desk) -> None:
    desk.computer |= {"sleep": lambda: SleepPlan(1800.0), "can_keep_awake": lambda: False}


def restarting(desk: Desk) -> None:
    desk.computer["restart"] = lambda: RestartPlan(True, active_hours=(8, 17))


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (gone_scene, "scene", "cannot be read: No such file"),
        (no_program, "engine", "is not on this computer any more"),
        (broken_program, "engine", "It does not start."),
        (no_slot, "slots", "no Fake may run"),
        (closed_folder, "output", "cannot be written to"),
        (wanting_help, "needs-help", "Waits for a licence."),
        (on_battery, "power", "80 % left"),
        (sleeping, "sleep", "goes to sleep after 30:00 min"),
        (restarting, "restart", "from 8:00 to 17:00"),
    ],
)
def test_what_would_stop_the_night_is_found(
    desk: Desk, spoil: Callable[[Desk], None], code: str, words: str
) -> None:
    spoil(desk)
    found = desk.find()
    assert found[code].weight is Weight.STOPS
    assert words in found[code].text
    assert would_stop(found.values())
    assert in_order(found.values())[0] is found[code]


def test_a_held_queue_and_a_paused_job_offer_to_go_on(desk: Desk) -> None:
    desk.job = replace(desk.job, paused=True, state=JobState.PAUSED)
    found = desk.find(is_held=True)
    assert (found["held"].weight, found["held"].remedy) == (Weight.STOPS, Remedy.GO_ON)
    assert (found["paused"].weight, found["paused"].remedy) == (Weight.WARNS, Remedy.RESUME)


@pytest.mark.parametrize(
    ("free", "weight"),
    [
        (500_000_000_000, Weight.FINE),
        (2_500_000_000, Weight.WARNS),
        (2_100_000_000, Weight.STOPS),
        (1_000, Weight.STOPS),
        (None, Weight.UNKNOWN),
    ],
)
def test_the_disk_is_held_against_what_is_to_come(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, free: int | None, weight: Weight
) -> None:
    monkeypatch.setattr(readiness, "free_bytes", lambda folder: free)
    # Ten PNG of 240 to 2,400 MB each, as far as one can tell.
    desk.job = replace(desk.job, width=55_000, height=10_000) if free != 500_000_000_000 else desk.job
    assert desk.find()["disk"].weight is weight


@pytest.mark.parametrize(
    ("reserved", "weight"),
    [
        (0, Weight.FINE),
        (497_000_000_000, Weight.FINE),
        (499_999_999_999, Weight.STOPS),
        (10**12, Weight.STOPS),
    ],
)
def test_what_is_to_stay_free_is_no_room_for_frames(desk: Desk, reserved: int, weight: Weight) -> None:
    """Jobs wait before that is taken."""
    desk.reserved_disk_bytes = reserved
    found = desk.find()["disk"]
    assert found.weight is weight
    assert ("are to stay free by the settings" in found.advice) is (weight is Weight.STOPS)


def test_a_computer_that_is_kept_awake_may_sleep_otherwise(desk: Desk) -> None:
    desk.computer["sleep"] = lambda: SleepPlan(1800.0)
    assert desk.find()["sleep"].weight is Weight.FINE
    desk.computer |= {"sleep": lambda: None, "can_keep_awake": lambda: False}
    assert desk.find()["sleep"].weight is Weight.UNKNOWN


def test_what_cannot_be_found_out_is_said_to_be_so(desk: Desk) -> None:
    def refuse() -> RestartPlan:
        raise PermissionError(13, "Permission denied")

    desk.computer["restart"] = refuse
    desk.catalog.found = None
    found = desk.find()
    assert found["restart"].weight is Weight.UNKNOWN
    assert found["engine"].weight is Weight.UNKNOWN
    assert "as far as it could be found out" in verdict(found.values())


def test_a_check_that_fails_hides_no_other(desk: Desk, expected_logs: LogWatch) -> None:
    def fail() -> SleepPlan:
        raise RuntimeError("broken")

    expected_logs.expect("a check before the night")
    desk.computer["sleep"] = fail
    found = desk.find()
    assert "broken" in found["internal"].text
    assert "power" in found


def test_an_empty_queue_deserves_a_look(desk: Desk) -> None:
    finished = replace(desk.job, state=JobState.COMPLETED)
    assert desk.find(finished)["empty"].weight is Weight.WARNS


def test_a_folder_that_is_not_there_is_tried_above(tmp_path: Path) -> None:
    assert write_problem(tmp_path / "a" / "b") == ""
    assert not list(tmp_path.iterdir())
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    (tmp_path / "file").touch()
    assert write_problem(tmp_path / "file" / "b")
