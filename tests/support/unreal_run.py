"""Runs our executor script against the stub of Unreal's Python module, inside the test's own process."""

import importlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

from render_manager.engines.unreal.invocation import EXECUTOR_CLASS, SCRIPTS
from render_manager.engines.unreal.manifest import MANIFEST_VARIABLE
from support.unreal import STUB

DEFAULTS: dict[str, Any] = {
    "version": 1,
    "token": "t0ken",
    "file_name": "Intro.{frame_number}",
    "padding": 4,
    "sequence": "/Game/Shots/Intro.Intro",
    "map": "/Game/Maps/Main",
    "preset": "",
    "queue": "",
    "graph": "",
    "width": 0,
    "height": 0,
    "warm_up_frames": None,
    "image_format": "",
    "stall_s": 0,
}


class Run:
    """What came of one run of the executor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self.result: dict[str, Any] = {}
        self.unreal: Any = None
        self.executor: Any = None
        self.is_exit_requested = False
        self.rejected: list[tuple[str, str]] = []
        self.ticks = 0

    def named(self, event: str) -> list[dict[str, Any]]:
        return [one for one in self.events if one["event"] == event]

    def frames(self, event: str) -> list[int]:
        return [one["frame"] for one in self.named(event)]

    @property
    def files(self) -> list[str]:
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.startswith("render-manager-")
        )


@cache
def _code(path: Path) -> CodeType:
    """Return a module compiled; each test runs all of them anew, and compiling takes longest."""
    return compile(path.read_text("utf-8"), str(path), "exec")


class _Finder(MetaPathFinder, Loader):
    """Finds the stub's modules and our scripts, as the editor does on its search path."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        for folder in (STUB, SCRIPTS):
            if "." not in name and (folder / f"{name}.py").is_file():
                return ModuleSpec(name, self, origin=str(folder / f"{name}.py"))
        return None

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None and module.__spec__.origin is not None
        exec(_code(Path(module.__spec__.origin)), module.__dict__)  # noqa: S102


@contextmanager
def stub(monkeypatch: pytest.MonkeyPatch, **wishes: Any) -> Iterator[ModuleType]:
    """Make the stub importable as `unreal`, with these wishes; take everything out again afterwards."""
    with monkeypatch.context() as patch:
        patch.setenv("STAND_IN_UNREAL", json.dumps(wishes))
        patch.setattr(sys, "meta_path", [_Finder(), *sys.meta_path])
        module = importlib.import_module("unreal")
        try:
            yield module
        finally:
            importlib.import_module("stub_editor").forget()


def run_executor(
    monkeypatch: pytest.MonkeyPatch,
    project: Path,
    folder: Path,
    *ranges: tuple[int, ...],
    wishes: dict[str, Any] | None = None,
    most_ticks: int = 5000,
    manifest: dict[str, Any] | None = None,
    command_line: str = "",
    opened: str = "/Game/Maps/Main",
) -> Run:
    """Render ranges `(start, end, step)` into a folder; `end` is the frame after the last."""
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(folder)
    values = {
        **DEFAULTS,
        "events_file": str(folder / "render-manager-events.jsonl"),
        "result_file": str(folder / "render-manager-result.json"),
        "output_folder": str(folder),
        "ranges": [{"start": one[0], "end": one[1], "step": one[2] if len(one) > 2 else 1} for one in ranges],
        **(manifest or {}),
    }
    path = folder / "render-manager-manifest.json"
    path.write_text(json.dumps(values), "utf-8")
    if not command_line:
        monkeypatch.setenv(MANIFEST_VARIABLE, str(path))
    with stub(monkeypatch, **(wishes or {})) as unreal:
        render, editors = importlib.import_module("stub_render"), importlib.import_module("stub_editor")
        render.OUTPUT.is_kept = True
        importlib.import_module("init_unreal")
        editor = editors.Editor(unreal, str(project.parent), command_line, opened)
        editor.create(EXECUTOR_CLASS)
        editor.execute()
        run.is_exit_requested = editor.run(most_ticks)
        run.lines = render.OUTPUT.lines
        run.rejected = importlib.import_module("stub_objects").REJECTED
        run.unreal, run.executor, run.ticks = unreal, editor.executor, editor.ticks
        run.unreal.after = [editor.tick() for _ in range(3)]
    events = folder / "render-manager-events.jsonl"
    if events.exists():
        run.events = [json.loads(line.partition(" ")[2]) for line in events.read_text("ascii").splitlines()]
    result = folder / "render-manager-result.json"
    run.result = json.loads(result.read_text("ascii")) if result.exists() else {}
    assert not os.path.exists(f"{result}.part")
    return run
