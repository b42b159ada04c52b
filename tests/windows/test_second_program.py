"""Two programs on one set of data: one owner, a named pipe between them, and a lock that ends with it."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path

import pytest
from support.processes import wait_until

from render_manager.domain.errors import UserError
from render_manager.services.control import reach_owner, take_or_reach
from render_manager.system.ownership import WINDOW, Ownership, read_owner

ROOT = Path(__file__).resolve().parents[2]
OWNER = """
    import json, sys
    sys.path.insert(0, sys.argv[1])
    from pathlib import Path
    from render_manager.services.control import ControlServer
    from render_manager.system.ownership import Ownership
    def show(files):
        print(json.dumps([str(path) for path in files]), flush=True)
    lock, server = Ownership(Path(sys.argv[2])), ControlServer()
    assert lock.take()
    server.start(lock, post=print, show=show)
    print("up", flush=True)
    sys.stdin.read()
    server.stop()
    lock.release()
    """


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "data 影" / "render-manager.lock"


@pytest.fixture
def owner(lock: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """Another program that owns the data and has a window."""
    lock.parent.mkdir()
    command = [sys.executable, "-c", textwrap.dedent(OWNER), str(ROOT), str(lock)]
    other = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    )
    assert other.stdout is not None
    assert other.stdout.readline().split() == [b"up"]
    yield other
    other.kill()
    other.communicate()


def test_the_second_one_hands_its_files_over(owner: "subprocess.Popen[bytes]", lock: Path) -> None:
    mine = Ownership(lock)
    reached = take_or_reach(mine, lock)
    assert reached is not None
    assert not mine.is_held
    files = [Path("C:\\Szenen\\影 (1).blend"), Path("\\\\server\\share\\a.ma")]
    with reached:
        assert (reached.pid, reached.kind) == (owner.pid, WINDOW)
        reached.show(files)
    assert owner.stdout is not None
    assert json.loads(owner.stdout.readline()) == [str(path) for path in files]


def test_it_listens_on_a_pipe_of_this_computer_that_wants_a_secret(
    owner: "subprocess.Popen[bytes]", lock: Path
) -> None:
    said = read_owner(lock)
    assert said is not None
    assert said.address.startswith("\\\\.\\pipe\\")
    with pytest.raises(AuthenticationError):
        Client(said.address, authkey=b"wrong")
    with reach_owner(lock) as reached:
        reached.show([])


def test_when_it_is_killed_the_lock_is_free_and_its_pipe_gone(
    owner: "subprocess.Popen[bytes]", lock: Path
) -> None:
    mine = Ownership(lock)
    assert mine.is_taken()
    assert not mine.take()
    owner.kill()
    owner.wait()
    wait_until(mine.take, "the lock to be free")
    assert mine.previous is not None
    assert mine.previous.pid == owner.pid
    lock.with_name("as it was").write_text(
        json.dumps({"pid": owner.pid, "address": mine.previous.address, "secret": mine.previous.secret})
    )
    with pytest.raises(UserError, match="does not answer"):
        reach_owner(lock.with_name("as it was"))
    mine.release()


def test_one_that_leaves_lets_go(owner: "subprocess.Popen[bytes]", lock: Path) -> None:
    assert owner.stdin is not None
    owner.stdin.close()
    assert owner.wait() == 0
    owner.stdin = None
    mine = Ownership(lock)
    assert mine.take()
    mine.release()
