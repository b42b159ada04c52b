"""The definitions there are: those that come with this program, and the user's own, which go before."""

import logging
from collections.abc import Iterable, Sequence
from gettext import gettext as _
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.engines.commands.definition import Definition, read_definition

log = logging.getLogger(__name__)


def load_definitions(
    folders: Sequence[Path], *, taken: Iterable[str]
) -> tuple[tuple[Definition, ...], tuple[str, ...]]:
    """Return the definitions in the `*.toml` of some folders, and a sentence for each that is wrong.

    A definition takes the place of one with the same id in a later folder; none may have an id of `taken`.
    """
    known: dict[str, Definition] = {}
    complaints = []
    forbidden = set(taken)
    for folder in folders:
        own: dict[str, Path] = {}
        for path in _files(folder):
            try:
                definition = read_definition(path)
                _check(definition, path, forbidden, own)
            except UserError as error:
                complaints.append(_("An engine of your own was left out. {why}").format(why=error))
                continue
            own[definition.id] = path
            known.setdefault(definition.id, definition)
    return tuple(known.values()), tuple(complaints)


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.glob("*.toml") if path.is_file())
    except OSError as error:
        log.info("%s cannot be looked through: %s", folder, error)
        return []


def _check(definition: Definition, path: Path, forbidden: set[str], own: dict[str, Path]) -> None:
    if definition.id in forbidden:
        raise UserError(
            _("{path} defines “{id}”, which is an engine already. Choose another id.").format(
                path=path, id=definition.id
            )
        )
    if definition.id in own:
        raise UserError(
            _("{path} defines “{id}”, as {other} does already. Choose another id.").format(
                path=path, id=definition.id, other=own[definition.id].name
            )
        )
