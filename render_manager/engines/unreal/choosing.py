"""Which engine a project gets: the one it belongs to, the one the user names, or a sentence why none.

Facts: `engines/unreal.md` section 1, `engines/discovery.md` section 2. A project that is opened by another
version is converted as it loads, which may change the picture; so no other version is taken unasked.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.protocols import Installation
from render_manager.engines.unreal.engine_folder import is_root, root_of
from render_manager.engines.unreal.installations import SETTING, installation_at
from render_manager.engines.unreal.project import Association, AssociationKind
from render_manager.engines.unreal.registered import registered_builds


def engine_root(association: Association, project_folder: Path) -> Path | None:
    """Return the engine's folder an association names; None for a version, or when it is not here."""
    if association.kind is AssociationKind.BUILD:
        folder = registered_builds().get(association.text.lower())
        return folder if folder is not None and is_root(folder) else None
    if association.kind is AssociationKind.FOLDER:
        folder = project_folder / association.text.replace("\\", "/")
        return root_of(folder)
    if association.kind is AssociationKind.NONE:
        return next((folder for folder in project_folder.parents if is_root(folder)), None)
    return None


def choose(
    path: Path,
    association: Association,
    installations: Sequence[Installation],
    options: Mapping[str, Any],
) -> Installation:
    """Return the installation for the project at `path`; raises UserError when there is none."""
    executable = str(options.get("executable") or "")
    if executable:
        return _named_program(Path(executable))
    usable = [one for one in installations if not one.problem]
    wish = str(options.get("installation") or "")
    if wish:
        return _wished(wish, usable)
    root = engine_root(association, path.parent)
    if root is not None:
        return _of_root(root, path, usable)
    named = [one for one in usable if SETTING in one.found_by]
    version = association.version
    fitting = [one for one in usable if version and one.version[:2] == version]
    own = [one for one in named if one in fitting or not one.version or not version]
    if own:
        return own[0]
    if fitting:
        return max(fitting, key=lambda one: one.version)
    if named:
        return named[0]
    raise _none_fits(path, association, usable)


def _named_program(program: Path) -> Installation:
    found = installation_at(program.expanduser(), found_by=_("option executable"))
    if found is None:
        text = _("There is no Unreal program at {path}. Name UnrealEditor-Cmd, or the engine's folder.")
        raise UserError(text.format(path=program))
    return found


def _of_root(root: Path, path: Path, usable: Sequence[Installation]) -> Installation:
    for one in usable:
        if root_of(one.executable) == root:
            return one
    found = installation_at(root, found_by=_("named by {project}").format(project=path.name))
    if found is None:
        text = _("{project} belongs to the engine in {folder}, whose editor is not built. Build it first.")
        raise UserError(text.format(project=path, folder=root))
    return found


def _wished(wish: str, usable: Sequence[Installation]) -> Installation:
    for one in usable:
        if one.is_named(wish):
            return one
    starting = [one for one in usable if one.version_text.startswith(f"{wish}.")]
    if starting:
        return max(starting, key=lambda one: one.version)
    text = _("There is no Unreal Engine “{wish}” on this computer. Found: {known}.")
    raise UserError(text.format(wish=wish, known=_known(usable)))


def _none_fits(path: Path, association: Association, usable: Sequence[Installation]) -> UserError:
    if association.version:
        text = _(
            "{project} belongs to Unreal Engine {version}, which was not found on this computer. Found: "
            "{known}. Install it with the Epic Games Launcher, choose another one with the option "
            "installation, or name its program in the setting {setting}."
        )
        version = ".".join(map(str, association.version))
        return UserError(text.format(project=path, version=version, known=_known(usable), setting=SETTING))
    if association.kind is AssociationKind.NONE:
        text = _(
            "{project} does not say which Unreal Engine it belongs to, and lies in none. Found: {known}. "
            "Choose one with the option installation, or name its program in the setting {setting}."
        )
    else:
        text = _(
            "{project} belongs to the engine “{name}”, which is not on this computer. Found: {known}. "
            "Choose one with the option installation, or name its program in the setting {setting}."
        )
    return UserError(text.format(project=path, name=association.text, known=_known(usable), setting=SETTING))


def _known(usable: Sequence[Installation]) -> str:
    return ", ".join(f"{one.version_text} ({one.executable})" for one in usable) or _("none")
