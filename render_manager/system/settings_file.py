"""Changing the settings file as the user would: comments and everything else in it stay."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.system.paths import AppPaths
from render_manager.system.whole_files import write_whole


def change_settings(path: Path, changes: Mapping[str, object]) -> None:
    """Write settings into the file, None takes one out; waits for the disk.

    Raises UserError with a sentence when the file cannot be read or written; it is then as it was.
    """
    import tomlkit  # not before somebody changes something
    from tomlkit.exceptions import TOMLKitError

    try:
        text = path.read_text("utf-8") if path.exists() else ""
        document = tomlkit.parse(text)
        for name, value in changes.items():
            _change(document, name, str(value) if isinstance(value, Path) else value)
        write_whole(path, tomlkit.dumps(document))
    except (TOMLKitError, RecursionError) as error:
        reason = _("The settings file {path} is not valid: {why}. Correct or delete it; nothing was changed.")
        raise UserError(reason.format(path=path, why=error)) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = _("The settings file {path} cannot be changed: {why}.")
        raise UserError(reason.format(path=path, why=error)) from error


def overridden(paths: AppPaths, names: Mapping[str, object]) -> dict[str, str]:
    """Return where each of these settings is set that the settings file has no say in; reads the disk."""
    found: dict[str, str] = {}
    for place in (Path(".env").absolute(), paths.data_dir / ".env"):
        with contextlib.suppress(OSError, ValueError):
            for name in dotenv_values(place):
                found.setdefault(name.lower(), str(place))
    for name in os.environ:
        found[name.lower()] = _("the environment variable {name}").format(name=name)
    return {name: found[name] for name in names if name in found}


def _change(document: "dict[str, object]", name: str, value: object) -> None:
    # The file may spell names in capitals.
    spelled = next((key for key in document if key.lower() == name), name)
    if value is None:
        document.pop(spelled, None)
    else:
        document[spelled] = value
