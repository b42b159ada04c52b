"""The control channel: how a second program reaches the one that owns the data.

A local socket (a named pipe on Windows) whose address and secret stand in the lock file, readable by this
user only. One JSON object a message: `{"do": "command", …}`, `{"do": "follow"}`, `{"do": "quit"}` or
`{"do": "show", "files": […]}`. Each is answered with `{"ok": true}` or `{"ok": false, "error": …}`, and a
follower then gets updates.
"""

import json
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import (
    Client,
    Connection,
    Listener,
    answer_challenge,
    deliver_challenge,
)
from pathlib import Path
from typing import Any, TypeVar

from render_manager.domain.changes import ChangeSet
from render_manager.domain.commands import Command
from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.services.codec import decode_command, decode_json, encode_command
from render_manager.services.updates import Update
from render_manager.system.ownership import COMMAND, WINDOW, Owner, Ownership, read_owner

log = logging.getLogger(__name__)

PATIENCE_S = 10.0
LAST_WORDS_S = 2.0
"""How long followers may take to be told the last updates when the program ends."""
MOST_WAITING_UPDATES = 1000
"""A follower that reads no faster is let go."""

T = TypeVar("T")
ShowFiles = Callable[[Sequence[Path]], None]


class OwnerIsLeavingError(UserError):
    """The owner of the data is about to end and takes no more commands."""

    def __init__(self) -> None:
        super().__init__(_("Render Manager is just being closed; try again."))


class ControlServer:
    """Listens for other programs of this user; its threads call `post`, `show` and `leave`."""

    def __init__(self) -> None:
        self._post: Callable[[Command], None] | None = None
        self._show: ShowFiles | None = None
        self._leave: Callable[[], None] | None = None
        self._secret = os.urandom(16)
        self._listener: Listener | None = None
        self._followers: list[queue.Queue[Update | None]] = []
        self._feeders: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._is_stopping = False

    def start(
        self,
        ownership: Ownership,
        *,
        post: Callable[[Command], None],
        show: ShowFiles | None = None,
        leave: Callable[[], None] | None = None,
    ) -> None:
        """Listen, and say where in the lock file; when that fails the program works without a channel.

        `leave` has the program end in good order, and returns at once.
        """
        self._post, self._show, self._leave = post, show, leave
        if ownership.previous is not None:
            _remove_left(ownership.previous.address)
        try:
            # Without the key: it is asked for on the caller's own thread, so that a silent caller keeps
            # nobody else waiting.
            self._listener = Listener()
            ownership.announce(
                Owner(
                    os.getpid(),
                    str(self._listener.address),
                    self._secret.hex(),
                    COMMAND if show is None else WINDOW,
                )
            )
        except OSError as error:
            log.info("no control channel: %s", error)
            if self._listener is not None:
                self._listener.close()
                self._listener = None
            return
        threading.Thread(target=self._accept, args=(self._listener,), name="control", daemon=True).start()

    def publish(self, changes: ChangeSet) -> None:
        """Pass a change set on to followers; called on the owner thread, returns at once."""
        if not self._followers:
            return
        update = Update.of(changes)
        with self._lock:
            for waiting in list(self._followers):
                try:
                    waiting.put_nowait(update)
                except queue.Full:
                    self._followers.remove(waiting)
                    _let_go(waiting)

    def refuse(self) -> None:
        """Take no more commands, since nobody would carry them out; followers are still told."""
        self._post = None

    def stop(self) -> None:
        """Listen no more, and let followers go once they know everything."""
        self._is_stopping = True
        with self._lock:
            for waiting in self._followers:
                try:
                    waiting.put_nowait(None)
                except queue.Full:
                    _let_go(waiting)
            self._followers.clear()
            feeders = list(self._feeders)
        until = time.monotonic() + LAST_WORDS_S
        for feeder in feeders:
            feeder.join(max(until - time.monotonic(), 0.0))
        listener, self._listener = self._listener, None
        if listener is None:
            return
        try:
            # Closing a listener does not wake the thread that waits on it; a caller does. It says nothing,
            # since that thread may have gone already and would not answer.
            Client(listener.address).close()
        except OSError as error:
            log.info("waking the control channel: %s", error)
        listener.close()

    def _accept(self, listener: Listener) -> None:
        while not self._is_stopping:
            try:
                connection = listener.accept()
            except OSError as error:
                log.info("a caller could not be let in: %s", error)
                continue
            threading.Thread(
                target=self._serve, args=(connection,), name="control-caller", daemon=True
            ).start()

    def _serve(self, connection: Connection) -> None:
        with connection:
            try:
                deliver_challenge(connection, self._secret)
                answer_challenge(connection, self._secret)
                while True:
                    request = decode_json(connection.recv_bytes(maxlength=64 * 1024 * 1024))
                    if request == {"do": "follow"}:
                        self._feed(connection)
                        return
                    _send(connection, self._answer(request))
            except (OSError, EOFError) as error:
                log.debug("a caller left: %s", error)
            except (ValueError, AuthenticationError) as error:
                log.info("a caller was turned away: %s", error)

    def _answer(self, request: Any) -> dict[str, Any]:
        try:
            if request["do"] == "command":
                (self._post or _refuse)(decode_command(request["command"]))
            elif request["do"] == "show" and self._show is not None:
                self._show([_file(name) for name in request["files"]])
            elif request["do"] == "quit" and self._leave is not None:
                self._leave()
            else:
                return {"ok": False, "error": _("This program cannot do that.")}
        except OwnerIsLeavingError as error:
            return {"ok": False, "error": str(error), "is_leaving": True}
        except (KeyError, TypeError, ValueError, UserError) as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True}

    def _feed(self, connection: Connection) -> None:
        waiting: queue.Queue[Update | None] = queue.Queue(MOST_WAITING_UPDATES)
        with self._lock:
            self._followers.append(waiting)
            self._feeders.add(threading.current_thread())
        # A command sent on another connection after this answer cannot be missed.
        _send(connection, {"ok": True})
        try:
            while (update := waiting.get()) is not None:
                _send(connection, update.to_json())
        finally:
            with self._lock:
                self._feeders.discard(threading.current_thread())
                if waiting in self._followers:
                    self._followers.remove(waiting)


class RemoteOwner:
    """The program that owns the data, as others reach it."""

    def __init__(self, owner: Owner, connect: Callable[[], Connection]) -> None:
        self.pid = owner.pid
        self.kind = owner.kind
        self._connect = connect
        self._connection = connect()
        self._following: Connection | None = None

    def __enter__(self) -> "RemoteOwner":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
        if self._following is not None:
            self._following.close()

    def post(self, command: Command) -> None:
        """Give an order; raises UserError when it is not taken."""
        self._ask({"do": "command", "command": encode_command(command)})

    def show(self, files: Sequence[Path]) -> None:
        """Have the window come to the front and show files; raises UserError when there is none."""
        self._ask({"do": "show", "files": [str(path) for path in files]})

    def quit(self) -> None:
        """Have the program end in good order and without a question; raises UserError when it refuses."""
        self._ask({"do": "quit"})

    def follow(self, receive: Callable[[Update], None], *, on_end: Callable[[], None]) -> None:
        """Pass updates to `receive` on a thread of its own, and call `on_end` when the owner is gone."""
        connection = self._following = self._connect()
        _send(connection, {"do": "follow"})
        json.loads(connection.recv_bytes())

        def read() -> None:
            try:
                while True:
                    receive(Update.from_json(decode_json(connection.recv_bytes())))
            except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
                log.debug("the owner is gone: %s", error)
                on_end()

        threading.Thread(target=read, name="follow", daemon=True).start()

    def _ask(self, request: dict[str, Any]) -> None:
        try:
            _send(self._connection, request)
            answer = decode_json(self._connection.recv_bytes())
        except (OSError, EOFError, ValueError) as error:
            raise UserError(
                _("Render Manager (process {pid}) did not answer.").format(pid=self.pid)
            ) from error
        if answer.get("is_leaving"):
            raise OwnerIsLeavingError
        if not answer.get("ok"):
            raise UserError(str(answer.get("error")))


def reach_owner(lock: Path) -> RemoteOwner:
    """Connect to the program that holds the lock; raises UserError when it cannot be reached."""
    owner = read_owner(lock)
    if owner is None or not owner.address:
        pid = owner.pid if owner is not None else "?"
        raise UserError(
            _(
                "Another Render Manager (process {pid}) is using {folder}. "
                "Wait until it is done, or choose another folder with --base-dir."
            ).format(pid=pid, folder=lock.parent)
        )

    def connect() -> Connection:
        try:
            return Client(owner.address, authkey=bytes.fromhex(owner.secret))
        except (OSError, EOFError, AuthenticationError, ValueError) as error:
            raise UserError(
                _("Another Render Manager (process {pid}) is using {folder} and does not answer.").format(
                    pid=owner.pid, folder=lock.parent
                )
            ) from error

    return RemoteOwner(owner, connect)


def take_or_reach(ownership: Ownership, lock: Path) -> RemoteOwner | None:
    """Become the owner of the data and return None, or return the program that is.

    One that is just starting or only does something short is waited for; raises UserError after that.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        if ownership.take():
            return None
        try:
            return reach_owner(lock)
        except UserError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)  # another process's lock and file: there is nothing to be woken by


def be_or_use_owner(ownership: Ownership, lock: Path, use: Callable[[RemoteOwner], T]) -> T | None:
    """Become the owner of the data and return None, or return what `use` makes of the program that is.

    One that is leaving is waited for; raises UserError after that.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        owner = take_or_reach(ownership, lock)
        if owner is None:
            return None
        try:
            with owner:
                return use(owner)
        except OwnerIsLeavingError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)  # as above


def _file(name: str) -> Path:
    """Return a file that somebody wants shown; raises ValueError for what cannot be the name of one."""
    if "\0" in name:
        raise ValueError(name)
    return Path(name)


def _refuse(_command: Command) -> None:
    raise OwnerIsLeavingError


def _let_go(waiting: "queue.Queue[Update | None]") -> None:
    """Have a follower's thread end, whatever still waits for it."""
    with suppress(queue.Empty):
        while True:
            waiting.get_nowait()
    waiting.put_nowait(None)


def _send(connection: Connection, values: dict[str, Any]) -> None:
    connection.send_bytes(json.dumps(values).encode())


def _remove_left(address: str) -> None:
    """Remove the socket of a program that was killed, and the folder that was made for it."""
    path = Path(address)
    if os.name != "posix" or not path.parent.name.startswith("pymp-") or not path.is_socket():
        return
    with suppress(OSError):
        path.unlink()
        path.parent.rmdir()
