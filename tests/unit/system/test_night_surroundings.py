"""Sleep, restarts and power: read from what the systems print and store, as their documentation shows it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from render_manager.system.restart_plan import RestartPlan, leaves_out, linux_restart, windows_restart
from render_manager.system.sleep_plan import (
    SleepPlan,
    read_gnome,
    read_logind,
    read_pmset,
    read_powercfg,
    sleep_plan,
)

POWERCFG = """
Power Scheme GUID: 381b4222-f694-41f0-9685-ff5bb260df2e  (Balanced)
  GUID Alias: SCHEME_BALANCED
  Subgroup GUID: 238c9fa8-0aad-41ed-83f4-97be242c8f20  (Sleep)
    GUID Alias: SUB_SLEEP
    Power Setting GUID: 29f6c1db-86da-48c5-9fdb-f2b67b1f44da  (Sleep after)
      GUID Alias: STANDBYIDLE
      Minimum Possible Setting: 0x00000000
      Maximum Possible Setting: 0xffffffff
      Possible Settings increment: 0x00000001
      Possible Settings units: Seconds
    Current AC Power Setting Index: 0x00000708
    Current DC Power Setting Index: 0x00000384
"""
POWERCFG_CHINESE = """
    可能的设置单位: 秒
    当前交流电源设置索引: 0x00000000
    当前直流电源设置索引: 0x00000384
"""
PMSET = """
System-wide power settings:
Currently in use:
 standby              1
 Sleep On Power Button 1
 hibernatefile        /var/vm/sleepimage
 powernap             0
 networkoversleep     0
 disksleep            10
 sleep                30 (sleep prevented by caffeinate)
 displaysleep         10
"""


class Answers:
    """Programs that print what was prepared."""

    def __init__(self, **texts: str) -> None:
        self.texts = texts

    def __call__(self, command: Sequence[str]) -> str | None:
        line = " ".join(command)
        return next((text for word, text in self.texts.items() if word.replace("_", "-") in line), None)


def test_windows_tells_seconds_for_the_wall_and_for_the_battery() -> None:
    assert read_powercfg(POWERCFG, on_battery=False) == 1800.0
    assert read_powercfg(POWERCFG, on_battery=True) == 900.0
    assert read_powercfg(POWERCFG_CHINESE, on_battery=False) == 0.0
    assert read_powercfg("Access is denied.", on_battery=False) is None


def test_the_mac_tells_minutes() -> None:
    assert read_pmset(PMSET) == 1800.0
    assert read_pmset(PMSET.replace("sleep                30", "sleep                0")) == 0.0
    assert read_pmset("") is None


def test_linux_tells_by_its_desktop_and_by_logind() -> None:
    assert read_gnome("'suspend'\n", "1200\n") == 1200.0
    assert read_gnome("'nothing'\n", "1200\n") == 0.0
    assert read_gnome("'suspend'\n", "garbage") is None
    assert read_logind('s "ignore"\n', "t 1800000000\n") == 0.0
    assert read_logind('s "suspend"\n', "t 1800000000\n") == 1800.0
    assert read_logind("", "") is None


@pytest.mark.parametrize(
    ("system", "answers", "expected"),
    [
        ("win32", Answers(powercfg=POWERCFG), SleepPlan(1800.0)),
        ("win32", Answers(powercfg=POWERCFG_CHINESE), SleepPlan(None)),
        ("win32", Answers(), None),
        ("darwin", Answers(pmset=PMSET), SleepPlan(1800.0)),
        ("darwin", Answers(), None),
        ("linux", Answers(), None),
        ("linux", Answers(IdleActionUSec="t 60000000", IdleAction='s "suspend"'), None),
        ("linux", Answers(ac_type="'nothing'", ac_timeout="900"), SleepPlan(None)),
        ("linux", Answers(ac_type="'suspend'", ac_timeout="900"), SleepPlan(900.0)),
    ],
)
def test_what_cannot_be_found_out_is_not_guessed(
    system: str, answers: Answers, expected: SleepPlan | None
) -> None:
    if "IdleAction" in answers.texts:
        # The shorter name is part of the longer one.
        expected = SleepPlan(60.0)
    assert sleep_plan(answers, on_battery=False, system=system) == expected


class Keys:
    """A registry with these keys and values."""

    def __init__(self, keys: Sequence[str] = (), values: "dict[str, object] | None" = None) -> None:
        self.keys, self.values = keys, values or {}

    def has_key(self, hive: str, key: str) -> bool:
        return any(key.endswith(one) for one in self.keys)

    def value(self, hive: str, key: str, name: str) -> object | None:
        return self.values.get(name)

    def write(self, key: str, name: str, text: str) -> None:
        raise AssertionError

    def delete(self, key: str, name: str) -> None:
        raise AssertionError


HOURS: "dict[str, object]" = {"ActiveHoursStart": 8, "ActiveHoursEnd": 17}


@pytest.mark.parametrize(
    ("registry", "plan"),
    [
        (Keys(), RestartPlan(False)),
        (Keys(["RebootRequired"], HOURS), RestartPlan(True, active_hours=(8, 17))),
        (Keys(["RebootPending"]), RestartPlan(True)),
        (
            Keys(values={"PendingFileRenameOperations": ["\\??\\C:\\old", ""]}),
            RestartPlan(False, has_renames=True),
        ),
    ],
)
def test_a_pending_restart_of_windows(registry: Keys, plan: RestartPlan) -> None:
    assert windows_restart(registry) == plan


def test_debian_leaves_a_mark(tmp_path: Path) -> None:
    assert not linux_restart(tmp_path / "reboot-required").is_pending
    (tmp_path / "reboot-required").touch()
    assert linux_restart(tmp_path / "reboot-required").is_pending


def test_active_hours_go_over_midnight() -> None:
    assert leaves_out((8, 17), 3)
    assert not leaves_out((8, 17), 8)
    assert leaves_out((8, 17), 17)
    assert not leaves_out((20, 8), 3)
    assert leaves_out((20, 8), 12)
