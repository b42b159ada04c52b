"""Which language the program speaks: the one that was chosen, else the user's, else English.

Catalogues are `resources/translations/<language>/LC_MESSAGES/render_manager.mo`.
"""

import gettext
import locale
import os
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from render_manager.domain.texts import speak
from render_manager.system.resources import resource

DOMAIN = "render_manager"
SOURCE_LANGUAGE = "en"
"""The language the texts are written in; it needs no catalogue."""
LANGUAGE_NAMES = {"en": "English", "zh_CN": "简体中文"}
"""Each language in its own words, by its code."""


def languages(folder: Path | None = None) -> tuple[str, ...]:
    """Return the codes of the languages there are, English first."""
    found = (folder or resource("translations")).glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return (SOURCE_LANGUAGE, *sorted(path.parents[1].name for path in found))


def speak_language(wanted: str = "", folder: Path | None = None) -> str:
    """Speak a language from now on and return its code; without one the user's own, as far as it is known."""
    folder = folder or resource("translations")
    known = languages(folder)
    chosen = match([wanted] if wanted else users_languages(), known)
    if chosen == SOURCE_LANGUAGE:
        speak(gettext.NullTranslations())
        return chosen
    with (folder / chosen / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        speak(gettext.GNUTranslations(file))
    return chosen


def wanted_language(settings: Path) -> str:
    """Return the language that the settings name, empty for none; before they are read as a whole."""
    return early_setting(settings, "ui_language")


def early_setting(settings: Path, wanted: str) -> str:
    """Return a setting before all of them are read and checked; empty when it is not set.

    What is wrong with the file is said by those who read all of it.
    """
    named = os.environ.get(wanted.upper(), "")
    if named:
        return named
    try:
        values = tomllib.loads(settings.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return ""
    return next((str(value) for name, value in values.items() if name.lower() == wanted), "")


def match(wanted: Iterable[str], known: Sequence[str]) -> str:
    """Return the first wanted language that is known, in the same spelling, else another of its kind.

    `zh_CN.UTF-8`, `zh-Hans-CN` and `zh` all mean `zh_CN`; `zh_TW` and `zh-Hant` do not.
    """
    for word in wanted:
        code = _plain(word)
        if code in known:
            return code
        if code in ("C", "POSIX"):
            return SOURCE_LANGUAGE
        kind = code.partition("_")[0]
        is_traditional = any(part in code for part in ("TW", "HK", "MO", "Hant"))
        alike = [one for one in known if one.partition("_")[0] == kind]
        if alike and not is_traditional:
            return alike[0]
    return SOURCE_LANGUAGE


def users_languages() -> tuple[str, ...]:
    """Return the languages the user wants, the best first, as the system says."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return tuple(value.split(":"))
    return _systems_languages()


def _systems_languages() -> tuple[str, ...]:
    if sys.platform == "win32":
        import ctypes  # slow to load, and only Windows needs it

        code = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return (locale.windows_locale.get(code, SOURCE_LANGUAGE),)
    return (locale.getlocale()[0] or SOURCE_LANGUAGE,)


def _plain(word: str) -> str:
    """Return a language in our spelling: without the encoding, with an underline."""
    return word.split(".", maxsplit=1)[0].split("@", maxsplit=1)[0].replace("-", "_")
