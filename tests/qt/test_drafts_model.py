"""The list of scenes in the analysis page keeps Qt's rules whatever comes and goes."""

from pathlib import Path

from pytestqt.modeltest import ModelTester

from render_manager.engines.preparing import JobRequest
from render_manager.ui.drafts_model import DRAFT_ROLE, DraftsModel
from render_manager.ui.submit_draft import Draft


def drafts(*names: str) -> list[Draft]:
    return [Draft(JobRequest(path=Path("/show") / name)) for name in names]


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    model = DraftsModel()
    qtmodeltester.check(model)
    first, second, third = drafts("a.blend", "b.ma", "c.mb")
    model.add([first, second])
    model.add([])
    model.add([third])
    model.tell(second)
    qtmodeltester.check(model)
    placed = model.take_out([first, third])
    assert [row for row, _draft in placed] == [0, 2]
    assert model.index(0).data(DRAFT_ROLE) is second
    model.put_back(placed)
    assert [model.index(row).data(DRAFT_ROLE) for row in range(3)] == [first, second, third]
    model.take_out([first, second, third])
    assert model.rowCount() == 0
    qtmodeltester.check(model)
