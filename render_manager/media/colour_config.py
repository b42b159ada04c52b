"""The colour configuration: OpenColorIO's own, built into OpenImageIO, or the studio's, from `OCIO`.

The configuration is only read here; who asks decides on which thread.
"""

from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio  # noqa: N813 - the name its own documentation gives it

from render_manager.domain.texts import gettext as _
from render_manager.media.look import ACES_CG, RAW, REC_709, STANDARD, ColourView, ViewSet
from render_manager.media.oiio_library import message_of
from render_manager.media.source import Pixels

BUILT_IN = "ocio://default"
SRGB_DISPLAY = "sRGB - Display"
UN_TONE_MAPPED = "Un-tone-mapped"
"""Names in the configurations that are built in."""
_LINEAR_NAMES = {
    REC_709: ("Linear Rec.709 (sRGB)", "lin_rec709_scene", "lin_rec709", "lin_srgb", "Linear Rec.709"),
    ACES_CG: ("ACEScg", "acescg", "lin_ap1_scene", "lin_ap1", "ACES - ACEScg"),
}
_RAW_WORDS = {"raw", "data", "non-color", "utility - raw"}


def views_of(environment_config: str) -> ViewSet:
    """Return the views to choose from; `environment_config` is what the variable `OCIO` says, or nothing."""
    own = ((_("sRGB"), ColourView(STANDARD)),)
    raw = ((_("Raw values"), ColourView(RAW)),)
    problem = ""
    if environment_config and environment_config != BUILT_IN:
        config = _loaded(environment_config)
        if config is not None:
            return ViewSet(own + _listed(config, environment_config) + raw, Path(environment_config).stem)
        problem = _(
            "The colour configuration {path}, which the variable OCIO names, cannot be loaded; "
            "the one built in is used."
        ).format(path=environment_config)
    config = _loaded(BUILT_IN)
    built_in = () if config is None else _listed(config, "", only_default=True)
    return ViewSet(own + built_in + raw, _("built in"), problem)


def shown_through(linear: Pixels, view: ColourView) -> Pixels:
    """Return scene-linear colours (lines, columns, 3) as a view of a configuration displays them.

    Raises:
        ValueError: the configuration does not have this view, or cannot be loaded.
    """
    config_name = view.config or BUILT_IN
    config = _loaded(config_name)
    if config is None:
        raise ValueError(config_name)
    buffer = oiio.ImageBuf(np.ascontiguousarray(linear, np.float32))
    shown = oiio.ImageBufAlgo.ociodisplay(
        buffer,
        view.display,
        view.key,
        _linear_name(config, view.space),
        unpremult=False,
        colorconfig=config_name,
    )
    if shown.has_error:
        raise ValueError(message_of(shown))
    return np.asarray(shown.get_pixels(oiio.FLOAT))


def _loaded(name: str) -> Any:
    """Return a configuration, or None where it cannot be loaded; the library falls back to one of its own."""
    if "://" not in name and not Path(name).is_file():
        return None
    config = oiio.ColorConfig(name)
    has_failed = bool(config.geterror()) or not config.getDisplayNames()
    return None if has_failed else config


def _listed(
    config: Any, config_name: str, *, only_default: bool = False
) -> tuple[tuple[str, ColourView], ...]:
    """Return the views of a configuration, those of its default display first."""
    default = config.getDefaultDisplayName()
    displays = [default, *(name for name in config.getDisplayNames() if name != default)]
    found = []
    for display in displays[:1] if only_default else displays:
        for view in config.getViewNames(display):
            # Our own view is the same, and quicker.
            if view.lower() not in _RAW_WORDS and not (only_default and view == UN_TONE_MAPPED):
                words = view if only_default else f"{view} ({display})"
                found.append((words, ColourView(view, display, config_name)))
    return tuple(found)


def _linear_name(config: Any, space: str) -> str:
    """Return what a configuration calls this scene-linear space, else the one it works in."""
    known = set(config.getColorSpaceNames())
    for name in _LINEAR_NAMES.get(space, ()):
        if name in known:
            return str(name)
    return "scene_linear"
