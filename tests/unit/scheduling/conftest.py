"""Worlds one after another on the same data, as runs of the program are."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.fake_world import FakeWorld

NewWorld = Callable[..., FakeWorld]


@pytest.fixture
def new_world(tmp_path: Path) -> Iterator[NewWorld]:
    worlds: list[FakeWorld] = []

    def make(**values: object) -> FakeWorld:
        if worlds:
            worlds[-1].die()
            values.setdefault("clock", worlds[-1].clock)
        worlds.append(FakeWorld(tmp_path, **values))  # type: ignore[arg-type]
        return worlds[-1]

    yield make
    if worlds:
        worlds[-1].close()


@pytest.fixture
def world(new_world: NewWorld) -> FakeWorld:
    return new_world(slots=1)
