"""The sample scene that ships with the program, copied to where the user may write."""

import shutil

from render_manager.domain.errors import UserError
from render_manager.domain.jobspec import Existing
from render_manager.domain.texts import gettext as _
from render_manager.engines.blender.installations import wheel_python
from render_manager.engines.preparing import JobRequest
from render_manager.system.paths import AppPaths
from render_manager.system.private_files import make_private_folder
from render_manager.system.resources import resource
from render_manager.system.settings import Settings

SAMPLE_SCENE = "sample_scene.blend"


def sample_request(paths: AppPaths, settings: Settings) -> JobRequest:
    """Copy the sample scene to the user's data and return what the demo renders.

    With the bpy wheel where it is installed, which the demo is to show, unless a setting names a Blender.
    """
    source = resource("sample", SAMPLE_SCENE)
    target = paths.samples / source.name
    try:
        make_private_folder(target.parent)
        shutil.copyfile(source, target)
    except OSError as error:
        raise UserError(
            _("The sample scene cannot be copied to {path}: {why}.").format(path=target, why=error.strerror)
        ) from error
    wheel = None if "blender" in settings.executables else wheel_python()
    return JobRequest(
        path=target,
        output=target.with_name("frames"),
        existing=Existing.VERSION,
        options={} if wheel is None else {"installation": str(wheel)},
    )
