"""Fix and retry: which change a reason calls for, and that engines accept it."""

from typing import Any

import pytest

from render_manager.domain.limits import Limits
from render_manager.engines.blender.options import checked_options as blender_options
from render_manager.engines.fixing import _BY_OPTION, Fix, fix_for
from render_manager.engines.maya.options import checked_options as maya_options

CHECKS = {"blender": blender_options, "maya": maya_options}


def fix(code: str, engine: str = "blender", **more: Any) -> Fix | None:
    values = {"options": {}, "limits": Limits(), "slots": 1, **more}
    return fix_for(code, engine_id=engine, engine_name=engine.title(), **values)


@pytest.mark.parametrize("engine", _BY_OPTION)
def test_every_change_is_one_that_the_engine_takes(engine: str) -> None:
    for codes, _label, change in _BY_OPTION[engine]:
        CHECKS[engine](change)
        for code in codes:
            found = fix(code, engine)
            assert found is not None
            assert found.options_of({"samples": 4}) == {"samples": 4, **change}


def test_what_was_done_already_is_not_offered_again() -> None:
    assert fix("gpu-error", options={"device": "CPU"}) is None
    assert fix("addon-error", options={"factory_startup": True}) is None


def test_a_full_memory_needs_fewer_at_once() -> None:
    found = fix("out-of-memory", "unreal", slots=3)
    assert found is not None
    assert (found.label, found.engine_slots) == ("Run one Unreal at a time and retry", 1)
    assert fix("out-of-memory", "unreal", slots=1) is None


def test_a_limit_that_was_too_low_is_doubled() -> None:
    limits = Limits(frame_s=60.0, memory_bytes=4)
    found = fix("frame-too-long", limits=limits)
    assert found is not None
    assert found.limits_of(limits) == Limits(frame_s=120.0, memory_bytes=4)
    assert fix("memory-limit") is None, "it was none of this job's"


def test_nothing_is_offered_for_what_is_not_known() -> None:
    assert fix("no-camera") is None
    assert fix("gpu-error", "toy") is None
