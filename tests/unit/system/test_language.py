"""Which language is spoken, with catalogues made here."""

import struct
import sys
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path
from types import SimpleNamespace

import pytest

from render_manager.domain.texts import gettext, ngettext, speak
from render_manager.system.language import (
    DOMAIN,
    languages,
    match,
    speak_language,
    users_languages,
    wanted_language,
)


def catalogue(texts: dict[str, str]) -> bytes:
    """Return a compiled catalogue, as `msgfmt` makes one."""
    head = "Content-Type: text/plain; charset=UTF-8\n"
    pairs = sorted({"": head, **texts}.items())
    originals = [text.encode() + b"\0" for text, _translated in pairs]
    translations = [translated.encode() + b"\0" for _text, translated in pairs]
    tables, data = b"", b""
    start = 28 + 16 * len(pairs)
    for group in (originals, translations):
        for text in group:
            tables += struct.pack("<II", len(text) - 1, start + len(data))
            data += text
    return struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0) + tables + data


@pytest.fixture(autouse=True)
def _speak_english_again() -> Iterator[None]:
    yield
    speak(NullTranslations())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Catalogues of German and simplified Chinese."""
    texts = {"de": "Es gibt keine Aufträge.", "zh_CN": "没有作业。"}
    for code, text in texts.items():
        place = tmp_path / code / "LC_MESSAGES"
        place.mkdir(parents=True)
        (place / f"{DOMAIN}.mo").write_bytes(catalogue({"There are no jobs.": text}))
    return tmp_path


def test_a_language_is_spoken_from_now_on(folder: Path) -> None:
    assert gettext("There are no jobs.") == "There are no jobs."
    assert speak_language("de", folder) == "de"
    assert gettext("There are no jobs.") == "Es gibt keine Aufträge."
    assert gettext("no translation") == "no translation"
    assert ngettext("{count} job", "{count} jobs", 2) == "{count} jobs"
    assert speak_language("zh_CN", folder) == "zh_CN"
    assert gettext("There are no jobs.") == "没有作业。"
    assert speak_language("en", folder) == "en"
    assert gettext("There are no jobs.") == "There are no jobs."


def test_without_a_wish_the_systems_language_is_spoken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert speak_language("", folder) == "zh_CN"
    monkeypatch.setenv("LANGUAGE", "fr:de_AT:en")
    assert speak_language("", folder) == "de"


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (["zh_CN.UTF-8"], "zh_CN"),
        (["zh-Hans-CN"], "zh_CN"),
        (["zh"], "zh_CN"),
        (["zh_TW"], "en"),
        (["zh-Hant-HK", "de"], "de"),
        (["de_DE@euro"], "de"),
        (["C", "de"], "en"),
        (["fr"], "en"),
        ([], "en"),
    ],
)
def test_spellings(wanted: list[str], chosen: str) -> None:
    assert match(wanted, ("en", "de", "zh_CN")) == chosen


def test_windows_says_its_language_by_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes

    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    kernel = SimpleNamespace(GetUserDefaultUILanguage=lambda: 0x0804)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    assert match(users_languages(), ("en", "zh_CN")) == "zh_CN"


def test_the_settings_name_a_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "settings.toml"
    assert wanted_language(settings) == ""
    settings.write_text('slots = 2\nUI_LANGUAGE = "zh_CN"\n')
    assert wanted_language(settings) == "zh_CN"
    settings.write_text("broken = ")
    assert wanted_language(settings) == ""
    monkeypatch.setenv("UI_LANGUAGE", "en")
    assert wanted_language(settings) == "en"


def test_a_language_that_is_not_there_is_english(folder: Path) -> None:
    assert speak_language("tlh", folder) == "en"
    assert languages(folder) == ("en", "de", "zh_CN")
