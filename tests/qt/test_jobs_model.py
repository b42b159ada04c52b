from dataclasses import replace

from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from qt.support import make_job, with_counts
from render_manager.domain.changes import ChangeSet
from render_manager.domain.facts import FrameCompleted
from render_manager.domain.states import JobState
from render_manager.ui.models.job_order import JobColumn
from render_manager.ui.models.jobs_model import JOB_ROLE, JobsModel


def applied(*jobs, removed=()):  # type: ignore[no-untyped-def]
    return ChangeSet(jobs={job.id: job for job in jobs}, removed_jobs=tuple(removed))


def test_the_model_keeps_qts_rules_through_all_changes(qtmodeltester: ModelTester) -> None:
    model = JobsModel()
    qtmodeltester.check(model)
    model.apply(applied(make_job(1), make_job(2)))
    model.apply(applied(make_job(3)))
    model.apply(applied(replace(make_job(2), state=JobState.RUNNING)))
    model.apply(applied(removed=[1]))
    qtmodeltester.check(model)


def test_only_changed_rows_are_announced(qtbot: QtBot) -> None:
    model = JobsModel()
    model.apply(applied(*(make_job(number) for number in range(1, 11))))
    announced: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: announced.append((first.row(), last.row())))
    model.apply(applied(make_job(1), make_job(2), make_job(6)))
    assert announced == [(0, 1), (5, 5)]


def test_jobs_that_come_later_are_sorted_in() -> None:
    model = JobsModel()
    model.apply(applied(make_job(5)))
    model.apply(applied(make_job(3), make_job(7)))
    assert [job.id for job in model.shown()] == [3, 5, 7]
    assert model.job(3) is not None


def test_cells_say_what_they_should() -> None:
    model = JobsModel()
    job = replace(with_counts(make_job(1), completed=4, skipped=1), started_at=100.0, finished_at=865.0)
    model.apply(applied(job))
    assert model.index(0, JobColumn.DONE).data() == "5/10"
    assert model.index(0, JobColumn.ELAPSED).data() == "12:45"
    assert model.index(0, JobColumn.PRIORITY).data() == "5"
    assert model.index(0, JobColumn.NAME).data(JOB_ROLE) is job
    assert "shot_001.blend" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None
    titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in JobColumn]
    assert titles[0] == "Job"
    assert all(titles)


def test_removing_a_job_that_is_not_there_does_nothing() -> None:
    model = JobsModel()
    model.apply(applied(make_job(1), removed=[99]))
    assert [job.id for job in model.jobs()] == [1]


def left(model: JobsModel) -> str:
    return str(model.index(0, JobColumn.LEFT).data())


def test_what_is_left_is_as_sure_as_the_frames_were_alike() -> None:
    model = JobsModel()
    job = replace(
        with_counts(make_job(1, "1-1000"), completed=100, rendering=1),
        state=JobState.RUNNING,
        rendered_frames=100,
        render_seconds=1000.0,
    )
    model.apply(applied(job))
    assert left(model) == "1:45:00 - 3:15:00", "only a sum is known: widely"

    def render(*seconds: float) -> None:
        facts = tuple(FrameCompleted(1, 1, 1, (), one) for one in seconds)
        model.apply(ChangeSet(facts=facts))

    render(10.0, 10.0, 10.0)
    assert left(model) == "2:05:00 - 2:55:00", "three frames alike may be chance"
    render(*[10.0] * 60)
    assert left(model) == "2:28:08 - 2:31:52", "forty are not"
    render(*[5.0, 20.0] * 20)
    assert left(model) == "1:15:00 - 5:00:00", "the spread is shown, and only recent frames count"


def test_too_few_frames_say_nothing() -> None:
    model = JobsModel()
    job = replace(make_job(1), state=JobState.RUNNING, rendered_frames=2, render_seconds=1.0)
    model.apply(applied(job))
    assert left(model) == "measuring…"
