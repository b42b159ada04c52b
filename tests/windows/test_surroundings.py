"""What the program asks Windows: its start at the log-in, restarts, sleep, power, memory, languages."""

import winreg
from pathlib import Path

import pytest
from support.windows import Planted

from render_manager.domain.errors import UserError
from render_manager.execution.asking import ask
from render_manager.execution.computer import found_program
from render_manager.system.autostart import (
    RUN_KEY,
    AutostartKeeper,
    WindowsAutostart,
    autostart_of_this_system,
)
from render_manager.system.language import users_languages
from render_manager.system.memory import available_bytes, total_bytes
from render_manager.system.power_source import power_source
from render_manager.system.restart_plan import restart_plan
from render_manager.system.sleep_plan import sleep_plan
from render_manager.system.wakefulness import can_keep_awake
from render_manager.system.windows_keys import USER, WindowsRegistry

UPDATES = r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired"
HOURS = r"SOFTWARE\Microsoft\WindowsUpdate\UX\Settings"


def run_values() -> dict[str, str]:
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key:
            count = winreg.QueryInfoKey(key)[1]
            return {name: value for name, value, _kind in (winreg.EnumValue(key, i) for i in range(count))}
    except FileNotFoundError:
        return {}


def test_the_start_at_the_log_in_is_written_and_taken_away(tmp_path: Path) -> None:
    before = run_values()
    keeper = AutostartKeeper(autostart_of_this_system(tmp_path / "base 影"))
    keeper.want(is_wanted=True)
    (name,) = set(run_values()) - set(before)
    assert run_values()[name].endswith(f' "--base-dir" "{tmp_path / "base 影"}"')
    keeper.want(is_wanted=False)
    assert run_values() == before


def test_a_base_folder_that_ends_with_a_backslash_is_one_argument() -> None:
    import ctypes

    registry, name = WindowsRegistry(), "render-manager-test"
    WindowsAutostart(registry, ["C:\\a b\\python.exe", "--base-dir", "D:\\"], name).install()
    try:
        command = registry.value(USER, RUN_KEY, name)
    finally:
        registry.delete(RUN_KEY, name)
    count = ctypes.c_int()
    split = ctypes.windll.shell32.CommandLineToArgvW
    split.restype = ctypes.POINTER(ctypes.c_wchar_p)
    words = split(ctypes.c_wchar_p(str(command)), ctypes.byref(count))
    assert words[: count.value] == ["C:\\a b\\python.exe", "--base-dir", "D:\\"]


def test_a_command_too_long_for_windows_is_told(tmp_path: Path) -> None:
    before = run_values()
    keeper = AutostartKeeper(autostart_of_this_system(tmp_path / ("x" * 250)))
    with pytest.raises(UserError, match="260"):
        keeper.want(is_wanted=True)
    assert run_values() == before


def test_a_restart_that_waits(planted: Planted) -> None:
    assert restart_plan(WindowsRegistry()) is not None
    planted.plant("HKLM", UPDATES, {})
    plan = restart_plan(WindowsRegistry())
    assert plan is not None
    assert plan.is_pending


def test_active_hours_that_make_no_sense(planted: Planted) -> None:
    planted.plant("HKLM", HOURS, {"ActiveHoursStart": "eight", "ActiveHoursEnd": "ten"})
    plan = restart_plan(WindowsRegistry())
    assert plan is not None
    assert plan.active_hours is None


def test_what_cannot_be_found_out_is_not_known() -> None:
    """Each answers, or says nothing; none of them raises anything."""
    plan = sleep_plan(ask, on_battery=False)
    assert plan is None or plan.after_s is None or plan.after_s > 0
    power = power_source()
    assert power is None or 0 <= power.percent <= 100
    assert 0 < available_bytes() <= total_bytes()
    assert isinstance(can_keep_awake(), bool)
    assert all(isinstance(one, str) and one for one in users_languages())
    assert found_program("no-such-program-at-all") is None
