"""Renderers in Job Objects: trees that end, arguments and environments that arrive, and sentences."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest
import win32api
from support.processes import PYTHON, is_alive, pids_in, wait_gone, wait_until
from support.windows import named_python

from render_manager.domain.outcome import ProcessOutcome
from render_manager.execution.environment import engine_environment
from render_manager.execution.process import Courtesy, RunningProcess, StartError, Urgency, program_name
from render_manager.execution.start import start_process

ROOT = Path(__file__).resolve().parents[2]
TREE = """
import os, subprocess, sys, time
pids, depth, flags = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with open(pids, 'a') as file:
    file.write('%d\\n' % os.getpid())
if depth:
    rest = [pids, str(depth - 1), str(flags)]
    program = [sys.executable, '-I', '-S', '-u', __file__, *rest]
    subprocess.Popen(program, creationflags=flags, stdin=subprocess.PIPE)
while len(open(pids).read().split()) < 3:
    time.sleep(0.01)
if depth == 2 and len(sys.argv) > 4:
    sys.exit(int(sys.argv[4]))
time.sleep(600)
"""
"""A process, its child and its grandchild; the first may end with a code once all are there."""


def start(*argv: str, **options: object) -> RunningProcess:
    return start_process(argv, env=engine_environment({}), **options)  # type: ignore[arg-type]


def python(code: str, *arguments: str, **options: object) -> RunningProcess:
    return start(*PYTHON, "-c", textwrap.dedent(code), *arguments, **options)


def finish(process: RunningProcess) -> tuple[bytes, ProcessOutcome]:
    process.close_input()
    chunks = []
    while chunk := process.read():
        chunks.append(chunk)
    return b"".join(chunks), process.wait()


@pytest.fixture
def grower(tmp_path: Path) -> Path:
    """The tree's code in a file, which each generation starts again."""
    path = tmp_path / "tree.py"
    path.write_text(TREE, "utf-8")
    return path


@pytest.mark.parametrize(
    "flags",
    [0, subprocess.DETACHED_PROCESS, subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW],
)
def test_kill_ends_child_and_grandchild(tmp_path: Path, grower: Path, flags: int) -> None:
    process = start(*PYTHON, str(grower), str(tmp_path / "pids"), "2", str(flags))
    pids = pids_in(tmp_path / "pids", 3)
    assert process.pid in pids
    process.kill()
    _output, outcome = finish(process)
    assert outcome.was_killed
    assert not outcome.crashed
    wait_gone(pids)


def test_a_normal_end_leaves_nothing_and_ends_the_output(tmp_path: Path, grower: Path) -> None:
    """The grandchild holds the output open; reading must end all the same."""
    process = start(*PYTHON, str(grower), str(tmp_path / "pids"), "2", "0", "7")
    pids = pids_in(tmp_path / "pids", 3)
    output, outcome = finish(process)
    assert (output, outcome.exit_code) == (b"", 7)
    assert not outcome.was_killed
    wait_gone(pids)


def test_a_child_may_not_leave_the_job(tmp_path: Path) -> None:
    code = f"""
        import subprocess, sys
        try:
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"],
                creationflags={subprocess.CREATE_BREAKAWAY_FROM_JOB}, stdin=subprocess.PIPE)
        except PermissionError:
            print("refused")
        else:
            print("left")
        """
    process = python(code)
    output, _outcome = finish(process)
    if output.split() == [b"left"]:
        # Wine lets it be asked for, and ends it with the others.
        wait_until(lambda: not psutil.pid_exists(process.pid), "the end")
    assert not [
        one for one in psutil.process_iter(["cmdline"]) if "time.sleep(600)" in (one.info["cmdline"] or [])
    ]


def test_nothing_survives_this_program(tmp_path: Path, grower: Path) -> None:
    """As when somebody ends it in the task manager: nobody is asked."""
    code = """
        import sys, time
        sys.path.insert(0, sys.argv[1])
        from render_manager.execution.environment import engine_environment
        from render_manager.execution.start import start_process
        process = start_process(sys.argv[2:], env=engine_environment({}))
        print('up', flush=True)
        time.sleep(600)
        """
    engine = [*PYTHON, str(grower), str(tmp_path / "pids"), "2", "0"]
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(ROOT), *engine],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    pids = pids_in(tmp_path / "pids", 3)
    assert all(is_alive(pid) for pid in pids)
    parent.kill()
    parent.communicate()
    wait_gone(pids)


def test_a_spared_program_goes_on_and_does_not_hold_the_output(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = """
        import subprocess, sys, time
        note = "import os, sys, time; open(sys.argv[1], 'a').write('%d\\\\n' % os.getpid()); time.sleep(600)"
        for program in sys.argv[2:]:
            subprocess.Popen([program, '-c', note, sys.argv[1]], stdin=subprocess.PIPE)
        while open(sys.argv[1], 'a+').seek(0) or len(open(sys.argv[1]).read().split()) < 2:
            time.sleep(0.01)
        print('up', flush=True)
        time.sleep(600)
        """
    programs = [named_python(tmp_path / name, name) for name in ("zenserver", "ShaderCompileWorker")]
    process = python(code, str(pids), *map(str, programs), spares=("zenserver",))
    assert process.read().split() == [b"up"]
    found = [psutil.Process(pid) for pid in pids_in(pids, 2)]
    (spared,) = [one for one in found if program_name(one) == "zenserver"]
    try:
        process.kill()
        finish(process)
        wait_gone([process.pid, *(one.pid for one in found if one != spared)])
        assert is_alive(spared.pid)
    finally:
        spared.kill()
    wait_gone([spared.pid])


@pytest.mark.parametrize(
    ("urgency", "expected"),
    [
        (Urgency.NORMAL, psutil.NORMAL_PRIORITY_CLASS),
        (Urgency.BELOW_NORMAL, psutil.BELOW_NORMAL_PRIORITY_CLASS),
        (Urgency.IDLE, psutil.IDLE_PRIORITY_CLASS),
    ],
)
def test_priority_goes_down_the_tree(tmp_path: Path, grower: Path, urgency: Urgency, expected: int) -> None:
    courtesy = Courtesy(urgency=urgency)
    process = start(*PYTHON, str(grower), str(tmp_path / "pids"), "2", "0", courtesy=courtesy)
    try:
        classes = {psutil.Process(pid).nice() for pid in pids_in(tmp_path / "pids", 3)}
    finally:
        process.kill()
        finish(process)
    assert classes == {expected}


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="this computer has one processor")
def test_processors_go_down_the_tree(tmp_path: Path, grower: Path) -> None:
    courtesy = Courtesy(processors=(1, 4096))
    process = start(*PYTHON, str(grower), str(tmp_path / "pids"), "2", "0", courtesy=courtesy)
    try:
        chosen = [psutil.Process(pid).cpu_affinity() for pid in pids_in(tmp_path / "pids", 3)]
    finally:
        process.kill()
        finish(process)
    assert chosen == [[1], [1], [1]]


def test_no_console_window_flashes_up() -> None:
    output, _outcome = finish(python("import ctypes; print(ctypes.windll.kernel32.GetConsoleWindow() or 0)"))
    assert output.split() == [b"0"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0xC0000005, "access violation (0xC0000005)"),
        (0xC0000135, "a DLL was not found (0xC0000135)"),
        (0xC0000409, "stack buffer overrun (0xC0000409)"),
        (0xC000013A, "interrupted (0xC000013A)"),
        (0xE0000001, "exception (0xE0000001)"),
    ],
)
def test_crashes_are_named(code: int, words: str) -> None:
    _output, outcome = finish(python(f"import ctypes; ctypes.windll.kernel32.ExitProcess({code})"))
    assert outcome.exit_code is not None
    assert outcome.exit_code & 0xFFFFFFFF == code
    assert outcome.crashed
    assert words in outcome.sentence


def test_a_real_crash_waits_in_no_box() -> None:
    _output, outcome = finish(python("import faulthandler; faulthandler._read_null()"))
    assert outcome.crashed
    assert "access violation" in outcome.sentence


@pytest.mark.parametrize("code", [0, 1, 255, 256, 0x7FFFFFFF])
def test_codes_that_are_no_crash(code: int) -> None:
    _output, outcome = finish(python(f"import os; os._exit({code})"))
    assert outcome.exit_code == code
    assert not outcome.crashed


def test_arguments_arrive_as_given() -> None:
    given = [
        "a b",
        "",
        'say "hi"',
        "ends\\",
        "a b\\",
        'x\\"y',
        "影 ö",
        "%PATH%",
        "^&|<>",
        "--",
        "'",
        "a\tb",
        "/c",
    ]
    output, _outcome = finish(python("import sys; print(ascii(sys.argv[1:]))", *given))
    assert output.decode().strip() == ascii(given)


def test_a_long_line_of_arguments() -> None:
    output, _outcome = finish(python("import sys; print(len(sys.argv[1]))", "x" * 30_000))
    assert output.split() == [b"30000"]


def test_a_line_of_arguments_that_is_too_long() -> None:
    with pytest.raises(StartError, match=r"its path or its arguments are too long\.$"):
        python("", "x" * 40_000)


def test_the_environment_is_the_users_without_ours() -> None:
    base = {
        **os.environ,
        "PYTHONPATH": "C:\\ours",
        "Render_Manager_Base_Dir": "C:\\ours",
        "QT_PLUGIN_PATH": "x",
    }
    env = engine_environment({"Studio": "影", "path": os.environ["PATH"] + ";C:\\more"}, base)
    assert len({name.upper() for name in env}) == len(env), "Windows would take either of two"
    code = """
        import os
        print(ascii([os.environ.get(name) for name in
            ('STUDIO', 'PYTHONPATH', 'RENDER_MANAGER_BASE_DIR', 'QT_PLUGIN_PATH')]),
            os.environ['PATH'].endswith(';C:\\\\more'))
        """
    process = start_process([*PYTHON, "-c", textwrap.dedent(code)], env=env)
    assert finish(process)[0].decode().strip() == ascii(["影", None, None, None]) + " True"


@pytest.mark.parametrize("name", ["C:\\nowhere\\blender.exe", "no-such-program-at-all", "Q:\\ä b\\影.exe"])
def test_a_program_that_is_not_there(name: str) -> None:
    with pytest.raises(StartError) as problem:
        start(name)
    assert str(problem.value) == f"{name} could not be started: it does not exist."


def test_what_is_no_program(tmp_path: Path) -> None:
    path = tmp_path / "blender.exe"
    path.write_bytes(b"MZ garbage")
    with pytest.raises(StartError, match=r"it is not a program for this computer\.$"):
        start(str(path))
    with pytest.raises(StartError, match=r"this user may not run it\.$"):
        start(str(tmp_path))


def test_a_working_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"the working folder .*missing does not exist\.$"):
        start(*PYTHON, "-c", "", cwd=tmp_path / "missing")


def test_a_program_and_folder_with_blanks_and_signs_of_all_kinds(tmp_path: Path) -> None:
    program = named_python(tmp_path / "Blender 4.2, ä & 影 (neu)", "blender")
    process = start(
        str(program), "-c", "import os, sys; print(ascii([sys.executable, os.getcwd()]))", cwd=program.parent
    )
    assert finish(process)[0].decode().strip() == ascii([str(program), str(program.parent)])


def test_folders_of_our_libraries_are_not_the_renderers(tmp_path: Path) -> None:
    """A frozen program's loader names one; what it starts would look for its libraries there as well."""
    ask = """
        import ctypes
        text = ctypes.create_unicode_buffer(999)
        print(ctypes.windll.kernel32.GetDllDirectoryW(999, text), ascii(text.value))
        """
    win32api.SetDllDirectory(str(tmp_path))
    try:
        output, _outcome = finish(python(ask))
        assert win32api.GetDllDirectory() == str(tmp_path), "ours is kept for ourselves"
    finally:
        win32api.SetDllDirectory(None)
    assert output.split() == [b"0", b"''"]


def test_memory_and_names_are_those_of_the_tree(tmp_path: Path, grower: Path) -> None:
    process = start(*PYTHON, str(grower), str(tmp_path / "pids"), "2", "0")
    try:
        pids = pids_in(tmp_path / "pids", 3)
        assert (process.memory_bytes() or 0) > psutil.Process(pids[0]).memory_info().rss
        assert (process.peak_memory_bytes() or 0) > 0
        assert process.cpu_seconds() is not None
        assert process.program_names().count("python") == 3
        assert process.dialog_titles() == ()
    finally:
        process.kill()
        finish(process)
    assert process.memory_bytes() is None
