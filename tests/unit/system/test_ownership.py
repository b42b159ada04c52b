"""One owner of a set of data at a time, across processes, and gone with its process."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from support.processes import wait_until

from render_manager.domain.errors import UserError
from render_manager.system.ownership import Owner, Ownership, read_owner

ROOT = Path(__file__).resolve().parents[3]
HOLDER = """
    import sys, time
    sys.path.insert(0, sys.argv[1])
    from pathlib import Path
    from render_manager.system.ownership import Ownership
    lock = Ownership(Path(sys.argv[2]))
    print(lock.take(), flush=True)
    time.sleep(600)
    """


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock ä"


def hold(path: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(ROOT), str(path)], stdout=subprocess.PIPE
    )


def test_taken_once_and_free_again(path: Path) -> None:
    first, second = Ownership(path), Ownership(path)
    assert first.take()
    assert first.is_held
    assert not second.take()
    assert not second.is_held
    assert read_owner(path) == Owner(os.getpid())
    first.release()
    assert not first.is_held
    first.release()
    assert second.take()
    second.release()


@pytest.mark.parametrize("end", [signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)])
def test_another_process_holds_it_until_it_dies(path: Path, end: signal.Signals) -> None:
    with hold(path) as other:
        assert other.stdout is not None
        assert other.stdout.readline().split() == [b"True"]
        mine = Ownership(path)
        assert not mine.take()
        owner = read_owner(path)
        assert owner is not None
        assert owner.pid == other.pid
        other.send_signal(end)
        other.wait()
    wait_until(mine.take, "the lock to be free")
    assert read_owner(path) == Owner(os.getpid())
    mine.release()


def test_what_the_owner_says_is_read_by_others(path: Path) -> None:
    lock = Ownership(path)
    assert lock.take()
    owner = Owner(os.getpid(), "/tmp/a long address/listener", "c0ffee" * 10)
    lock.announce(owner)
    assert read_owner(path) == owner
    lock.announce(Owner(1))
    assert read_owner(path) == Owner(1), "a shorter text leaves nothing of the longer one"
    lock.release()
    with pytest.raises(RuntimeError):
        lock.announce(owner)


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_the_secret_is_for_this_user_only(path: Path) -> None:
    lock = Ownership(path)
    assert lock.take()
    assert path.stat().st_mode & 0o077 == 0
    lock.release()


@pytest.mark.parametrize("data", [b"", b"nonsense", b"[]", b"{}", b'{"x": 1}', b"\xff", b"3"])
def test_a_lock_file_with_anything_in_it(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert read_owner(path) is None
    lock = Ownership(path)
    assert lock.take()
    assert read_owner(path) == Owner(os.getpid())
    lock.release()


def test_nobody_owns_what_is_not_there(path: Path) -> None:
    assert read_owner(path) is None


def test_a_lock_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be opened: .* Choose another folder with --base-dir"):
        Ownership(tmp_path / "missing" / "lock").take()


@pytest.mark.parametrize(
    "text",
    ['{"pid": "5"}', '{"pid": 5, "secret": 7}', '{"pid": 5, "address": null}', "[1]", "3", "[" * 200_000],
)
def test_what_no_owner_wrote_names_none(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    assert read_owner(path) is None
