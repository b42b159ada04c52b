"""kill -9 of the whole program at any moment, again and again; in the end everything is there just once."""

import json
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
from support.command_line import CommandLine
from support.processes import wait_until, with_mark
from support.real import RealBlender, pictures
from support.stand_in import install, write_scene

from render_manager.scheduling.policy import MAX_FRAMES_IN_CHECK
from soak.tally import Tally


class Night:
    """One job of many frames and a program that is killed again and again."""

    def __init__(self, commands: CommandLine, mark: str, seed: int, tally: Tally | None = None) -> None:
        self.commands = commands
        self.tally = tally or Tally("kill -9 of the program")
        self.mark = mark
        self.dice = random.Random(seed)
        self.kills = 0

    def run_and_kill(self, *arguments: object, most_lines: int) -> bool:
        """Run a command and kill it somewhere; return whether it ended by itself before that."""
        process = self.commands.start(*arguments, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        if self.dice.random() < 0.2:
            time.sleep(self.dice.random() * 1.5)
        else:
            for _line in range(self.dice.randrange(most_lines)):
                if not process.stdout.readline():
                    break
            time.sleep(self.dice.choice([0.0, 0.0, 0.005, 0.02, 0.05]) * self.dice.random())
        has_ended = process.poll() is not None
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        process.wait()
        self.kills += not has_ended
        wait_until(lambda: not with_mark(self.mark), lambda: f"the end of {_described(self.mark)}")
        self.check_database()
        if not has_ended:
            self.tally.check("no process left")
            self.tally.check("`integrity_check` ok")
        return has_ended

    def check_database(self) -> None:
        if not self.commands.database.exists():
            return
        connection = sqlite3.connect(self.commands.database)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()

    def survive(self, kills: int, *arguments: object) -> None:
        """Submit a job, be killed so often, and go on to the end."""
        most_lines = 60
        while not self.commands.database.exists() or not self.job_count():
            self.run_and_kill("render", *arguments, "--json", "--slots", 2, most_lines=most_lines)
        while self.kills < kills:
            if self.run_and_kill("resume", "--json", "--slots", 2, most_lines=most_lines):
                break
        answer = self.commands.run("resume", "--json", "--slots", 2)
        assert answer.code == 0, answer.err

    def job_count(self) -> int:
        connection = sqlite3.connect(self.commands.database)
        try:
            return int(connection.execute("SELECT count(*) FROM jobs").fetchone()[0])
        except sqlite3.OperationalError:
            return 0
        finally:
            connection.close()

    def check_attempts(self, frames: int) -> Counter[int]:
        """Check that every frame was completed once, and return how often each was tried."""
        connection = sqlite3.connect(self.commands.database)
        tried: Counter[int] = Counter()
        for job_id, state, total in connection.execute("SELECT id, state, total_frames FROM jobs"):
            assert (state, total) == ("completed", frames)
            rows = connection.execute(
                "SELECT frame, number, outcome FROM attempts WHERE job_id = ? ORDER BY frame, number",
                (job_id,),
            ).fetchall()
            outcomes: dict[int, list[str]] = {}
            for frame, number, outcome in rows:
                outcomes.setdefault(frame, []).append(outcome)
                assert number == len(outcomes[frame])
            for frame, count, frame_state in connection.execute(
                "SELECT number, attempts, state FROM frames WHERE job_id = ?", (job_id,)
            ):
                assert frame_state == "completed"
                assert outcomes[frame][-1] == "completed"
                assert set(outcomes[frame][:-1]) <= {"interrupted"}
                assert len(outcomes[frame]) == count
                tried[frame] += count
        connection.close()
        return tried


def _described(mark: str) -> list[str]:
    """Return what is left, so that a failure says what it was."""
    left = []
    for process in with_mark(mark):
        with suppress(psutil.NoSuchProcess):
            left.append(f"{process.pid} of {process.ppid()}, {process.status()}: {process.cmdline()}")
    return left


def stand_in_night(
    tmp_path: Path, seed: int, frames: int, tally: Tally | None = None
) -> tuple[Night, Path, Path]:
    program = install(tmp_path / f"bin-{seed}")
    scene = write_scene(tmp_path / "scene.blend", end=frames)
    log = tmp_path / "rendered.log"
    env = {
        "BLENDER_EXECUTABLE": str(program),
        "STAND_IN": json.dumps({"delay": 0.03, "log": str(log), "child": True}),
    }
    return Night(CommandLine(tmp_path, env), str(program), seed, tally), scene, log


def check_night(night: Night, log: Path, out: Path, frames: int) -> None:
    tried = night.check_attempts(frames)
    rendered = Counter(int(line.split()[0]) for line in log.read_text().splitlines())
    assert set(rendered) == set(range(1, frames + 1))
    # What was begun less than a flush before a kill is not stored; nothing else may be left uncounted.
    uncounted = sum(max(times - tried[frame], 0) for frame, times in rendered.items())
    assert uncounted <= night.kills * (2 + MAX_FRAMES_IN_CHECK + 2)
    assert len(pictures(out)) == frames
    assert not list(out.glob(".*")), "something of ours is left in the output folder"


def kill_the_program(folder: Path, tally: Tally, *, kills: int, seed: int, frames: int = 60) -> None:
    """Kill so often, in nights of five kills at most, resident and batch engines in turn."""
    nights = 0
    done = 0
    while done < kills:
        nights += 1
        options = ["--set", "mode=batch", "--set", "batch_size=7"] if nights % 2 == 0 else []
        place = folder / f"night-{nights}"
        place.mkdir(parents=True)
        night, scene, log = stand_in_night(place, seed + nights, frames, tally)
        night.survive(min(5, kills - done), scene, "--retries", 0, *options)
        check_night(night, log, place / "out", frames)
        done += night.kills
        tally.inject("batch engine" if options else "resident engine", night.kills)
        _note_night(tally, night, frames, len(log.read_text().splitlines()))


def kill_with_bpy(folder: Path, tally: Tally, blender: RealBlender, *, kills: int, seed: int) -> None:
    """Kill a program that renders with the real thing."""
    scene = blender.scene("plain", folder)
    night = Night(CommandLine(folder), str(folder), seed, tally)
    night.survive(kills, scene, "--frames", "1-60", "--retries", 0)
    # At each kill two frames are being rendered, and some wait to be looked at.
    tried = sum(night.check_attempts(60).values())
    assert tried <= 60 + night.kills * (2 + MAX_FRAMES_IN_CHECK + 2)
    assert len(pictures(folder / "out")) == 60
    tally.inject("bpy", night.kills)
    _note_night(tally, night, 60, tried)


def _note_night(tally: Tally, night: Night, frames: int, rendered: int) -> None:
    tally.check("whole frames, each once", frames)
    tally.check("attempts numbered without a gap, the last completed, the others interrupted", frames)
    tally.check("nothing of ours in the output folder")
    tally.see("job completed")
    tally.see("frame rendered again after a kill", max(rendered - frames, 0))
