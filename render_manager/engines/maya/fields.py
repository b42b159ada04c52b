"""What a form offers for a Maya scene."""

from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.maya.options import IMAGE_SUFFIXES
from render_manager.engines.maya.renderers import OFFERED
from render_manager.engines.protocols import FieldKind, OptionField


def option_fields(scene: SceneInfo | None) -> tuple[OptionField, ...]:
    """Return the fields, with the cameras and render layers of a file once it is read."""
    cameras = _choices(scene, "camera", () if scene is None else scene.cameras)
    layers = _choices(scene, "layers", () if scene is None else scene.layers)
    renderers = tuple((one.flag, one.name) for one in OFFERED)
    formats = tuple((name, name.upper()) for name in IMAGE_SUFFIXES)
    project = _("The folder with workspace.mel, in which Maya looks for textures")
    several = _("Several with commas between them; without a choice, all that are switched on")
    return (
        OptionField("renderer", _("Renderer"), FieldKind.CHOICE, renderers, is_editable=True),
        OptionField("camera", _("Camera"), FieldKind.CHOICE, cameras, is_editable=True),
        OptionField("layers", _("Render layers"), FieldKind.CHOICE, layers, tip=several, is_editable=True),
        OptionField("resolution_percent", _("Size"), FieldKind.NUMBER, maximum=1000, unit=" %"),
        OptionField("image_format", _("Image format"), FieldKind.CHOICE, formats),
        OptionField("project", _("Project"), FieldKind.TEXT, tip=project, is_rare=True),
    )


def _choices(scene: SceneInfo | None, name: str, found: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    offered = found if scene is None else scene.choices.get(name, found)
    return tuple((one, one) for one in offered)
