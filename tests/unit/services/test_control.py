"""The control channel between two programs of one user, over a real local socket."""

import json
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path

import pytest
from support.jobs import make_job, make_spec
from support.processes import wait_until

from render_manager.domain import commands, facts
from render_manager.domain.changes import ChangeSet
from render_manager.domain.errors import UserError
from render_manager.services import control
from render_manager.services.control import ControlServer, RemoteOwner, reach_owner
from render_manager.services.updates import Update
from render_manager.system.ownership import Owner, Ownership, read_owner


class Program:
    """The program that owns the data, without a scheduler."""

    def __init__(self, folder: Path) -> None:
        self.lock = folder / "lock"
        self.ownership = Ownership(self.lock)
        assert self.ownership.take()
        self.server = ControlServer()
        self.posted: list[object] = []
        self.shown: list[list[Path]] = []
        self.has_window = True
        self.can_leave = True
        self.was_dismissed = threading.Event()

    def start(self) -> None:
        show = (lambda files: self.shown.append(list(files))) if self.has_window else None
        leave = self.was_dismissed.set if self.can_leave else None
        self.server.start(self.ownership, post=self.posted.append, show=show, leave=leave)

    def stop(self) -> None:
        self.server.stop()
        self.ownership.release()


class Ear:
    """A follower that writes down what it hears."""

    def __init__(self, owner: RemoteOwner) -> None:
        self.updates: list[Update] = []
        self.has_ended = threading.Event()
        owner.follow(self.updates.append, on_end=self.has_ended.set)

    def until(self, count: int) -> None:
        wait_until(lambda: len(self.updates) >= count, f"{count} updates")


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path)
    yield program
    program.stop()
    wait_until(
        lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("control")],
        "the end of the channel's threads",
    )


def changes(job_id: int = 1) -> ChangeSet:
    return ChangeSet(facts=(facts.FrameStarted(job_id, 1, 1),))


def test_commands_arrive(program: Program) -> None:
    program.start()
    sent = [commands.SubmitJob(make_spec("1-4"), "token"), commands.CancelJobs((1, 2))]
    with reach_owner(program.lock) as owner:
        for command in sent:
            owner.post(command)
    assert program.posted == sent


def test_files_are_shown_where_there_is_a_window(program: Program) -> None:
    program.start()
    with reach_owner(program.lock) as owner:
        owner.show([Path("/a b.blend"), Path("/影.blend")])
    assert program.shown == [[Path("/a b.blend"), Path("/影.blend")]]


def test_what_a_program_without_a_window_cannot_do(program: Program) -> None:
    program.has_window = False
    program.start()
    with reach_owner(program.lock) as owner, pytest.raises(UserError, match="cannot do that"):
        owner.show([])


def test_a_program_can_be_told_to_end(program: Program) -> None:
    program.start()
    with reach_owner(program.lock) as owner:
        owner.quit()
    assert program.was_dismissed.is_set()


def test_one_that_takes_no_orders_any_more_can_still_be_told_to_end(program: Program) -> None:
    program.start()
    program.server.refuse()
    with reach_owner(program.lock) as owner:
        owner.quit()
    assert program.was_dismissed.is_set()


def test_one_that_cannot_be_told_says_so(program: Program) -> None:
    program.can_leave = False
    program.start()
    with reach_owner(program.lock) as owner, pytest.raises(UserError, match="cannot do that"):
        owner.quit()


def test_followers_hear_everything_from_then_on(program: Program) -> None:
    program.start()
    program.server.publish(changes(1))
    with reach_owner(program.lock) as first, reach_owner(program.lock) as second:
        ears = [Ear(first), Ear(second)]
        for number in range(2, 60):
            program.server.publish(changes(number))
        for ear in ears:
            ear.until(58)
            assert [update.events[0]["job"] for update in ear.updates] == list(range(2, 60))


def test_an_order_sent_after_following_cannot_be_missed(program: Program) -> None:
    program.start()
    with reach_owner(program.lock) as owner:
        ear = Ear(owner)
        owner.post(commands.SubmitJob(make_spec(), "token"))
        program.server.publish(ChangeSet(jobs={1: make_job().snapshot()}))
        ear.until(1)


def test_followers_hear_when_the_owner_goes(program: Program) -> None:
    program.start()
    with reach_owner(program.lock) as owner:
        ear = Ear(owner)
        program.server.stop()
        assert ear.has_ended.wait(30)


def test_a_follower_that_reads_too_slowly_is_let_go_and_hears_of_it(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "MOST_WAITING_UPDATES", 20)
    program.start()
    is_going_on = threading.Event()
    has_ended = threading.Event()
    with reach_owner(program.lock) as owner:
        owner.follow(lambda _update: is_going_on.wait(30) and None, on_end=has_ended.set)
        big = ChangeSet(facts=tuple(facts.FrameStarted(1, number, 1) for number in range(3000)))
        for _count in range(200):
            program.server.publish(big)
        assert program.server._followers == []
        is_going_on.set()
        assert has_ended.wait(30), "or it would wait for ever"


def test_a_follower_that_leaves_is_forgotten(program: Program) -> None:
    program.start()
    with reach_owner(program.lock) as owner:
        Ear(owner)
        wait_until(lambda: program.server._followers, "the follower")
    wait_until(
        lambda: program.server.publish(changes()) or not program.server._followers,
        "the follower to be forgotten",
    )


@pytest.mark.skipif(os.name != "posix", reason="the caller speaks to a socket of POSIX")
def test_strangers_are_turned_away_and_others_still_served(program: Program) -> None:
    program.start()
    owner = read_owner(program.lock)
    assert owner is not None
    with pytest.raises(AuthenticationError):
        Client(owner.address, authkey=b"wrong")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(owner.address)
        silent.send(b"\xff" * 100)
    with reach_owner(program.lock) as friend:
        friend.post(commands.SetSlots(3))
    assert program.posted == [commands.SetSlots(3)]


@pytest.mark.skipif(os.name != "posix", reason="the caller speaks to a socket of POSIX")
def test_one_that_connects_and_says_nothing_does_not_keep_others_waiting(program: Program) -> None:
    program.start()
    owner = read_owner(program.lock)
    assert owner is not None
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(owner.address)
        done = threading.Event()

        def order() -> None:
            with reach_owner(program.lock) as friend:
                friend.post(commands.SetSlots(3))
            done.set()

        thread = threading.Thread(target=order)
        thread.start()
        has_answered = done.wait(10)
    thread.join()
    assert has_answered


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"",
        b"nonsense",
        b"[]",
        b"3",
        b"{}",
        b'{"do": "dance"}',
        b'{"do": "command"}',
        b'{"do": "command", "command": {}}',
        b'{"do": "show", "files": ["a\\u0000b"]}',
        b'{"do": "show", "files": [3]}',
        b"[" * 200_000,
    ],
)
def test_nonsense_harms_nobody(program: Program, request_bytes: bytes) -> None:
    program.start()
    owner = read_owner(program.lock)
    assert owner is not None
    with Client(owner.address, authkey=bytes.fromhex(owner.secret)) as connection:
        connection.send_bytes(request_bytes)
        try:
            answer = connection.recv_bytes()
        except EOFError:
            answer = b'"ok": false'
        assert b'"ok": false' in answer
    with reach_owner(program.lock) as friend:
        friend.post(commands.SetSlots(3))
    assert program.posted == [commands.SetSlots(3)]


def test_an_owner_without_a_channel_is_named(program: Program) -> None:
    with pytest.raises(UserError, match=r"Another Render Manager \(process \d+\) is using .*--base-dir"):
        reach_owner(program.lock)


def test_an_owner_that_is_gone_is_named(program: Program) -> None:
    program.ownership.announce(Owner(4711, "/nowhere/listener", "00" * 16))
    with pytest.raises(UserError, match=r"process 4711.* does not answer"):
        reach_owner(program.lock)


def test_an_owner_that_ends_in_mid_talk_is_named(program: Program) -> None:
    program.start()
    with reach_owner(program.lock) as owner:
        owner._connection.close()
        with pytest.raises(UserError, match="did not answer"):
            owner.post(commands.SetSlots(3))


@pytest.mark.skipif(os.name != "posix", reason="there the channel is no file")
def test_what_a_killed_program_left_of_its_channel_goes(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="pymp-", dir=tmp_path if len(str(tmp_path)) < 60 else None))
    left = folder / "listener-left"
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(left))
    lock = tmp_path / "lock"
    lock.write_text(json.dumps({"pid": 1, "address": str(left), "secret": "", "kind": "window"}))
    ownership, server = Ownership(lock), ControlServer()
    assert ownership.take()
    server.start(ownership, post=lambda _command: None)
    assert not folder.exists()
    server.stop()
    ownership.release()
