"""What a form offers for a .blend file."""

from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.protocols import FieldKind, OptionField


def option_fields(scene: SceneInfo | None) -> tuple[OptionField, ...]:
    """Return the fields, with the scenes and cameras of a file once it is read."""
    scenes = () if scene is None else scene.scenes
    cameras = () if scene is None else scene.cameras
    devices = (("CPU", _("processor")), ("GPU", _("graphics card")))
    scripts = _("Run the Python scripts embedded in the scene; only if you trust it")
    return (
        OptionField("scene", _("Scene"), FieldKind.CHOICE, tuple((name, name) for name in scenes)),
        OptionField("camera", _("Camera"), FieldKind.CHOICE, tuple((name, name) for name in cameras)),
        OptionField("resolution_percent", _("Size"), FieldKind.NUMBER, maximum=1000, unit=" %"),
        OptionField("samples", _("Samples"), FieldKind.NUMBER),
        OptionField("device", _("Device"), FieldKind.CHOICE, devices, is_rare=True),
        OptionField(
            "scripts", _("Run the scene's Python scripts"), FieldKind.FLAG, tip=scripts, is_rare=True
        ),
    )
