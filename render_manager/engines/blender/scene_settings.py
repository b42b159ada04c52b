"""The render settings of one scene block.

Field names and flag bits as found in files saved by Blender 2.78 to 5.2, each bit by saving the same scene
with the setting on and off. Pure.
"""

import math
import struct
from dataclasses import dataclass

from render_manager.domain.texts import gettext as _
from render_manager.engines.blender.containers import DamagedError
from render_manager.engines.blender.dna import Record
from render_manager.engines.blender.image_formats import format_name

_MODE_REGION = 0x200
_MODE_CROP = 0x800
_SCEMODE_SEQUENCER = 0x1
_SCEMODE_COMPOSITOR = 0x40
_FURTHEST_FRAME = 1 << 24
_LARGEST_SIDE_PX = 1 << 20


@dataclass(frozen=True, slots=True)
class Scene:
    """What one scene says about its render."""

    name: str
    address: int
    frame_start: int
    frame_end: int
    frame_step: int
    fps: float
    full_size_px: tuple[int, int]
    size_percent: int
    size_px: tuple[int, int]
    """Pixels of the finished image."""
    is_cropped: bool
    engine: str
    output: str
    file_format: str
    camera: int
    """Address of the active camera's object, 0 for none."""
    first_layer: int
    uses_compositor: bool
    editing: int
    """Address of the sequencer's data where the render uses it, else 0."""
    samples: int = 0
    """Samples a pixel where Eevee renders; 0 when another engine does, which keeps them elsewhere."""


def id_name(record: Record) -> str:
    """Return a data-block's name without the two letters of its kind."""
    return record.text("name")[2:]


def read_scene_settings(address: int, record: Record) -> Scene:
    """Read a scene block saved at `address`; raises DamagedError for values that cannot be."""
    render = record.inner("r")
    name = id_name(record.inner("id"))
    start, end = render.integer("sfra"), render.integer("efra")
    base = render.real("frs_sec_base")
    fps = render.integer("frs_sec") / base if base else math.nan
    full_size_px = (render.integer("xsch"), render.integer("ysch"))
    percent = render.integer("size")
    sane = (
        max(abs(start), abs(end)) <= _FURTHEST_FRAME
        and 0 < fps < 1e6
        and 0 < min(full_size_px) <= max(full_size_px) <= _LARGEST_SIDE_PX
        and percent > 0
    )
    if not sane:
        raise DamagedError(_("the frames, rate or size of its scene {name!r} cannot be").format(name=name))
    size_px, is_cropped = _final_size_px(render, full_size_px, percent)
    scemode = render.integer("scemode")
    return Scene(
        name=name,
        address=address,
        frame_start=start,
        frame_end=end,
        frame_step=max(1, render.integer("frame_step")),
        fps=fps,
        full_size_px=full_size_px,
        size_percent=percent,
        size_px=size_px,
        is_cropped=is_cropped,
        engine=render.text("engine"),
        output=render.text("pic"),
        file_format=format_name(render.inner("im_format").integer("imtype")),
        camera=record.pointer("camera"),
        first_layer=record.first("view_layers") if record.has("view_layers") else render.first("layers"),
        uses_compositor=bool(scemode & _SCEMODE_COMPOSITOR) and _has_compositor_nodes(record),
        editing=record.pointer("ed") if scemode & _SCEMODE_SEQUENCER else 0,
        samples=_eevee_samples(record, render.text("engine")),
    )


def _eevee_samples(record: Record, engine: str) -> int:
    if not engine.startswith("BLENDER_EEVEE") or not record.has("eevee"):
        return 0
    eevee = record.inner("eevee")
    return max(eevee.integer("taa_render_samples"), 0) if eevee.has("taa_render_samples") else 0


def _final_size_px(
    render: Record, full_size_px: tuple[int, int], percent: int
) -> tuple[tuple[int, int], bool]:
    """Return the size of the finished image as Blender works it out, and whether a region cuts it.

    Measured on real renders of 3.4 to 5.2: percentages are truncated; a region that crops is multiplied in
    single precision and truncated at both its edges.
    """
    width, height = (side * percent // 100 for side in full_size_px)
    if render.integer("mode") & (_MODE_REGION | _MODE_CROP) != _MODE_REGION | _MODE_CROP:
        return (width, height), False
    border = render.inner("border")
    cropped_width = _edge_px(border.real("xmax"), width) - _edge_px(border.real("xmin"), width)
    cropped_height = _edge_px(border.real("ymax"), height) - _edge_px(border.real("ymin"), height)
    return (cropped_width, cropped_height), True


def _edge_px(edge: float, side_px: int) -> int:
    inside = min(1.0, max(0.0, edge))
    single: float = struct.unpack("f", struct.pack("f", inside * side_px))[0]
    return int(single)


def _has_compositor_nodes(record: Record) -> bool:
    if record.has("compositing_node_group"):
        return bool(record.pointer("compositing_node_group"))
    return bool(record.integer("use_nodes")) and bool(record.pointer("nodetree"))
