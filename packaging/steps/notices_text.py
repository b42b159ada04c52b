"""The form of THIRD-PARTY-NOTICES.txt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from steps.components import Component, text_file
from steps.product import NAME, version

_LINE = "=" * 78
_THIN_LINE = "-" * 78


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is shipped."""

    title: str
    licence: str
    homepage: str = ""
    remarks: tuple[str, ...] = ()
    own_texts: tuple[str, ...] = ()
    """Texts that came with it, and are repeated with it."""
    texts: tuple[str, ...] = ()
    """Names of standard texts, which are at the end, once each."""


def entry_of_python(python_version: str, text: str) -> Entry:
    """Return the entry for Python itself."""
    return Entry(
        f"Python {python_version}", "PSF-2.0", "https://www.python.org", own_texts=(text,) if text else ()
    )


def entry_of_component(component: Component, told_by_system: Mapping[str, str]) -> Entry:
    """Return the entry for a component, with what the system tells of the files that are it."""
    texts = dict.fromkeys(text for name, text in told_by_system.items() if component.matches(name))
    remarks = (*component.copyright, *(text for text in (component.note, component.reason) if text))
    return Entry(
        component.name, component.licence, component.homepage, remarks, tuple(texts), component.texts
    )


def as_text(entries: Sequence[Entry]) -> str:
    """Return the whole document."""
    needed = sorted({text for entry in entries for text in entry.texts})
    parts = [
        f"{NAME} {version()} is under the MIT licence, which is in the file LICENSE.\n"
        "It carries the software below, each part of which is under its own terms.\n",
        "\n".join(f"{entry.title}: {entry.licence}" for entry in entries) + "\n",
        *(_described(entry) for entry in entries),
        *(
            f"{_LINE}\nText of {name}\n{_LINE}\n\n{text_file(name).read_text('utf-8').strip()}\n"
            for name in needed
        ),
    ]
    return "\n".join(parts)


def _described(entry: Entry) -> str:
    return "\n".join(_lines(entry)) + "\n"


def _lines(entry: Entry) -> Iterable[str]:
    yield from (_LINE, entry.title, f"Licence: {entry.licence}")
    if entry.homepage:
        yield f"Home page: {entry.homepage}"
    yield from entry.remarks
    if entry.texts:
        yield f"Texts at the end: {', '.join(entry.texts)}"
    yield _LINE
    for text in entry.own_texts:
        yield from ("", text, "", _THIN_LINE)
