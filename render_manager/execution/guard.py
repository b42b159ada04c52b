"""Stands between this program and a renderer on Linux and macOS, so that no process outlives us.

Run as a script of its own (`python -I -S guard.py FD SPARES NICE CPUS -- ARGV…`), never imported by the
program: it imports the standard library only and starts in about 15 ms. It leads a session of its own, adopts
orphans on Linux (child subreaper), and ends every descendant when the renderer ends, when it reads `K`
from the control socket, or when that socket closes because the program died, whatever killed it.

What it says on the control socket: `S<pid>` when the renderer runs, `E<errno>` when it could not be
started. Its own end repeats the renderer's: the same exit code or the same signal. SPARES are names of
programs, with commas between, that others use as well: they and what is below them are left alone. NICE
is added to the renderer's niceness, CPUS are the numbers of the processors it may use, empty for all.
"""

import errno
import fcntl
import os
import resource
import select
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
ON_LINUX = sys.platform.startswith("linux")


def prctl(option: int, value: int) -> None:
    """Call prctl(2); its failure is harmless, the control socket still ends the tree."""
    if not ON_LINUX:
        return
    import ctypes  # only Linux needs it

    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def start(argv: list[str], control: int, niceness: int, processors: set[int]) -> int:
    """Start the renderer in a process group of its own and return its pid; exits when that fails."""
    failed, fails = os.pipe()
    fcntl.fcntl(fails, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    guard = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            os.close(failed)
            os.close(control)
            os.setpgid(0, 0)
            for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != guard:
                os._exit(125)
            be_courteous(niceness, processors)
            os.execvp(argv[0], argv)  # noqa: S606 - an argument list, no shell
        except OSError as error:
            os.write(fails, str(error.errno).encode())
        finally:
            os._exit(127)
    os.close(fails)
    problem = os.read(failed, 16)
    os.close(failed)
    if problem:
        tell(control, b"E" + problem + b"\n")
        os.waitpid(child, 0)
        os._exit(127)
    tell(control, b"S%d\n" % child)
    return child


def be_courteous(niceness: int, processors: set[int]) -> None:
    """Make room for others, as far as the system lets us; what is started by this process does the same."""
    try:
        os.nice(niceness)
        if processors and ON_LINUX:
            os.sched_setaffinity(0, processors)
    except OSError:
        # A container may forbid either; the renderer works all the same.
        return


def tell(control: int, line: bytes) -> None:
    """Say something to the program; the wait for it notices if it died meanwhile."""
    try:
        os.write(control, line)
    except (BrokenPipeError, ConnectionResetError):
        return


def descendants(spares: frozenset[str] = frozenset()) -> list[int]:
    """Return the pids below this process, without programs to be spared and what is below those."""
    parents = linux_parents() if ON_LINUX else ps_parents()
    found: list[int] = []
    generation = {os.getpid()}
    while generation:
        generation = {pid for pid, parent in parents.items() if parent in generation and pid not in found}
        if spares:
            generation = {pid for pid in generation if name_of(pid) not in spares}
        found.extend(generation)
    return found


def name_of(pid: int) -> str:
    """Return the name of a process's program as the system keeps it, at most 15 characters on Linux."""
    try:
        if ON_LINUX:
            with open(f"/proc/{pid}/comm", "rb") as file:  # noqa: PTH123 - pathlib is not worth its import time
                return file.read().decode("utf-8", "replace").strip().lower()
        listing = subprocess.run(
            ["/bin/ps", "-o", "comm=", "-p", str(pid)], stdout=subprocess.PIPE, check=False
        ).stdout
        return listing.decode("utf-8", "replace").strip().rpartition("/")[2].lower()
    except OSError:
        return ""


def linux_parents() -> dict[int, int]:
    """Return pid to parent pid, read from /proc."""
    parents = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - pathlib is not worth its import time here
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123 - as above
                    parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
    return parents


def ps_parents() -> dict[int, int]:
    """Return pid to parent pid, asked of ps."""
    listing = subprocess.run(["/bin/ps", "-axo", "pid=,ppid="], stdout=subprocess.PIPE, check=False).stdout
    return {int(pid): int(parent) for pid, parent in (line.split() for line in listing.splitlines())}


def end_all(child: int, spares: frozenset[str]) -> None:
    """Kill every descendant and collect it; new ones that appear meanwhile as well."""
    if spares:
        end_all_but(spares)
        return
    while True:
        for pid in [-child, *descendants()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError as error:
                if error.errno not in (errno.ESRCH, errno.EPERM):
                    raise
        try:
            # Blocks until one child is gone; on Linux orphans are ours too, so ECHILD means nobody is left.
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def end_all_but(spares: frozenset[str]) -> None:
    """Kill the descendants that are not to be spared; the others stay and get the system as their parent."""
    while doomed := descendants(spares):
        for pid in doomed:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError as error:
                if error.errno not in (errno.ESRCH, errno.EPERM):
                    raise
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        # Those that were killed just now end in a moment; nothing else tells of it while one is spared.
        select.select([], [], [], 0.01)


def end_like(status: int) -> None:
    """End this process the way the renderer ended."""
    if os.WIFSIGNALED(status):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        number = os.WTERMSIG(status)
        signal.signal(number, signal.SIG_DFL) if number not in (signal.SIGKILL, signal.SIGSTOP) else None
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128)


def main() -> None:
    """Start the renderer, wait for its end or for the order to end it."""
    control = int(sys.argv[1])
    spares = frozenset(name[:15].lower() for name in sys.argv[2].split(",") if name)
    niceness = int(sys.argv[3])
    processors = {int(number) for number in sys.argv[4].split(",") if number}
    argv = sys.argv[6:]
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    child = start(argv, control, niceness, processors)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    status = None
    while status is None:
        ready = select.select([control, woken], [], [])[0]
        if woken in ready:
            os.read(woken, 4096)
        while status is None:
            try:
                pid, ended = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                pid, ended = child, 0
            if pid == 0:
                break
            if pid == child:
                status = ended
        if control in ready and status is None:
            # Either the order `K` or the program's death; both mean the same.
            end_all(child, spares)
            os._exit(137)
    end_all(child, spares)
    end_like(status)


if __name__ == "__main__":
    main()
