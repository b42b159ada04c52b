"""Which drives are searched for installations."""

import ctypes
import sys
from types import SimpleNamespace

import pytest

from render_manager.engines.drives import fixed_drives


def test_only_disks_in_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network's (4) and the one for discs (5) are left alone, and a disk may have any letter."""
    kinds = {"C:\\": 3, "D:\\": 5, "N:\\": 4, "W:\\": 3}
    kernel = SimpleNamespace(GetDriveTypeW=lambda root: kinds.get(root, 1))
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    assert fixed_drives() == ["C:", "W:"]


def test_other_systems_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert fixed_drives() == []
