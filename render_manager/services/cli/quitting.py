"""The command `quit`: has the program that owns a set of data end, and waits until it has."""

import queue
import threading
import time

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.services.cli.session import EXIT_FRAMES_FAILED, EXIT_GOOD, Speaker
from render_manager.services.control import reach_owner
from render_manager.system.ownership import Ownership
from render_manager.system.paths import AppPaths
from render_manager.system.processes import RunningProgram

_LOOK_EVERY_S = 0.1
_Answer = RunningProgram | str
"""The program that is told to end, and then, if that went wrong, why."""


def quit_running(paths: AppPaths, speaker: Speaker, *, timeout_s: float) -> int:
    """End the program that owns the data, in good order; return the exit code, 0 also when none runs.

    One that is just starting is waited for and then told. Its process is gone afterwards, and with it
    everything it held open.
    """
    until = time.monotonic() + timeout_s
    ownership = Ownership(paths.lock)
    program, problem = _dismissed(paths, ownership, until)
    if ownership.is_taken() or (program is not None and not program.wait(max(until - time.monotonic(), 0.0))):
        return _tell_failure(paths, speaker, problem)
    _tell_end(paths, speaker, program)
    return EXIT_GOOD


def _dismissed(paths: AppPaths, ownership: Ownership, until: float) -> tuple[RunningProgram | None, str]:
    """Have the owner let go of the data; return the program that was told to, and what went wrong last."""
    answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
    program, problem, is_asking = None, "", False
    while ownership.is_taken() and time.monotonic() < until:
        if not is_asking:
            # A program that hangs never answers, and nothing would wake this one.
            threading.Thread(target=_dismiss, args=(paths, answers), name="dismiss", daemon=True).start()
            is_asking = True
        try:
            answer = answers.get(timeout=_LOOK_EVERY_S)
        except queue.Empty:
            continue
        if isinstance(answer, RunningProgram):
            program, problem = answer, ""
            continue
        problem, is_asking = answer, False
        # It may be starting, and writes its address into a file: there is nothing to be woken by.
        time.sleep(_LOOK_EVERY_S)
    while not answers.empty():
        # It may have been told, and have let go, between two looks.
        answer = answers.get()
        program = answer if isinstance(answer, RunningProgram) else program
    return program, problem


def _dismiss(paths: AppPaths, answers: "queue.SimpleQueue[_Answer]") -> None:
    """Tell the owner of the data to end."""
    try:
        with reach_owner(paths.lock) as owner:
            # Known before it is told: its number may soon be another's.
            answers.put(RunningProgram(owner.pid))
            owner.quit()
    except UserError as error:
        answers.put(str(error))


def _tell_end(paths: AppPaths, speaker: Speaker, program: RunningProgram | None) -> None:
    if speaker.is_json:
        speaker.object({"event": "program_ended", "pid": None if program is None else program.pid})
    elif program is None:
        speaker.line(_("No Render Manager is running with {path}.").format(path=paths.data_dir))
    else:
        speaker.line(_("Render Manager (process {pid}) has ended.").format(pid=program.pid))


def _tell_failure(paths: AppPaths, speaker: Speaker, problem: str) -> int:
    text = _("The Render Manager that uses {path} has not ended in time. Close it, or wait and try again.")
    speaker.error(" ".join([problem, text.format(path=paths.data_dir)]).strip())
    return EXIT_FRAMES_FAILED
