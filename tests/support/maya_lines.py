"""Feeding a parser of Maya's output, and looking at what it says."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from render_manager.engines.events import EngineEvent, FrameAdvanced, FrameBegan, FrameEnded, Remark
from render_manager.engines.maya.parser import MayaParser, Run
from render_manager.engines.maya.renderers import renderer_of

Kind = TypeVar("Kind")


def parser_for(
    renderer: str = "", frames: Sequence[int] = (), *, layers: int = 1, cameras: int = 1
) -> MayaParser:
    """Return the parser of a worker whose run is known."""
    run = Run(tuple(frames), layers=layers, cameras=cameras, renderer=renderer_of(renderer))
    return MayaParser("t0ken", run)


def parse(lines: Iterable[str], parser: MayaParser | None = None) -> list[EngineEvent]:
    """Return the events of these lines, by default as those of a log from anywhere."""
    parser = parser or MayaParser("")
    events = [event for line in lines for event in parser.feed(line)]
    return [*events, *parser.finish(None)]


def of(kind: type[Kind], events: Iterable[Any]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def steps(events: Iterable[EngineEvent]) -> list[str]:
    """Return what happens to frames in short: `+1` begins, `1:50` advances, `-1` ends."""
    told = []
    for event in events:
        if isinstance(event, FrameBegan):
            told.append(f"+{event.frame}")
        elif isinstance(event, FrameEnded):
            told.append(f"-{event.frame}")
        elif isinstance(event, FrameAdvanced) and event.percent is not None:
            told.append(f"{event.frame}:{event.percent:.0f}")
    return told


def codes(events: Iterable[EngineEvent]) -> list[str]:
    return [remark.code for remark in of(Remark, events)]


def check_order(events: Iterable[EngineEvent]) -> None:
    """Check that frames begin before they advance, end once, and never go back."""
    begun: set[int] = set()
    ended: set[int] = set()
    best: dict[int, float] = {}
    for event in events:
        if isinstance(event, FrameBegan):
            assert event.frame not in begun
            begun.add(event.frame)
        elif isinstance(event, FrameAdvanced):
            assert event.frame in begun
            if event.percent is not None:
                assert best.get(event.frame, 0.0) <= event.percent <= 100.0
                best[event.frame] = event.percent
        elif isinstance(event, FrameEnded):
            assert event.frame in begun
            assert event.frame not in ended
            ended.add(event.frame)
