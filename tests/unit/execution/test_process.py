"""Real processes: read to the end, ended with everything they started, and nothing left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from support.processes import PYTHON, is_alive, pids_in, wait_gone, wait_until, with_mark

from render_manager.domain.outcome import ProcessOutcome
from render_manager.execution.environment import engine_environment
from render_manager.execution.process import RunningProcess, StartError
from render_manager.execution.start import start_process

ROOT = Path(__file__).resolve().parents[3]
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and sessions are POSIX's")

END_OF_LINE = os.linesep.encode()
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
"""Windows has no such signal, and skips what would send it."""

CHILDREN = """
import os, signal, subprocess, sys, time
pids, kind = sys.argv[1], sys.argv[2]
def note():
    with open(pids, 'a') as file:
        file.write('%d\\n' % os.getpid())
def stay():
    note()
    while True:
        time.sleep(60)
def stubborn():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
note()
if kind == 'grandchildren':
    for _ in range(2):
        if os.fork() == 0:
            if os.fork() == 0:
                stay()
            stay()
elif kind == 'session':
    if os.fork() == 0:
        os.setsid()
        stay()
elif kind == 'daemon':
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            stubborn()
            stay()
        os._exit(0)
    os.wait()
elif kind == 'stubborn':
    stubborn()
    if os.fork() == 0:
        stay()
elif kind == 'group':
    if os.fork() == 0:
        os.setpgid(0, 0)
        stay()
print('up', flush=True)
if len(sys.argv) > 3:
    while len(open(pids).read().split()) < int(sys.argv[4]):
        time.sleep(0.005)
    sys.exit(int(sys.argv[3]))
while True:
    time.sleep(60)
"""
TREES = {"grandchildren": 5, "session": 2, "daemon": 2, "stubborn": 2, "group": 2}
"""Ways to get away, and how many processes each makes."""


def start(*argv: str, **options: object) -> RunningProcess:
    return start_process(argv, env=engine_environment({}), **options)  # type: ignore[arg-type]


def python(code: str, *arguments: str) -> RunningProcess:
    return start(*PYTHON, "-c", textwrap.dedent(code), *arguments)


def read_all(process: RunningProcess) -> bytes:
    chunks = []
    while chunk := process.read():
        chunks.append(chunk)
    return b"".join(chunks).replace(END_OF_LINE, b"\n")


def read_line(process: RunningProcess) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        chunk = process.read()
        assert chunk, line
        line += chunk
    return line.replace(END_OF_LINE, b"\n")


def run(code: str, *arguments: str) -> tuple[bytes, ProcessOutcome]:
    process = python(code, *arguments)
    process.close_input()
    output = read_all(process)
    return output, process.wait()


@pytest.fixture
def descriptors() -> Iterator[None]:
    """Fail when a test leaves open files or processes behind."""
    here = psutil.Process()
    before = here.num_fds() if os.name == "posix" else here.num_handles()
    children = set(here.children())
    yield
    after = here.num_fds() if os.name == "posix" else here.num_handles()
    assert after <= before
    assert set(here.children()) <= children


@pytest.mark.usefixtures("descriptors")
class TestOutput:
    def test_output_and_errors_come_in_order(self) -> None:
        output, outcome = run(
            """
            import sys
            for number in range(200):
                print(number, file=sys.stdout if number % 2 else sys.stderr, flush=True)
            """
        )
        assert output.split() == [str(number).encode() for number in range(200)]
        assert outcome.was_successful
        assert outcome.seconds > 0

    def test_a_flood_comes_whole(self) -> None:
        output, outcome = run("import os; os.write(1, b'x'); print('y' * 20_000_000)")
        assert len(output) == 20_000_002
        assert outcome.was_successful

    def test_a_reader_that_does_not_read_slows_the_process_only(self) -> None:
        process = python("print('z' * 5_000_000, flush=True)")
        assert process.read()
        assert is_alive(process.pid)
        process.kill()
        read_all(process)
        assert process.wait().was_killed

    def test_output_closed_early_does_not_end_the_wait(self) -> None:
        process = python(
            """
            import os, sys
            os.close(1); os.close(2)
            sys.stdin.read()
            os._exit(5)
            """
        )
        assert read_all(process) == b""
        assert is_alive(process.pid)
        process.close_input()
        assert process.wait().exit_code == 5

    def test_no_output_at_all(self) -> None:
        output, outcome = run("")
        assert (output, outcome.exit_code) == (b"", 0)

    @posix_only
    def test_output_of_a_grandchild_that_outlives_the_renderer(self, tmp_path: Path) -> None:
        """It holds the pipe open; reading must end all the same."""
        output, outcome = run(CHILDREN, str(tmp_path / "pids"), "session", "3", "2")
        assert output == b"up\n"
        assert outcome.exit_code == 3
        assert not [pid for pid in pids_in(tmp_path / "pids", 2) if is_alive(pid)]


@pytest.mark.usefixtures("descriptors")
class TestInput:
    def test_lines_are_heard(self) -> None:
        process = python("import sys\nfor line in sys.stdin: print(ascii(line.strip()), flush=True)")
        assert process.write_line("hello")
        assert read_line(process) == b"'hello'\n"
        assert process.write_line("影")
        process.close_input()
        assert read_all(process).startswith(b"'")
        assert process.wait().was_successful

    def test_closing_ends_one_that_waits_for_more(self) -> None:
        process = python("import sys; print(len(sys.stdin.readlines()))")
        for number in range(3):
            assert process.write_line(str(number))
        process.close_input()
        process.close_input()
        assert read_all(process) == b"3\n"
        assert process.wait().was_successful

    def test_writing_to_one_that_does_not_listen_says_so(self) -> None:
        process = python("import os; os.close(0); print('deaf', flush=True); import time; time.sleep(60)")
        assert read_line(process) == b"deaf\n"
        wait_until(lambda: not process.write_line("x" * 1000), "a broken pipe")
        process.kill()
        read_all(process)
        process.wait()
        assert not process.write_line("to nobody")
        process.kill()
        process.close_input()


@pytest.mark.usefixtures("descriptors")
class TestEnd:
    @pytest.mark.parametrize("code", [0, 1, 3, 47, 127, 137, 255])
    def test_exit_codes(self, code: int) -> None:
        outcome = run(f"import os; os._exit({code})")[1]
        assert outcome.exit_code == code
        assert not outcome.was_killed
        assert not outcome.crashed
        assert outcome.was_successful == (code == 0)

    @posix_only
    @pytest.mark.parametrize(
        "name", ["SIGSEGV", "SIGABRT", "SIGKILL", "SIGTERM", "SIGINT", "SIGBUS", "SIGPIPE"]
    )
    def test_signals(self, name: str) -> None:
        number = getattr(signal, name)
        outcome = run(
            f"import os, signal; signal.signal({number}, signal.SIG_DFL); os.kill(os.getpid(), {number})"
            if name != "SIGKILL"
            else f"import os; os.kill(os.getpid(), {number})"
        )[1]
        assert outcome.exit_code == -number
        assert outcome.crashed
        assert name in outcome.sentence

    def test_killed_by_us_is_no_crash(self) -> None:
        process = python("import time; print('up', flush=True); time.sleep(60)")
        read_line(process)
        process.kill()
        process.kill()
        assert read_all(process) == b""
        outcome = process.wait()
        assert outcome.was_killed
        assert not outcome.crashed
        assert not outcome.was_successful
        wait_gone([process.pid])

    def test_kill_from_another_thread_ends_a_blocked_read(self) -> None:
        process = python("import time; time.sleep(60)")
        killer = threading.Timer(0.05, process.kill)
        killer.start()
        assert read_all(process) == b""
        assert process.wait().was_killed
        killer.join()

    @posix_only
    @pytest.mark.parametrize("kind", TREES)
    def test_kill_ends_the_whole_tree(self, kind: str, tmp_path: Path) -> None:
        process = python(CHILDREN, str(tmp_path / "pids"), kind)
        pids = pids_in(tmp_path / "pids", TREES[kind])
        assert process.pid in pids
        assert all(is_alive(pid) for pid in pids)
        process.kill()
        read_all(process)
        assert process.wait().was_killed
        assert not [pid for pid in pids if is_alive(pid)]

    @posix_only
    @pytest.mark.parametrize("kind", TREES)
    def test_a_normal_end_leaves_nothing(self, kind: str, tmp_path: Path) -> None:
        _output, outcome = run(CHILDREN, str(tmp_path / "pids"), kind, "7", str(TREES[kind]))
        assert outcome.exit_code == 7
        assert not [pid for pid in pids_in(tmp_path / "pids", TREES[kind]) if is_alive(pid)]

    @posix_only
    def test_a_tree_that_grows_while_it_is_killed(self, tmp_path: Path) -> None:
        mark = f"grow-{os.getpid()}-{tmp_path.name}"
        code = """
            import os, time
            while True:
                if os.fork() == 0:
                    os.setsid()
                    while True:
                        time.sleep(0.01)
                print('one', flush=True)
                time.sleep(0.002)
            """
        process = python(code, mark)
        for _count in range(5):
            process.read()
        process.kill()
        read_all(process)
        process.wait()
        assert with_mark(mark) == []

    @posix_only
    def test_memory_is_measured(self) -> None:
        process = python("x = bytearray(80_000_000); print('up', flush=True); input()")
        process.read()
        peak = process.peak_memory_bytes()
        process.close_input()
        read_all(process)
        outcome = process.wait()
        assert peak is not None
        assert outcome.peak_memory_bytes is not None
        assert 80_000_000 <= peak <= outcome.peak_memory_bytes < 400_000_000

    @posix_only
    def test_memory_of_the_whole_tree(self) -> None:
        code = (
            "import os, sys, time\n"
            "block = bytearray(os.urandom(1 << 20) * 40)\n"
            "child = os.fork()\n"
            "more = None if child else bytearray(os.urandom(1 << 20) * 30)\n"
            "print('ready', flush=True)\n"
            "time.sleep(60)\n"
        )
        process = python(code)
        read_line(process)
        wait_until(lambda: (process.memory_bytes() or 0) > 100 * 2**20, "parent and child are counted")
        if sys.platform == "linux":
            exact, plain = process.memory_bytes(is_exact=True), process.memory_bytes()
            assert exact is not None
            assert plain is not None
            assert exact < plain - 30 * 2**20, "what both share counts once"
        peak = process.peak_memory_bytes()
        assert peak is not None
        assert peak > 100 * 2**20
        assert process.program_names()
        assert process.dialog_titles() == ()
        process.kill()
        process.wait()
        assert process.memory_bytes() is None

    @posix_only
    def test_terminal_signals_do_not_reach_the_renderer(self) -> None:
        """Ctrl+C in the terminal goes to our group; the renderer is in one of its own."""
        process = python("import time; print('up', flush=True); time.sleep(60)")
        process.read()
        assert os.getpgid(process.pid) != os.getpgid(0)
        assert os.getsid(process.pid) != os.getsid(0)
        process.kill()
        read_all(process)
        process.wait()


@pytest.mark.usefixtures("descriptors")
class TestStart:
    def test_environment_and_folder(self, tmp_path: Path) -> None:
        process = start_process(
            [
                *PYTHON,
                "-c",
                "import os; print(os.getcwd(), os.environ['STUDIO'], 'PYTHONPATH' in os.environ)",
            ],
            env=engine_environment({"STUDIO": "ja"}, {**os.environ, "PYTHONPATH": "/ours"}),
            cwd=tmp_path,
        )
        assert read_all(process).decode().split() == [str(tmp_path), "ja", "False"]
        process.wait()

    def test_arguments_arrive_as_given(self) -> None:
        given = ["a b", "", "'\"", "$HOME", "*", "影", "--", "-x", "a\nb"]
        process = python("import sys; print(ascii(sys.argv[1:]))", *given)
        assert read_all(process).decode().strip() == ascii(given)
        process.wait()

    def test_a_program_found_on_the_path(self) -> None:
        shell = ("sh", "-c") if os.name == "posix" else ("cmd", "/c")
        process = start_process([*shell, "exit 4"], env=dict(os.environ))
        read_all(process)
        assert process.wait().exit_code == 4

    @pytest.mark.parametrize("name", ["/nowhere/blender", "no-such-program-at-all", "/nowhere/ä b/影"])
    def test_a_program_that_is_not_there(self, name: str) -> None:
        with pytest.raises(StartError) as problem:
            start(name)
        assert str(problem.value) == f"{name} could not be started: it does not exist."

    @posix_only
    def test_a_program_that_may_not_be_run(self, tmp_path: Path) -> None:
        path = tmp_path / "blender"
        path.write_text("#!/bin/sh\n")
        path.chmod(0o644)
        with pytest.raises(StartError, match="this user may not run it"):
            start(str(path))

    @posix_only
    def test_a_folder_is_no_program(self, tmp_path: Path) -> None:
        with pytest.raises(StartError, match="this user may not run it"):
            start(str(tmp_path))

    @posix_only
    def test_a_file_that_is_no_program(self, tmp_path: Path) -> None:
        path = tmp_path / "blender"
        path.write_bytes(b"\x7fELF garbage")
        path.chmod(0o755)
        with pytest.raises(StartError, match="it is not a program for this computer"):
            start(str(path))

    @posix_only
    def test_a_script_whose_interpreter_is_missing(self, tmp_path: Path) -> None:
        path = tmp_path / "blender"
        path.write_text("#!/nowhere/python\n")
        path.chmod(0o755)
        with pytest.raises(StartError, match=r"something it needs to run does not exist"):
            start(str(path))

    def test_a_working_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(StartError, match=r"the working folder .*missing does not exist"):
            start(*PYTHON, "-c", "", cwd=tmp_path / "missing")


@posix_only
class TestDeath:
    PARENT = """
        import sys, time
        sys.path.insert(0, sys.argv[1])
        from render_manager.execution.environment import engine_environment
        from render_manager.execution.start import start_process
        command = [sys.executable, '-I', '-S', '-c', sys.argv[2], sys.argv[3]]
        processes = [
            start_process([*command, kind], env=engine_environment({}))
            for kind in sys.argv[4:]
        ]
        print('up', flush=True)
        time.sleep(600)
        """

    @pytest.mark.parametrize("number", [KILL, signal.SIGTERM, signal.SIGSEGV])
    def test_nothing_survives_this_program(self, tmp_path: Path, number: signal.Signals) -> None:
        pids = tmp_path / "pids"
        arguments = [str(ROOT), CHILDREN, str(pids), *TREES]
        parent = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(self.PARENT), *arguments],
            stdout=subprocess.PIPE,
            preexec_fn=no_core_dump,
        )
        found = pids_in(pids, sum(TREES.values()))
        guards = [child.pid for child in psutil.Process(parent.pid).children(recursive=True)]
        assert len(guards) >= len(TREES)
        os.kill(parent.pid, number)
        parent.communicate()
        wait_gone([*found, *guards])

    def test_a_program_that_ends_without_waiting_leaves_nothing(self, tmp_path: Path) -> None:
        code = textwrap.dedent(self.PARENT).replace("time.sleep(600)", "import os; os._exit(0)")
        done = subprocess.run(
            [sys.executable, "-c", code, str(ROOT), CHILDREN, str(tmp_path / "pids"), "session"],
            check=False,
            stdout=subprocess.PIPE,
        )
        assert done.returncode == 0
        wait_until(lambda: not with_mark(str(tmp_path / "pids")), "the end of the whole tree")

    @pytest.mark.usefixtures("descriptors")
    def test_a_killed_guard_takes_the_renderer_with_it(self, tmp_path: Path) -> None:
        process = python(CHILDREN, str(tmp_path / "pids"), "grandchildren")
        pids = pids_in(tmp_path / "pids", 5)
        guard = psutil.Process(process.pid).parent()
        assert guard is not None
        guard.kill()
        assert read_all(process) in (b"", b"up\n")
        outcome = process.wait()
        assert outcome.exit_code == -signal.SIGKILL
        assert outcome.crashed
        wait_gone(pids)

    @pytest.mark.skipif(sys.platform != "linux", reason="the environment of others is read")
    @pytest.mark.parametrize("kind", ["session", "daemon"])
    @pytest.mark.parametrize("victims", ["guard", "guard and renderer"])
    def test_a_killed_guard_leaves_no_child_of_another_session(
        self, tmp_path: Path, kind: str, victims: str
    ) -> None:
        process = python(CHILDREN, str(tmp_path / "pids"), kind)
        pids = pids_in(tmp_path / "pids", 2)
        renderer = psutil.Process(process.pid)
        guard = renderer.parent()
        assert guard is not None
        if victims != "guard":
            # Stopped, it cannot clear up after the renderer before it goes itself.
            guard.suspend()
            renderer.kill()
        guard.kill()
        read_all(process)
        process.wait()
        wait_gone(pids)


@posix_only
class TestMany:
    def test_fifty_starts_leak_nothing(self) -> None:
        run("print(1)")
        here = psutil.Process()
        before = here.num_fds()
        for number in range(50):
            if number % 5 == 4:
                with pytest.raises(StartError):
                    start("/nowhere/blender")
            else:
                assert run("print(1)")[0] == b"1\n"
        # Less is no leak: what earlier tests left to the garbage collector may go meanwhile.
        assert here.num_fds() <= before

    def test_two_hundred_quick_starts_and_kills(self) -> None:
        here = psutil.Process()
        before = here.num_fds()
        pids = []
        for number in range(200):
            process = start("sleep", "60")
            pids.append(process.pid)
            if number % 3:
                process.kill()
                read_all(process)
            else:
                threading.Thread(target=process.kill).start()
            assert process.wait().was_killed
        wait_gone(pids)
        # Less is no leak: what earlier tests left to the garbage collector may go meanwhile.
        assert here.num_fds() <= before
        zombies = [child for child in here.children() if child.status() == psutil.STATUS_ZOMBIE]
        assert not zombies

    def test_many_at_once_from_many_threads(self) -> None:
        outputs: list[bytes] = []

        def one(number: int) -> None:
            for turn in range(5):
                output, outcome = run(f"print({number * 100 + turn})")
                assert outcome.was_successful
                outputs.append(output)

        threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(int(output) for output in outputs) == sorted(
            number * 100 + turn for number in range(8) for turn in range(5)
        )


def no_core_dump() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


SHARED = """
import os, subprocess, sys, time
pids, program = sys.argv[1], sys.argv[2]
for name in ('zenserver', 'ShaderCompileWorker'):
    subprocess.Popen([os.path.join(program, name), pids], stdout=subprocess.DEVNULL)
print('up', flush=True)
time.sleep(600)
"""


@posix_only
@pytest.mark.parametrize("dies", ["kill", "renderer", "guard"])
def test_programs_that_others_use_as_well_are_spared(tmp_path: Path, dies: str) -> None:
    for name in ("zenserver", "ShaderCompileWorker"):
        lines = [f"#!{sys.executable} -IS", "import os, sys, time"]
        lines += ["with open(sys.argv[1], 'a') as file: file.write('%d\\n' % os.getpid())"]
        lines += ["while True:", " time.sleep(0.1)", " try: os.write(2, b'.')", " except OSError: pass"]
        (tmp_path / name).write_text("\n".join(lines))
        (tmp_path / name).chmod(0o755)
    pids = tmp_path / "pids"
    process = start(*PYTHON, "-c", SHARED, str(pids), str(tmp_path), spares=("zenserver",))
    assert read_line(process) == b"up\n"
    started = pids_in(pids, 2)
    names = {pid: psutil.Process(pid).name() for pid in started}
    shared = next(pid for pid, name in names.items() if name == "zenserver")
    if dies == "renderer":
        os.kill(process.pid, signal.SIGKILL)
    elif dies == "guard":
        os.kill(psutil.Process(process.pid).ppid(), signal.SIGKILL)
    else:
        process.kill()
    # As the worker's thread does; what is spared holds the output open, and writes to it.
    read_all(process)
    process.wait()
    try:
        wait_gone(set(started) - {shared})
        assert is_alive(shared)
    finally:
        os.kill(shared, signal.SIGKILL)
    wait_gone([shared])


@posix_only
def test_the_work_of_spared_programs_is_no_work_of_the_renderer(tmp_path: Path) -> None:
    """It may serve others just now; a renderer that is stuck beside it is stuck all the same."""
    program = tmp_path / "zenserver"
    program.write_text(
        f"#!{sys.executable} -IS\nimport time\nend = time.time() + 20\nwhile time.time() < end: pass"
    )
    program.chmod(0o755)
    code = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); print('up', flush=True)"
    code += "; time.sleep(60)"
    process = start(*PYTHON, "-c", code, str(program), spares=("zenserver",))
    child = None
    try:
        assert read_line(process) == b"up\n"
        (child,) = psutil.Process(process.pid).children()
        before = process.cpu_seconds()
        deadline = time.monotonic() + 10.0
        while sum(child.cpu_times()[:2]) < 0.3 and time.monotonic() < deadline:
            time.sleep(0.05)
        after = process.cpu_seconds()
        assert before is not None
        assert after is not None
        assert after - before < 0.1
    finally:
        if child is not None:
            child.kill()
        process.kill()
        read_all(process)
        process.wait()
