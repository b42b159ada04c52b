"""Running the program's command line as a process of its own, as people and scripts do."""

import json
import locale
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MAIN = ROOT / "main.py"
ENCODING = locale.getencoding() if sys.platform == "win32" else "utf-8"
"""What is said into a pipe: Windows' programs use the letters of its language."""


@dataclass
class Answer:
    """What a finished command said."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Return standard output as one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.objects if event.get("event") == name]

    @property
    def words(self) -> str:
        """Return what was said on standard error in one line."""
        return re.sub(r"\s+", " ", self.err).strip()


@dataclass
class CommandLine:
    """One set of data and the environment its commands run in."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    python: tuple[str, ...] = (sys.executable,)

    @property
    def base(self) -> Path:
        return self.folder / "base"

    @property
    def database(self) -> Path:
        return self.base / "render-manager.db"

    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "COLUMNS")
        }
        return {**kept, "PYTHONWARNINGS": "error", "NO_COLOR": "1", **self.env}

    def start(
        self, *arguments: object, base: bool = True, cwd: Path | None = None, **options: Any
    ) -> "subprocess.Popen[str]":
        """Start a command; its streams are pipes of text unless `options` say otherwise."""
        given = [str(argument) for argument in arguments]
        place = ["--base-dir", str(self.base)] if base else []
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(
            [*self.python, str(MAIN), *place, *given],
            env=self.environment(),
            cwd=cwd or self.folder,
            text=True,
            encoding=ENCODING,
            errors="backslashreplace",
            **{**streams, **options},
        )

    def run(self, *arguments: object, timeout_s: float = 100.0, **options: Any) -> Answer:
        """Run a command to its end."""
        with self.start(*arguments, **options) as process:
            try:
                out, err = process.communicate(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = process.communicate()
                raise AssertionError(f"{arguments} did not end: {out[-2000:]} {err[-2000:]}") from None
        assert "Traceback" not in err, err
        assert "Traceback" not in (out or ""), out
        return Answer(tuple(map(str, arguments)), process.returncode, out or "", err or "")

    def jobs(self) -> list[dict[str, Any]]:
        return self.run("jobs", "--json").objects

    def frames(self, job: int = 1) -> dict[int, dict[str, Any]]:
        return {row["frame"]: row for row in self.run("frames", job, "--json").objects}

    def states(self, job: int = 1) -> dict[int, str]:
        return {number: row["state"] for number, row in self.frames(job).items()}


def events_of(process: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    """Yield the events that a running command prints, as they come."""
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def wait_event(process: "subprocess.Popen[str]", name: str, **values: Any) -> dict[str, Any]:
    """Read events up to one of this name with these values."""
    for event in events_of(process):
        if event["event"] == name and all(event.get(key) == value for key, value in values.items()):
            return event
    raise AssertionError(f"ended without {name}")


def with_env(commands: CommandLine, values: Mapping[str, str]) -> CommandLine:
    return CommandLine(commands.folder, {**commands.env, **values}, commands.python)


def options_of(pairs: Mapping[str, object]) -> Sequence[str]:
    return [part for key, value in pairs.items() for part in ("--set", f"{key}={value}")]
