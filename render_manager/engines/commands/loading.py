"""The definitions there are: those that come with this program, and the user's own, which go before."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.commands.definition import Definition
from render_manager.engines.commands.reading import read_definition


def load_definitions(
    folders: Sequence[Path], *, taken: Iterable[str]
) -> tuple[tuple[Definition, ...], tuple[str, ...]]:
    """Return the definitions in the `*.toml` of some folders, and a sentence for each that is wrong.

    A definition takes the place of one with the same id in a later folder; none may have an id of `taken`.
    """
    known: dict[str, Definition] = {}
    complaints = []
    forbidden = frozenset(taken)
    for folder in folders:
        own: dict[str, Path] = {}
        try:
            paths = _files(folder)
        except OSError as error:
            text = _("The folder of your own engines {path} cannot be read: {why}.")
            complaints.append(text.format(path=folder, why=error.strerror or type(error).__name__))
            continue
        for path in paths:
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
    """Return the definitions in a folder; hidden files are none, macOS and editors leave such beside them."""
    try:
        names = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    return [
        path
        for path in names
        if path.suffix.lower() == ".toml" and not path.name.startswith(".") and not path.is_dir()
    ]


def _check(definition: Definition, path: Path, forbidden: frozenset[str], own: dict[str, Path]) -> None:
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
