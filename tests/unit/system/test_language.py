import os
import struct
import subprocess
import sys
from pathlib import Path

from render_manager.system.language import DOMAIN

ROOT = Path(__file__).resolve().parents[3]


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


ASK = """
import gettext, pathlib, sys
from render_manager.system.language import speak_users_language
speak_users_language(pathlib.Path(sys.argv[1]))
sys.stdout.buffer.write(gettext.gettext(sys.argv[2]).encode())
"""


def test_texts_come_from_the_catalogue_of_the_language(tmp_path: Path) -> None:
    """In a process of its own: the system's messages would stay in the other language."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / f"{DOMAIN}.mo").write_bytes(catalogue({"There are no jobs.": "Es gibt keine Aufträge."}))

    def said(text: str) -> str:
        argv = [sys.executable, "-c", ASK, str(tmp_path), text]
        env = {**os.environ, "LANGUAGE": "de", "PYTHONPATH": str(ROOT)}
        return subprocess.run(argv, env=env, stdout=subprocess.PIPE, check=True).stdout.decode()

    assert said("There are no jobs.") == "Es gibt keine Aufträge."
    assert said("no translation") == "no translation"
