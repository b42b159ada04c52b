"""The catalogues that ship: whole, up to date, and compiled from what can be read."""

from pathlib import Path

import pytest

from tools import translations

CATALOGUES = list(translations.catalogues())


def test_chinese_ships() -> None:
    assert [path.parents[1].name for path in CATALOGUES] == ["zh_CN"]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[1].name)
def test_every_text_is_translated(path: Path) -> None:
    """Mended by `python -m tools.translations update`, translating what is new, and `compile`."""
    problems = list(translations.problems(path))
    assert not problems, "\n".join(problems[:40])


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[1].name)
def test_what_is_read_is_what_was_written(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == translations.compiled(path), (
        "run `python -m tools.translations compile`"
    )


def test_a_text_without_a_translation_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    path = folder / "render_manager.po"
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "&Cancel"\nmsgstr "Abbrechen"\n\n'
        'msgid "There are no jobs."\nmsgstr ""\n\n'
        'msgid "Kept in {path}"\nmsgstr "Liegt in {folder}"\n\n'
        'msgid "nobody says this"\nmsgstr "niemand"\n',
        "utf-8",
    )
    found = "\n".join(translations.problems(path))
    assert "a key of a menu is lost or added: 'Abbrechen'" in found
    assert "other fields than in the source: 'Liegt in {folder}'" in found
    assert "no longer used: 'nobody says this'" in found
    assert "missing: '&Quit'" in found


def test_doubled_braces_are_no_fields() -> None:
    assert translations.fields_of("{{{{ or }}}} in {path!r} of {count:,}") == {"{path!r}", "{count:,}"}
