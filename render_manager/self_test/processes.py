"""Are processes started and ended as they should be, and do two programs of one user find each other."""

import json
import os
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from render_manager.domain.texts import gettext as _
from render_manager.execution.environment import engine_environment
from render_manager.execution.process import RunningProcess
from render_manager.execution.start import start_process
from render_manager.self_test.own_program import second_start_command, stand_in_command
from render_manager.self_test.results import Bench, FailedCheck
from render_manager.services.control import ControlServer
from render_manager.system.environment import without_ours
from render_manager.system.frozen import library_folder_of_children
from render_manager.system.ownership import Ownership

_TREE_VARIABLE = "RENDER_MANAGER_TREE"
"""The one variable of ours that a renderer is to have (`execution/posix.py`)."""
PATIENCE_S = 60.0


def check_process(_bench: Bench) -> str:
    """Start a child with a grandchild, end the tree, and see that its pipe closes."""
    process = start_process([*stand_in_command(), "tree"], env=engine_environment({}))
    with _patiently(process):
        heard = b""
        while heard.count(b"ready") < 2:
            chunk = process.read()
            heard += chunk
            if not chunk:
                break
        process.kill()
        # The grandchild holds the pipe open: the end of the output proves that it is gone, too.
        heard += _rest_of(process)
        outcome = process.wait()
    if heard.count(b"ready") < 2 or not outcome.was_killed:
        raise FailedCheck(
            _("The process could not be run and ended: {what} {said}").format(
                what=outcome.sentence, said=heard.decode("utf-8", "replace").strip()
            )
        )
    return _("a process and its child were started and ended")


def check_surroundings(_bench: Bench) -> str:
    """See what a program of the system gets of ours: nothing that leads it to our libraries."""
    listing = [os.environ.get("COMSPEC", "cmd.exe"), "/d", "/c", "set"]
    process = start_process(listing if sys.platform == "win32" else ["env"], env=engine_environment({}))
    with _patiently(process):
        said = _rest_of(process).decode("utf-8", "replace")
        outcome = process.wait()
    pairs = [line.partition("=") for line in said.splitlines() if "=" in line]
    env = {name: value for name, equals, value in pairs if equals and name != _TREE_VARIABLE}
    if outcome.exit_code or "PATH" not in {name.upper() for name in env}:
        raise FailedCheck(_("A program of the system could not be run: {what}").format(what=outcome.sentence))
    clean = without_ours(env)
    ours = [name for name, value in env.items() if clean.get(name) != value]
    folder = library_folder_of_children()
    if ours or folder:
        raise FailedCheck(
            _("Programs that are started would find our libraries by {names}.").format(
                names=", ".join(filter(None, [*ours, folder]))
            )
        )
    return _("{count} variables, none of them ours").format(count=len(env))


def check_second_start(bench: Bench) -> str:
    """Have another process try to own the same data, and reach this one by the control channel."""
    folder = bench.place("second start")
    lock, file = folder / "lock", folder / "Szene mit 空格 ü.blend"
    ownership, channel = Ownership(lock), ControlServer()
    if not ownership.take():
        raise FailedCheck(_("The lock {path} cannot be taken.").format(path=lock))
    shown: queue.SimpleQueue[Path] = queue.SimpleQueue()
    dismissed: queue.SimpleQueue[bool] = queue.SimpleQueue()
    try:
        channel.start(
            ownership,
            post=lambda _command: None,
            show=lambda files: shown.put(files[0]),
            leave=lambda: dismissed.put(True),
        )
        process = start_process([*second_start_command(), str(lock), str(file)], env=engine_environment({}))
        with _patiently(process):
            said = _rest_of(process).decode("utf-8", "replace")
            process.wait()
    finally:
        channel.stop()
        ownership.release()
    _judge_second_start(said, shown, dismissed, file)
    return _("another process did not get the lock, and handed its file over")


def _judge_second_start(
    said: str, shown: "queue.SimpleQueue[Path]", dismissed: "queue.SimpleQueue[bool]", file: Path
) -> None:
    try:
        answer = json.loads(said.strip().splitlines()[-1])
    except (ValueError, IndexError):
        raise FailedCheck(_("The second program said only: {said}").format(said=said.strip())) from None
    if answer["is_owner"]:
        raise FailedCheck(_("Two programs could own the same data at once."))
    if answer["pid"] != os.getpid() or shown.empty() or dismissed.empty():
        raise FailedCheck(_("The second program did not reach this one: {said}").format(said=said.strip()))
    found = shown.get()
    if found != file:
        raise FailedCheck(_("{found} was handed over, not {wanted}.").format(found=found, wanted=file))


@contextmanager
def _patiently(process: RunningProcess) -> Iterator[None]:
    """End a process that does not come to its end: a check must not hang."""
    patience = threading.Timer(PATIENCE_S, process.kill)
    patience.start()
    try:
        yield
    finally:
        patience.cancel()


def _rest_of(process: RunningProcess) -> bytes:
    heard = b""
    while chunk := process.read():
        heard += chunk
    return heard
