"""A window in another language goes on where the old one was."""

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from qt.drafts import prepared
from render_manager.engines.blender.fields import option_fields
from render_manager.renewing import hand_over
from render_manager.ui.main_window import MainWindow


def test_what_is_chosen_for_scenes_goes_over(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> None:
    old, new = make_window(), make_window()
    for window in (old, new):
        window.submit.prepare_with(
            lambda request, then: then(prepared(request)), lambda _path, scene: option_fields(scene)
        )
    old.add_scenes([Path("/show/a.blend"), Path("/show/b.blend")])
    old.submit.list.setCurrentIndex(old.submit.model.index(1))
    old.submit.form._set("samples", 64)
    qtbot.keyClicks(old.submit.form.further, "foo=bar")
    hand_over(old, new)
    draft = new.submit.current()
    assert draft is not None
    assert draft.request.path.name == "b.blend"
    qtbot.keyClicks(new.submit.form.frames, "1-3")
    new.submit._take_edit()
    assert draft.request.options == {"samples": 64, "foo": "bar"}
    assert draft.is_sound
