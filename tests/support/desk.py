"""One scene, the stand-in for Blender, and a program to render with."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.real import Program
from support.stand_in import install, installation_of, write_scene


class Desk:
    """One scene, the stand-in, and a program to render with."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.installation = installation_of(install(folder / "bin ä 影"))
        self.scene = write_scene(folder / "scene.blend", end=5)
        self.out = folder / "out"
        self.log = folder / "rendered.log"
        self.wish()

    def wish(self, **values: Any) -> None:
        """Tell the stand-in what to do wrong from its next start on."""
        values = {"log": str(self.log), "pids": str(self.folder / "pids"), **values}
        self.monkeypatch.setenv("STAND_IN", json.dumps(values))

    def open(self, **values: Any) -> Program:
        return Program(self.folder, self.installation, **values)

    def rendered(self) -> list[int]:
        """Return the frames of which files were written, in order."""
        return (
            [int(line.split()[0]) for line in self.log.read_text().splitlines()] if self.log.exists() else []
        )
