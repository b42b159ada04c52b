"""What a form offers for an Unreal project."""

from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.protocols import FieldKind, OptionField
from render_manager.engines.unreal.assets import package_of
from render_manager.engines.unreal.options import IMAGE_SUFFIXES


def option_fields(scene: SceneInfo | None) -> tuple[OptionField, ...]:
    """Return the fields, with what the project's content folder offers once it is read."""
    formats = tuple((name, name) for name in IMAGE_SUFFIXES)
    no_preset = _("none: plain picture")
    only_exposed = _("Only what the graph exposes as variables can be set: folder, frames, size")
    as_saved = _("as saved")
    cut = _("Let several editors share a shot; the picture may jump where they meet")
    return (
        _asset(scene, "sequence", _("Level sequence"), unset=_("choose one")),
        _asset(scene, "map", _("Map"), unset=_("the project's default map")),
        _asset(scene, "preset", _("Preset"), unset=no_preset),
        _asset(scene, "queue", _("Queue"), unset=_("none"), is_rare=True),
        _asset(scene, "graph", _("Render graph"), unset=_("none"), tip=only_exposed, is_rare=True),
        OptionField("width", _("Width"), FieldKind.NUMBER, unset=as_saved, maximum=65_536, unit=" px"),
        OptionField("height", _("Height"), FieldKind.NUMBER, unset=as_saved, maximum=65_536, unit=" px"),
        OptionField(
            "warm_up_frames",
            _("Warm-up frames"),
            FieldKind.NUMBER,
            unset=as_saved,
            maximum=10_000,
            is_rare=True,
        ),
        OptionField(
            "image_format", _("Image format"), FieldKind.CHOICE, formats, unset=_("as the preset says")
        ),
        OptionField("cut_shots", _("Cut inside shots"), FieldKind.FLAG, tip=cut, is_rare=True),
    )


def _asset(
    scene: SceneInfo | None, name: str, label: str, *, unset: str, tip: str = "", is_rare: bool = False
) -> OptionField:
    paths = () if scene is None else scene.choices.get(name, ())
    if name == "sequence" and scene is not None and scene.scene:
        unset = package_of(scene.scene)
    elif name == "map" and scene is not None and scene.extra.get("default map"):
        unset = scene.extra["default map"]
    return OptionField(
        name,
        label,
        FieldKind.CHOICE,
        tuple((path, package_of(path)) for path in paths),
        unset=unset,
        tip=tip,
        is_editable=True,
        is_rare=is_rare,
    )
