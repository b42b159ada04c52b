"""Which installed Maya renders a scene, and how large its pictures are."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.maya.installations import SETTING, installation_at
from render_manager.engines.maya.renderers import SizeFlags, renderer_of
from render_manager.engines.protocols import Installation

_OWN_SIZES = frozenset({"-x", "-y", "-res", "-reg", "-crop", "-percentRes"})
"""Arguments that change the size of the picture."""


def choose_installation(
    scene: SceneInfo, installations: Sequence[Installation], options: Mapping[str, Any]
) -> Installation:
    """Return the wished installation, or the scene's own version, or the next newer one.

    Never an older one: a Maya drops what it does not know (`engines/maya.md` section 1). Of a scene whose
    version is not known, the newest is taken. Raises UserError when there is none.
    """
    executable = str(options.get("executable", ""))
    if executable:
        return _named(executable)
    usable = [one for one in installations if not one.problem]
    wish = str(options.get("installation", ""))
    if wish:
        return _wished(wish, usable)
    if not usable:
        raise UserError(
            _(
                "No Maya was found on this computer. Install Maya {version}, or name its Render program in "
                "the setting {setting}."
            ).format(version=scene.engine_version_text or _("of the scene's version"), setting=SETTING)
        )
    if not scene.engine_version:
        return max(usable, key=lambda one: (SETTING in one.found_by, one.version))
    fitting = [one for one in usable if not one.version or one.version >= scene.engine_version]
    if not fitting:
        newest = max(usable, key=lambda one: one.version)
        raise UserError(
            _(
                "{scene} was saved by Maya {theirs}, and the newest one here is {ours} ({path}). "
                "Install Maya {theirs} or newer."
            ).format(
                scene=scene.path,
                theirs=scene.engine_version_text,
                ours=newest.version_text,
                path=newest.executable,
            )
        )
    named = [one for one in fitting if SETTING in one.found_by]
    known = [one for one in fitting if one.version]
    return min(named or known or fitting, key=lambda one: one.version)


def image_size_px(scene: SceneInfo, options: Mapping[str, Any]) -> tuple[int, int]:
    """Return width and height of the pictures in pixels; (0, 0) when they are not known."""
    renderer = renderer_of(str(options.get("renderer") or scene.renderer))
    how = SizeFlags.NONE if renderer is None else renderer.size
    if not _OWN_SIZES.isdisjoint(options.get("extra_arguments", ())):
        return 0, 0
    if how is SizeFlags.NONE:
        return (scene.width, scene.height) if scene.width and scene.height else (0, 0)
    width = int(options.get("width") or scene.width)
    height = int(options.get("height") or scene.height)
    percent = int(options.get("resolution_percent") or 100)
    if not width or not height:
        return 0, 0
    is_uneven = (width * percent) % 100 or (height * percent) % 100
    if how is SizeFlags.PERCENT and is_uneven:
        # Whether Maya rounds or truncates was not found out, so nothing is promised.
        return 0, 0
    return max(width * percent // 100, 1), max(height * percent // 100, 1)


def _named(executable: str) -> Installation:
    path = Path(executable).expanduser()
    installation = installation_at(path)
    if installation is None:
        raise UserError(
            _("{path} cannot be used as Maya: there is no such program. Name Maya's Render program.").format(
                path=path
            )
        )
    return installation


def _wished(wish: str, usable: Sequence[Installation]) -> Installation:
    for one in usable:
        if one.is_named(wish):
            return one
    installation = installation_at(Path(wish)) if Path(wish).is_absolute() else None
    if installation is not None:
        return installation
    known = ", ".join(f"{one.version_text} ({one.executable})" for one in usable) or _("none")
    raise UserError(
        _("There is no Maya “{wish}” on this computer. Found: {known}.").format(wish=wish, known=known)
    )
