"""Brings the catalogues of translations up to date, and compiles them.

`python -m tools.translations update` reads the sources and puts new texts into every catalogue, where Qt
Linguist, Poedit or an editor fill them in; `compile` makes of them what the program reads; `check` says what
is missing.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "resources" / "translations"
DOMAIN = "render_manager"
WIDTH = 118
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
HEADER = "# Texts of Render Manager. Brought up to date by `python -m tools.translations update`."
FIELD = re.compile(r"{[^{}]*}")


def sources() -> Catalog:
    """Return every text of the program, with the files it is in."""
    catalog = Catalog(project="Render Manager", domain=DOMAIN, charset="utf-8")
    found = extract_from_dir(ROOT / "render_manager", [("**.py", "python")], keywords=KEYWORDS)
    for name, _line, text, comments, context in found:
        place = f"render_manager/{Path(name).as_posix()}"
        catalog.add(text, None, [(place, 0)], auto_comments=comments, context=context)
    return catalog


def catalogues() -> Iterator[Path]:
    """Yield the file of every language."""
    yield from sorted(TRANSLATIONS.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def read(path: Path) -> Catalog:
    """Read a catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name, domain=DOMAIN)


def compiled(path: Path) -> bytes:
    """Return a catalogue as the program reads it."""
    made = io.BytesIO()
    write_mo(made, read(path))
    return made.getvalue()


def update(path: Path) -> None:
    """Put new texts into a catalogue, and take out those that are no longer used."""
    catalog = read(path)
    created = catalog.creation_date
    catalog.update(sources(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    # Dates and names would change with every update, and tell nothing.
    catalog.creation_date = catalog.revision_date = created
    catalog.header_comment, catalog.fuzzy = HEADER, False
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = ""
    with path.open("wb") as file:
        write_po(file, catalog, width=WIDTH, omit_header=False, sort_output=True, include_lineno=False)


def problems(path: Path) -> Iterator[str]:
    """Yield a line for everything that is wrong with a catalogue."""
    catalog, wanted = read(path), sources()
    for message in wanted:
        if not message.id:
            continue
        translated = catalog.get(message.id, message.context)
        if translated is None:
            yield f"missing: {message.id!r}"
        else:
            yield from _faults(translated)
    for message in catalog:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"no longer used: {message.id!r}"


def _faults(message: Message) -> Iterator[str]:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy or not all(texts):
        yield f"not translated: {message.id!r}"
        return
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    wanted = {field for text in ids for field in fields_of(text)}
    for text in texts:
        unknown = fields_of(text) - wanted
        lost = fields_of(ids[-1]) - fields_of(text)
        if unknown or lost:
            yield f"other fields than in the source: {text!r} for {ids[-1]!r}"
    if ("&" in ids[0]) != ("&" in texts[0]) and re.search(r"&\w", ids[0] + texts[0]):
        yield f"a key of a menu is lost or added: {texts[0]!r} for {ids[0]!r}"


def fields_of(text: str) -> set[str]:
    """Return the fields that are filled in; doubled braces stand for themselves."""
    return set(FIELD.findall(text.replace("{{", "").replace("}}", "")))


def main(arguments: list[str]) -> int:
    """Do what was asked for."""
    order = arguments[0] if arguments else ""
    if order not in ("update", "compile", "check"):
        print(__doc__)
        return 2
    count = 0
    for path in catalogues():
        if order == "update":
            update(path)
        elif order == "compile":
            path.with_suffix(".mo").write_bytes(compiled(path))
        for problem in problems(path):
            count += 1
            print(f"{path.parents[1].name}: {problem}")
    print(f"{count} problems")
    return 1 if order == "check" and count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
