"""Reads what a .blend says about its render, in milliseconds and without starting Blender.

Waits on the disk, and on shares where textures lie; not for the GUI thread. Decisions about what cannot be
rendered follow what Blender 3.4, 4.5, 5.0 and 5.2 did when tried: without an active camera they refuse even
where the scene has cameras, unless the sequencer or the compositor makes the picture.
"""

import struct
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.blender.blendfile import BlendFile, open_blend
from render_manager.engines.blender.external_files import find_missing_files
from render_manager.engines.blender.image_formats import MOVIES
from render_manager.engines.blender.scene_facts import Facts, collect_facts
from render_manager.engines.blender.scene_settings import Scene

_NAMED_IN_TEXT = 3
_LARGEST_THUMBNAIL_PX = 1024


def read_scene(path: Path, scene: str | None = None) -> SceneInfo:
    """Return what a .blend says about the scene of that name, or the one that renders by default.

    `extra` holds `subversion`, `compression` (none, zstd, gzip), `resolution` and `resolution_percentage` as
    set, `compositor` and `sequencer` (yes, no), `render_region` (cropped, whole), `libraries` (how many are
    linked) and, where there are any, the `samples` of Eevee and the size of the `thumbnail`. Raises
    UserError, a whole sentence, for whatever is not a good .blend and for a scene it does not have.
    """
    with open_blend(path) as blend:
        facts = collect_facts(blend)
        version, compression = blend.header.version, blend.compression
    chosen = _choose_scene(path, facts, scene)
    camera = facts.names.get(chosen.camera, "")
    layers = tuple(layer.name for layer in facts.layers_of(chosen) if layer.renders)
    missing = find_missing_files(facts, path.absolute().parent)
    return SceneInfo(
        path=path,
        engine="blender",
        engine_version=version,
        frame_start=chosen.frame_start,
        frame_end=chosen.frame_end,
        frame_step=chosen.frame_step,
        fps=chosen.fps,
        width=chosen.size_px[0],
        height=chosen.size_px[1],
        scene=chosen.name,
        scenes=tuple(each.name for each in facts.scenes),
        camera=camera,
        cameras=tuple(dict.fromkeys([*facts.cameras, camera] if camera else facts.cameras)),
        layers=layers,
        renderer=chosen.engine,
        output=chosen.output,
        file_format=chosen.file_format,
        is_movie=chosen.file_format in MOVIES,
        problems=tuple(_problems(chosen, facts, layers, missing, was_chosen=scene is not None)),
        missing_files=tuple(missing),
        extra=_extra(chosen, facts, compression),
    )


def read_thumbnail(path: Path) -> tuple[int, int, bytes] | None:
    """Return width and height in pixels and the RGBA bytes, top row first, of the preview Blender saved.

    None when there is none. Reads only the start of the file; raises UserError when it is not a .blend.
    """
    with open_blend(path) as blend:
        for block in blend.blocks(codes={b"TEST", b"GLOB"}):
            if block.code != b"TEST":
                break
            return _thumbnail(blend, block.offset, block.size)
    return None


def _thumbnail(blend: BlendFile, offset: int, size: int) -> tuple[int, int, bytes] | None:
    layout = struct.Struct(f"{blend.header.byte_order}ii")
    if size < layout.size:
        return None
    width, height = layout.unpack(blend.read(offset, layout.size))
    if not (0 < width <= _LARGEST_THUMBNAIL_PX and 0 < height <= _LARGEST_THUMBNAIL_PX):
        return None
    row_size = 4 * width
    if size < layout.size + height * row_size:
        return None
    pixels = blend.read(offset + layout.size, height * row_size)
    rows = (pixels[start : start + row_size] for start in range(0, len(pixels), row_size))
    return width, height, b"".join(reversed(list(rows)))


def _choose_scene(path: Path, facts: Facts, name: str | None) -> Scene:
    if not facts.scenes:
        text = _("{path} has no scene of its own to render. Choose the file its scenes are linked from.")
        raise UserError(text.format(path=path))
    if name is not None:
        for scene in facts.scenes:
            if scene.name == name:
                return scene
        names = ", ".join(each.name for each in facts.scenes)
        text = _("{path} has no scene {name!r}; it has {names}.")
        raise UserError(text.format(path=path, name=name, names=names))
    by_address = [each for each in facts.scenes if each.address == facts.current_scene]
    by_name = [each for each in facts.scenes if each.name == facts.current_scene_name]
    return (by_address or by_name or facts.scenes)[0]


def _problems(
    scene: Scene, facts: Facts, layers: tuple[str, ...], missing: list[str], *, was_chosen: bool
) -> list[Problem]:
    found = [
        _linked_scene_problem(scene, facts, was_chosen=was_chosen),
        _camera_problem(scene, facts),
        _range_problem(scene),
        _size_problem(scene),
        _layers_problem(scene, layers),
        _missing_problem(missing),
        _movie_problem(scene),
        _scripts_problem(facts),
    ]
    return [problem for problem in found if problem]


def _linked_scene_problem(scene: Scene, facts: Facts, *, was_chosen: bool) -> Problem | None:
    opened = facts.names.get(facts.current_scene, "")
    if was_chosen or not opened:
        return None
    text = _("Scene {opened!r}, which the file opens with, is linked from another file; {name!r} is taken.")
    advice = _("Choose the file that scene is linked from, or keep the scene that was taken.")
    return Problem("linked-scene", Severity.WARNING, text.format(opened=opened, name=scene.name), advice)


def _camera_problem(scene: Scene, facts: Facts) -> Problem | None:
    if scene.camera or scene.editing in facts.filled_sequencers:
        return None
    if scene.uses_compositor:
        text = _("Scene {name!r} has no active camera; it renders only if its compositor needs none.")
        severity = Severity.WARNING
    else:
        text = _("Scene {name!r} has no active camera.")
        severity = Severity.ERROR
    advice = _("Set the scene's camera in Blender and save, or choose a camera for the job.")
    return Problem("no-camera", severity, text.format(name=scene.name), advice)


def _range_problem(scene: Scene) -> Problem | None:
    if scene.frame_start <= scene.frame_end:
        return None
    text = _("Scene {name!r} has no frames: it starts at {start}, after its end at {end}.").format(
        name=scene.name, start=scene.frame_start, end=scene.frame_end
    )
    return Problem("empty-range", Severity.ERROR, text, _("Give the job its frames."))


def _size_problem(scene: Scene) -> Problem | None:
    if min(scene.size_px) > 0:
        return None
    text = _("The picture of scene {name!r} would be {width} x {height} pixels.").format(
        name=scene.name, width=scene.size_px[0], height=scene.size_px[1]
    )
    advice = _("Raise the resolution percentage or enlarge the render region in Blender and save.")
    return Problem("image-too-small", Severity.ERROR, text, advice)


def _layers_problem(scene: Scene, layers: tuple[str, ...]) -> Problem | None:
    if layers or scene.uses_compositor:
        return None
    text = _("No view layer of scene {name!r} is switched on for rendering, so its pictures come out empty.")
    advice = _("Switch on 'Use for Rendering' for a view layer in Blender and save.")
    return Problem("no-layers", Severity.WARNING, text.format(name=scene.name), advice)


def _missing_problem(missing: list[str]) -> Problem | None:
    if not missing:
        return None
    names = ", ".join(missing[:_NAMED_IN_TEXT])
    count = len(missing)
    if count <= _NAMED_IN_TEXT:
        text = ngettext("{count} file is missing: {names}.", "{count} files are missing: {names}.", count)
    else:
        text = _("{count} files are missing, the first of them {names}.")
    advice = _("Put the files back or find them in Blender with File > External Data, then save.")
    return Problem("missing-files", Severity.WARNING, text.format(count=count, names=names), advice)


def _movie_problem(scene: Scene) -> Problem | None:
    if scene.file_format not in MOVIES:
        return None
    text = _("Scene {name!r} is set to write a movie ({format}); its frames will be written as PNG.")
    advice = _("Choose an image format for the job if PNG does not suit.")
    text = text.format(name=scene.name, format=scene.file_format)
    return Problem("movie-output", Severity.WARNING, text, advice)


def _scripts_problem(facts: Facts) -> Problem | None:
    parts = [_("text {name!r}").format(name=name) for name in facts.scripts[:_NAMED_IN_TEXT]]
    if more := len(facts.scripts) - len(parts):
        parts.append(ngettext("{count} more text", "{count} more texts", more).format(count=more))
    if drivers := facts.python_drivers:
        text = ngettext("{count} driver that needs Python", "{count} drivers that need Python", drivers)
        parts.append(text.format(count=drivers))
    if not parts:
        return None
    text = _("The scene holds scripts, which stay off unless the job allows them: {parts}.")
    advice = _("Allow scripts for the job if you trust this file and its pictures depend on them.")
    return Problem("embedded-scripts", Severity.WARNING, text.format(parts=", ".join(parts)), advice)


def _extra(scene: Scene, facts: Facts, compression: str) -> dict[str, str]:
    extra = {
        "subversion": str(facts.subversion),
        "compression": compression,
        "resolution": f"{scene.full_size_px[0]}x{scene.full_size_px[1]}",
        "resolution_percentage": str(scene.size_percent),
        "compositor": "yes" if scene.uses_compositor else "no",
        "sequencer": "yes" if scene.editing in facts.filled_sequencers else "no",
        "render_region": "cropped" if scene.is_cropped else "whole",
        "libraries": str(len(facts.needed_libraries)),
    }
    if scene.samples:
        extra["samples"] = str(scene.samples)
    if min(facts.thumbnail_px) > 0:
        extra["thumbnail"] = f"{facts.thumbnail_px[0]}x{facts.thumbnail_px[1]}"
    return extra
