"""The database read-only, deleted, cut, overwritten, replaced: while the program runs, and between runs."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from support.command_line import CommandLine, wait_event
from support.real import pictures
from support.stand_in import install, write_scene

from render_manager.storage.schema import HEAD_REVISION
from soak.tally import SkippedError, Tally

FRAMES = 24
GARBAGE = os.urandom(50_000)
_TIMES = re.compile(r"\d{8}-\d{6}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
Act = Callable[[Path], None]


def _nothing(_path: Path) -> None:
    return


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _immutable(path: Path, sign: str) -> None:
    files = [str(file) for file in (path, _beside(path, "-wal"), _beside(path, "-shm")) if file.exists()]
    done = subprocess.run(["chattr", f"{sign}i", *files], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SkippedError(f"a file cannot be made read-only for root: {done.stderr.strip()}")


def _read_only(path: Path) -> None:
    if shutil.which("chattr") is None or os.geteuid() != 0:
        raise SkippedError("only root can make an open file read-only")
    _immutable(path, "+")


def _writable(path: Path) -> None:
    _immutable(path, "-")


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(GARBAGE)


def _replace_by_garbage(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(GARBAGE)
    other.replace(path)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _newer(path: Path) -> None:
    """Put a copy of it there that a newer version wrote."""
    other = path.with_name("newer.db")
    source, target = sqlite3.connect(path), sqlite3.connect(other)
    source.backup(target)
    target.execute("UPDATE alembic_version SET version_num = '9999'")
    target.commit()
    source.close()
    target.close()
    other.replace(path)


def _older_again(path: Path) -> None:
    """Do as the sentence says: begin with what this version wrote."""
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = ?", (HEAD_REVISION,))
    connection.commit()
    connection.close()


@dataclass(frozen=True)
class Fault:
    """Something that happens to the file, and what a person does about it before the next start."""

    name: str
    act: Act
    mend: Act = _nothing
    is_refused: bool = False
    """Whether a start must refuse to work with it until somebody has acted."""


def _delete(path: Path) -> None:
    path.unlink()


def _delete_journal(path: Path) -> None:
    _beside(path, "-wal").unlink(missing_ok=True)


FAULTS = (
    Fault("read-only", _read_only, _writable, is_refused=True),
    Fault("deleted", _delete),
    Fault("cut to half", _cut),
    Fault("cut to nothing", _empty),
    Fault("overwritten with garbage", _overwrite),
    Fault("replaced by garbage", _replace_by_garbage),
    Fault("replaced by one of a newer version", _newer, _older_again, is_refused=True),
    Fault("its journal deleted", _delete_journal),
)


class Case:
    """One job of which some frames are done when the fault comes."""

    def __init__(self, folder: Path) -> None:
        program = install(folder / "bin")
        self.scene = write_scene(folder / "scene.blend", end=FRAMES)
        wishes = {"delay": 0.08, "log": str(folder / "rendered.log")}
        self.commands = CommandLine(
            folder, {"BLENDER_EXECUTABLE": str(program), "STAND_IN": json.dumps(wishes)}
        )
        self.out = folder / "out"
        self.said: list[str] = []

    def begin(self) -> "subprocess.Popen[str]":
        process = self.commands.start(
            "render", self.scene, "--output", self.out, "--retries", 50, "--retry-delay", 0, "--json"
        )
        for _frame in range(5):
            wait_event(process, "frame_completed")
        return process

    def hear(self, process: "subprocess.Popen[str]", *, timeout_s: float = 60.0) -> int:
        """Let a command come to its end, and take down what it said."""
        try:
            out, err = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"it hangs: {out[-1000:]} {err[-1000:]}") from None
        self._take(out, err)
        return process.returncode

    def go_on(self) -> int:
        """Start the program again and let it come to its end."""
        answer = self.commands.run("resume", "--json")
        self._take(answer.out, answer.err)
        return answer.code

    def _take(self, out: str, err: str) -> None:
        assert "Traceback" not in err + out, (err + out)[-3000:]
        self.said += [line for line in err.splitlines() if line.strip()]
        for line in out.splitlines():
            event = json.loads(line) if line.startswith("{") else {}
            if event.get("event") == "notice":
                self.said.append(event["text"])

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.said)).replace(str(self.commands.folder), "…")

    def check(self, tally: Tally) -> None:
        """See that nothing is lost without a copy and a sentence, and that every frame there is whole."""
        there = pictures(self.out)
        tally.check("frames in the output folder are whole", len(there))
        jobs = [row for row in self.commands.jobs() if row["total_frames"] == FRAMES]
        if jobs and jobs[0]["state"] == "completed":
            assert len(there) == FRAMES
            rendered = [
                int(line.split()[0])
                for line in (self.commands.folder / "rendered.log").read_text().splitlines()
            ]
            assert set(rendered) == set(range(1, FRAMES + 1))
            tally.see("the job was completed")
        else:
            assert not jobs, jobs
            assert self.words, "the job is gone and nothing was said"
            tally.see("the queue was lost, which was said")
        tally.check("no traceback on the screen")


def spoil_while_it_runs(folder: Path, tally: Tally, fault: Fault) -> None:
    """Let it happen while frames render."""
    case = Case(folder)
    process = case.begin()
    fault.act(case.commands.database)
    try:
        tally.inject(f"{fault.name}, while it runs")
        case.hear(process)
    finally:
        if fault.name == "read-only":
            fault.mend(case.commands.database)
    _look(case, tally)


def spoil_between_runs(folder: Path, tally: Tally, fault: Fault, *, killed: bool) -> None:
    """Let it happen while the program is closed, or after it was killed."""
    case = Case(folder)
    process = case.begin()
    process.send_signal(signal.SIGKILL if killed else signal.SIGINT)
    case.hear(process)
    fault.act(case.commands.database)
    try:
        tally.inject(f"{fault.name}, {'after a kill' if killed else 'between two runs'}")
        if fault.is_refused:
            case.said.clear()
            assert case.go_on() == 2, case.said
            assert case.words
            tally.see(f"refused: {case.words}")
    finally:
        if fault.is_refused:
            fault.mend(case.commands.database)
    _look(case, tally)


def _look(case: Case, tally: Tally) -> None:
    assert case.go_on() in (0, 1), case.said
    case.check(tally)
    for sentence in dict.fromkeys(case.said):
        if "database" in sentence:
            stamped = _TIMES.sub("…", sentence.replace(str(case.commands.folder), "…"))
            tally.see(f"said: {stamped}")


def spoil_everything(folder: Path, tally: Tally, *, rounds: int, faults: tuple[Fault, ...] = FAULTS) -> None:
    """Each fault in each moment, so many times."""
    for number in range(rounds):
        for place, fault in enumerate(faults):
            for moment in ("running", "closed", "killed"):
                case = folder / f"{number}-{place}-{moment}"
                case.mkdir(parents=True)
                try:
                    if moment == "running":
                        spoil_while_it_runs(case, tally, fault)
                    else:
                        spoil_between_runs(case, tally, fault, killed=moment == "killed")
                except SkippedError as reason:
                    tally.see(f"not tried: {fault.name}: {reason}")
                except AssertionError as error:
                    raise AssertionError(f"{fault.name}, {moment}: {error}") from error
