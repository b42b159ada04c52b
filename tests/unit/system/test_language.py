import gettext
import struct
from pathlib import Path

import pytest

from render_manager.system.language import DOMAIN, speak_users_language


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


def test_texts_come_from_the_catalogue_of_the_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / f"{DOMAIN}.mo").write_bytes(catalogue({"There are no jobs.": "Es gibt keine Aufträge."}))
    before = gettext.textdomain()
    monkeypatch.setenv("LANGUAGE", "de")
    try:
        speak_users_language(tmp_path)
        assert gettext.gettext("There are no jobs.") == "Es gibt keine Aufträge."
        assert gettext.gettext("no translation") == "no translation"
    finally:
        gettext.textdomain(before)
