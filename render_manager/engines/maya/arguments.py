"""Further arguments of `Render` that would take the steering from us, and what to use in their place.

With a folder, a name or frames other than ours the pictures land where nobody looks for them; the last of
two equal flags holds. What each means: `engines/maya.md` section 2.
"""

from collections.abc import Sequence

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.rule import N_

_FRAMES = N_("Use the frames of the job.")
_NAME = N_("Set it in the scene's Render Settings; the files of the job are named after it.")
_INSTEAD = {
    "-rd": N_("Use the output folder of the job."),
    "-im": N_("Set the file name prefix in the scene's Render Settings; the files are named after it."),
    "-imageFile": N_("Use the output folder of the job, and set the file's name in the scene."),
    "-pad": _NAME,
    "-fnc": _NAME,
    "-s": _FRAMES,
    "-e": _FRAMES,
    "-b": _FRAMES,
    "-seq": _FRAMES,
    "-rfs": _FRAMES,
    "-rfb": _FRAMES,
    "-proj": N_("Use the option project."),
    "-cam": N_("Use the option camera."),
    "-rl": N_("Use the option layers."),
    "-r": N_("Use the option renderer."),
    "-renderer": N_("Use the option renderer."),
    "-of": N_("Use the option image_format."),
    "-preRender": N_("Use the option pre_render_mel."),
}
"""What Render Manager passes itself; `-rfs` and `-rfb` write frames under other numbers."""


def check_arguments(arguments: Sequence[str]) -> None:
    """Raise UserError for the first argument that steers what the job steers."""
    for argument in arguments:
        if argument in _INSTEAD:
            text = _("The Maya option extra_arguments cannot hold {flag}: the job itself says that to Maya.")
            raise UserError(f"{text.format(flag=argument)} {_(_INSTEAD[argument])}")
