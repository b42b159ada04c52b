"""The small shared JSON files: nothing is lost to damage or to another writer."""

import errno
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from render_manager.domain.errors import UserError
from render_manager.system.json_store import JsonStore
from render_manager.system.ownership import Ownership


def test_what_is_changed_is_read_again(tmp_path: Path) -> None:
    store = JsonStore(tmp_path / "presets.json")
    assert store.read() == ({}, "")
    store.change(lambda values: values.update(name="Größe"))
    assert JsonStore(store.path).read() == ({"name": "Größe"}, "")
    assert "Größe" in store.path.read_text("utf-8"), "people read it"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["presets.json", "presets.lock"]


@pytest.mark.parametrize("damage", [b"{", b"[1, 2]", b"\xff\xfe\x00", b"[" * 100_000])
def test_a_damaged_file_is_set_aside_and_said_to_be(tmp_path: Path, damage: bytes) -> None:
    store = JsonStore(tmp_path / "presets.json")
    store.path.write_bytes(damage)
    values, complaint = store.read()
    assert values == {}
    assert str(store.path) in complaint
    (aside,) = tmp_path.glob("presets.damaged-*.json")
    assert aside.read_bytes() == damage
    assert aside.name in complaint
    store.change(lambda values: values.update(new=True))
    assert store.read() == ({"new": True}, "")


def test_two_writers_lose_nothing_of_each_other(tmp_path: Path) -> None:
    stores = [JsonStore(tmp_path / "presets.json") for _writer in range(2)]

    def write(number: int) -> None:
        for turn in range(10):
            stores[number].change(lambda values, turn=turn: values.update({f"{number}-{turn}": turn}))  # type: ignore[misc]

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    values, complaint = stores[0].read()
    assert len(values) == 20
    assert not complaint


def test_a_writer_that_never_ends_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("render_manager.system.json_store.LOCK_PATIENCE_S", 0.05)
    store = JsonStore(tmp_path / "presets.json")
    other = Ownership(tmp_path / "presets.lock")
    assert other.take()
    with pytest.raises(UserError, match="another program"):
        store.change(lambda values: values.update(new=True))
    other.release()
    assert not store.path.exists()


def test_a_change_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    store = JsonStore(tmp_path / "presets.json")
    store.change(lambda values: values.update(old=1))

    def fail(values: dict[str, object]) -> None:
        values["bad"] = object()

    with pytest.raises(TypeError):
        store.change(fail)
    assert json.loads(store.path.read_text("utf-8")) == {"old": 1}
    assert not list(tmp_path.glob(".presets.json-*"))


def test_a_folder_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    store = JsonStore(tmp_path / "away" / "presets.json")
    with pytest.raises(UserError, match="away"):
        store.change(lambda values: values.update(new=True))


def deny(monkeypatch: pytest.MonkeyPatch, method: str, store: JsonStore) -> None:
    """Let the system refuse one thing about a store's file, as it does to others' files and open ones."""
    allowed = getattr(Path, method)

    def denied(self: Path, *values: Any, **named: Any) -> Any:
        if self == store.path:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return allowed(self, *values, **named)

    monkeypatch.setattr(Path, method, denied)


@pytest.mark.parametrize("method", ["stat", "read_text"])
def test_what_cannot_be_read_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    store = JsonStore(tmp_path / "presets.json")
    store.change(lambda values: values.update(old=1))
    before = store.path.read_bytes()
    with monkeypatch.context() as patch:
        deny(patch, method, store)
        values, complaint = store.read()
        assert values == {}
        assert "Permission denied" in complaint
        with pytest.raises(UserError, match=r"cannot be read: Permission denied\. It was left as it is"):
            store.change(lambda values: values.update(new=1))
    assert store.path.read_bytes() == before
    assert store.change(lambda values: values.update(new=1)) == {"old": 1, "new": 1}


def test_a_damaged_file_that_cannot_be_set_aside_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = JsonStore(tmp_path / "presets.json")
    store.path.write_bytes(b"{ my presets")
    deny(monkeypatch, "replace", store)
    assert "cannot be set aside: Permission denied" in store.read()[1]
    with pytest.raises(UserError, match="cannot be set aside: Permission denied"):
        store.change(lambda values: values.update(new=1))
    assert store.path.read_bytes() == b"{ my presets"
