"""Reads what a Maya scene says about its render, without starting Maya.

Waits on the disk, and on shares where textures lie; not for the GUI thread. Both kinds, .ma and .mb, become
the same `Facts` first; what those mean is worked out here and in the modules beside (engines/maya.md
sections 6 and 7).
"""

import re
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.maya.cameras import cameras_of
from render_manager.engines.maya.external_files import find_missing_files
from render_manager.engines.maya.facts import Facts
from render_manager.engines.maya.layers import layers_of, overridden_ranges
from render_manager.engines.maya.opened_file import read_facts
from render_manager.engines.maya.problems import Findings, problems_of
from render_manager.engines.maya.render_settings import RenderSettings, render_settings_of
from render_manager.engines.maya.script_nodes import scripts_of
from render_manager.engines.maya.workspace import Project, find_project

_NAMED_REFERENCES = 5
_PLAYBACK = re.compile(r"playbackOptions\b")
_PLAYBACK_FLAG = re.compile(r"-(min|max|ast|aet)\s+(-?\d+(?:\.\d+)?)")
_PLAYBACK_NODE = "sceneConfigurationScriptNode"
_RENDERER_PLUGINS = {
    "arnold": "mtoa",
    "vray": "vrayformaya",
    "redshift": "redshift4maya",
    "renderman": "RenderMan_for_Maya.py",
    "mentalRay": "Mayatomr",
}


def read_scene(path: Path, scene: str = "") -> SceneInfo:
    """Return what a Maya scene says about its render.

    A file holds one scene, named like the file; `scene` may only be that. `cameras` are the names `-cam`
    takes, `camera` is the first renderable one; `layers` are those switched on, by the names `-rl` takes;
    `choices` has all of both. `output` is the file prefix, or the scene's name where there is none. `extra`
    holds, where known: `animation` (on, off), `time_unit`, `playback_range`, `animation_range`, `file_prefix`
    as written, `project` and `images_folder`, `units`, `plugins`, `renderer_version`, `references`,
    `layer_frame_ranges`, `codeset`, `saved_by`, `renderable_cameras` when several, `image_suffix` without dot
    when certain, `padding` and `name_scheme`. Raises UserError, a whole sentence, for what is no good scene.
    """
    name = path.stem
    if scene not in ("", name):
        text = _("{path} has no scene {name!r}; a Maya file holds one scene, {own!r}.")
        raise UserError(text.format(path=path, name=scene, own=name))
    facts = read_facts(path)
    project = find_project(path)
    settings = render_settings_of(facts)
    cameras = cameras_of(facts)
    layers = layers_of(facts)
    missing = find_missing_files(facts, path, project)
    first, last, step = settings.frames
    found = Findings(facts, settings, cameras, layers, missing, scripts_of(facts))
    extra = _extra(facts, settings, project)
    if len(cameras.renderable) > 1:
        extra["renderable_cameras"] = ", ".join(cameras.renderable)
    return SceneInfo(
        path=path,
        engine="maya",
        engine_version=settings.version,
        frame_start=first,
        frame_end=last,
        frame_step=step,
        fps=settings.fps,
        width=settings.size_px[0],
        height=settings.size_px[1],
        scene=name,
        scenes=(name,),
        camera=next(iter(cameras.renderable), ""),
        cameras=cameras.names,
        layers=tuple(layer for layer, is_on in layers.items() if is_on),
        renderer=settings.renderer,
        output=settings.prefix or name,
        file_format=settings.image_format.name,
        is_movie=settings.image_format.is_movie,
        problems=tuple(problems_of(found)),
        missing_files=(*missing.references, *missing.others),
        extra=extra,
        choices={"camera": cameras.names, "layers": tuple(layers)},
    )


def _extra(facts: Facts, settings: RenderSettings, project: Project | None) -> dict[str, str]:
    extra = {
        "animation": "on" if settings.is_animation else "off",
        "time_unit": facts.time_unit,
        "file_prefix": settings.prefix,
        "padding": str(settings.digits),
        "name_scheme": settings.name_scheme,
        "image_suffix": settings.image_format.suffix,
        "units": ", ".join(unit for unit in (facts.linear_unit, facts.angular_unit) if unit),
        "plugins": ", ".join(f"{name} {version}".strip() for name, version in facts.plugins.items()),
        "renderer_version": facts.plugins.get(_RENDERER_PLUGINS.get(settings.renderer, ""), "").strip(),
        "references": _references(facts),
        "layer_frame_ranges": _ranges(facts, settings),
        "codeset": facts.codeset,
        "saved_by": _saved_by(facts.file_info),
        # `Render -preRender` takes its place: what we pass has to run it (`hooks.pre_render`).
        "pre_render_mel": (facts.named("defaultRenderGlobals").text("pram", "preMel") or "").strip(),
        **_playback(facts),
    }
    if project is not None:
        extra["project"] = str(project.folder)
        extra["images_folder"] = str(project.folder_of("images"))
    return {key: value for key, value in extra.items() if value}


def _saved_by(info: dict[str, str]) -> str:
    product, version = info.get("product", ""), info.get("version", "")
    return product if not version or version in product else f"{product} ({version})".strip()


def _references(facts: Facts) -> str:
    paths = [each.path for each in facts.references.values() if each.depth == 1]
    names = [re.split(r"[\\/]", path)[-1] for path in paths]
    more = len(names) - _NAMED_REFERENCES
    text = ", ".join(names[:_NAMED_REFERENCES])
    if more <= 0:
        return text
    return ngettext("{names} and {count} more", "{names} and {count} more", more).format(
        names=text, count=more
    )


def _ranges(facts: Facts, settings: RenderSettings) -> str:
    ranges = overridden_ranges(facts, settings.start, settings.end)
    return ", ".join(f"{name} {start:g}-{end:g}" for name, (start, end) in ranges.items())


def _playback(facts: Facts) -> dict[str, str]:
    """Return the time slider's range: of the scene's own node, else of the last copy an import brought."""
    bodies = {
        node.name: node.text("b", "before") or ""
        for node in facts.of("script")
        if node.name.endswith(_PLAYBACK_NODE)
    }
    body = bodies.get(_PLAYBACK_NODE) or next(reversed(bodies.values()), "")
    if not _PLAYBACK.search(body):
        return {}
    values = dict(_PLAYBACK_FLAG.findall(body))
    ranges = {"playback_range": ("min", "max"), "animation_range": ("ast", "aet")}
    return {
        key: f"{values[first]}-{values[last]}"
        for key, (first, last) in ranges.items()
        if first in values and last in values
    }
