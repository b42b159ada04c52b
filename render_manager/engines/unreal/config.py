"""Reads values from Unreal's `.ini` files, whose syntax is its own: keys come many times, with `+ - . !`.

Facts: `engines/unreal.md` section 6.
"""

from collections.abc import Iterator
from pathlib import Path

from render_manager.engines.unreal.assets import package_of
from render_manager.engines.unreal.textfiles import decode, read_bytes

MAPS_SECTION = "/Script/EngineSettings.GameMapsSettings"
PYTHON_SECTION = "/Script/PythonScriptPlugin.PythonScriptPluginSettings"


def read_values(path: Path, section: str) -> dict[str, list[str]]:
    """Return the values of a section by key in lower case; empty when the file or the section is not there.

    `Key=` sets, `+Key=` and `.Key=` add, `-Key=` takes one away, `!Key=` takes all away. Never raises.
    """
    try:
        data = read_bytes(path)
    except OSError:
        return {}
    try:
        text = decode(data)
    except UnicodeDecodeError:
        # Some editors save what people note in other than ASCII in the code set of their computer.
        text = data.decode("latin-1")
    values: dict[str, list[str]] = {}
    for key, value in _lines_of(text, section.lower()):
        _apply(values, key, value)
    return values


def _lines_of(text: str, section: str) -> Iterator[tuple[str, str]]:
    is_inside = False
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("["):
            is_inside = line[1:].partition("]")[0].strip().lower() == section
        elif is_inside and not line.startswith((";", "#", "//")):
            key, equals, value = line.partition("=")
            if equals and key.strip():
                yield key.strip().lower(), _unquoted(value)


def _unquoted(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        return value[1:].partition('"')[0]
    return value.partition(" ;")[0].rstrip()


def _apply(values: dict[str, list[str]], key: str, value: str) -> None:
    sign, name = (key[0], key[1:].strip()) if key[0] in "+-.!@*" else ("", key)
    if sign == "!":
        values.pop(name, None)
    elif sign == "-":
        values[name] = [other for other in values.get(name, []) if other != value]
    elif sign in ("+", "."):
        values.setdefault(name, []).append(value)
    elif not sign:
        values[name] = [value]


def default_map(project_folder: Path) -> str:
    """Return the package of the map that the game starts with, else the editor's; empty for none."""
    values = read_values(project_folder / "Config" / "DefaultEngine.ini", MAPS_SECTION)
    for key in ("gamedefaultmap", "editorstartupmap"):
        for value in reversed(values.get(key, [])):
            package = package_of(value)
            if package:
                return package
    return ""


def startup_scripts(project_folder: Path) -> tuple[str, ...]:
    """Return the Python scripts that the project's settings start with the editor."""
    found: list[str] = []
    for name in ("DefaultEngine.ini", "DefaultEditor.ini"):
        values = read_values(project_folder / "Config" / name, PYTHON_SECTION)
        found += [value for value in values.get("startupscripts", []) if value]
    return tuple(dict.fromkeys(found))
