"""Text put into MEL, and the MEL that `Render` is given.

`Render` takes the code of its hooks as one argument and writes it into a file of its own; the code itself
has to be good MEL. Facts: `engines/maya.md` section 2.
"""

from render_manager.engines.maya.options import MayaOptions, Verbosity
from render_manager.engines.maya.renderers import REDSHIFT, VRAY, Renderer

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
"""MEL knows these and fills in nothing else: a `$` inside quotes is a plain character."""
_VRAY_LEVELS = {Verbosity.PROGRESS: 3, Verbosity.DEBUG: 4}


def mel_string(text: str) -> str:
    """Return a text as a MEL string with its quotes."""
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'


def mel_path(path: str) -> str:
    """Return a path as a MEL string; MEL takes forward slashes on every system."""
    # A drive or a share shows that the backslashes are Windows's; elsewhere they are part of a name.
    is_windows_path = path[1:3] in (":\\", ":/") or path.startswith("\\\\")
    return mel_string(path.replace("\\", "/") if is_windows_path else path)


def hook(code: str) -> str:
    """Return the MEL of a hook: the code itself, or what runs the .mel file it names."""
    stripped = code.strip()
    if stripped.lower().endswith(".mel") and not any(character in stripped for character in ';"\n'):
        return f"source {mel_path(stripped)};"
    return stripped


def pre_render(options: MayaOptions, renderer: Renderer | None, name_period: int, scenes_own: str) -> str:
    """Return the MEL to run before all; empty when there is nothing to set, and the scene's own then stays.

    `Render` replaces the scene's own code by what it is given, so that is put behind ours unless the job
    has code of its own. `name_period` is Maya's number for what stands before the frame number in a file
    name (`defaultRenderGlobals.periodInExt`).
    """
    ours = _settings(options, renderer, name_period)
    theirs = hook(options.pre_render_mel) or (scenes_own.strip() if ours else "")
    return " ".join(part for part in (*ours, theirs) if part)


def _settings(options: MayaOptions, renderer: Renderer | None, name_period: int) -> list[str]:
    if renderer is VRAY and options.verbosity in _VRAY_LEVELS:
        level = _VRAY_LEVELS[options.verbosity]
        # Only what is there can be set: an error in this code would end the render.
        attribute = '"vraySettings.sys_message_level"'
        return [f"if (objExists({attribute})) setAttr {attribute} {level};"]
    if renderer is REDSHIFT:
        # It has no flag for this: without a number in the name every frame would overwrite the one before.
        values = {
            "animation": 1,
            "outFormatControl": 0,
            "putFrameBeforeExt": 1,
            "periodInExt": name_period,
        }
        return [f'setAttr "defaultRenderGlobals.{name}" {value};' for name, value in values.items()]
    return []
