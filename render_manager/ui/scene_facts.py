"""What a scene says and what will be made of it, as short facts with names, for people to read."""

from collections.abc import Sequence
from dataclasses import dataclass

from render_manager.domain.frameset import FrameSet
from render_manager.domain.naming import frame_name
from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.preparing import Preparation
from render_manager.ui.submit_draft import Draft

MOST_LAYERS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of a scene."""

    label: str
    value: str
    tip: str = ""
    is_doubtful: bool = False
    """Whether it is shown in the colour of warnings."""


def facts_of(draft: Draft) -> tuple[Fact, ...]:
    """Return what is known of a draft's scene and job; what is not said anywhere is left out."""
    scene, job = draft.scene, draft.preparation
    if scene is None:
        return ()
    facts = (
        _range(scene, job),
        _length(scene, job),
        _size(scene, job),
        _renderer(scene, draft),
        _camera(scene, draft),
        _layers(scene),
        Fact(_("Scene"), scene.scene.rpartition("/")[2].partition(".")[0], scene.scene)
        if scene.scene
        else None,
        _saved_with(scene),
        _renders_with(scene, job),
        _missing(scene),
    )
    return tuple(fact for fact in facts if fact is not None)


def text_of(facts: Sequence[Fact]) -> str:
    """Return facts as lines, for the clipboard and for those who hear them."""
    return "\n".join(f"{fact.label}: {fact.value}" for fact in facts)


def _range(scene: SceneInfo, job: Preparation | None) -> Fact | None:
    if job is not None:
        frames = job.spec.frames
    elif scene.has_frame_range:
        frames = FrameSet.span(scene.frame_start, scene.frame_end, scene.frame_step)
    else:
        return Fact(_("Frames"), _("the file does not say"), is_doubtful=True)
    count = len(frames)
    parts = [
        _short(frames.text()),
        ngettext("{count:,} frame", "{count:,} frames", count).format(count=count),
    ]
    return Fact(_("Frames"), "  ·  ".join(parts), frames.text()[:1000])


def _length(scene: SceneInfo, job: Preparation | None) -> Fact | None:
    fps = round(scene.fps, 3)
    if not fps:
        return None
    if job is None:
        return Fact(_("Rate"), _("{fps:g} fps").format(fps=fps))
    seconds = len(job.spec.frames) / scene.fps
    if seconds < 60:
        text = _("{seconds:.1f} s at {fps:g} fps").format(seconds=seconds, fps=fps)
    else:
        text = _("{minutes} min {seconds:02d} s at {fps:g} fps").format(
            minutes=int(seconds // 60), seconds=int(seconds % 60), fps=fps
        )
    return Fact(_("Length"), text)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _size(scene: SceneInfo, job: Preparation | None) -> Fact | None:
    width, height = scene.width, scene.height
    if job is not None and job.spec.width and job.spec.height:
        width, height = job.spec.width, job.spec.height
    if not (width and height):
        return None
    text = f"{width} × {height}"
    full = scene.extra.get("resolution", "").replace("x", " × ")
    if full and full != text:
        tip = _("The scene is set to {full} at {percent} %.")
        percent = scene.extra.get("resolution_percentage", "?")
        return Fact(
            _("Size"),
            _("{size}  ·  of {full}").format(size=text, full=full),
            tip.format(full=full, percent=percent),
            is_doubtful=width < _first(full),
        )
    return Fact(_("Size"), text)


def _first(size: str) -> int:
    word = size.split(" ", maxsplit=1)[0]
    return int(word) if word.isdigit() else 0


def _renderer(scene: SceneInfo, draft: Draft) -> Fact | None:
    words = scene.renderer.replace("BLENDER_", "").replace("_", " ")
    name = words.capitalize() if words.isupper() or words.islower() else words
    samples = draft.request.options.get("samples") or scene.extra.get("samples")
    if samples:
        name += "  ·  " + _("{samples} samples").format(samples=samples)
    if scene.file_format:
        name += f"  ·  {scene.file_format.replace('_', ' ')}"
    return Fact(_("Renderer"), name.strip(" ·")) if name.strip(" ·") else None


def _camera(scene: SceneInfo, draft: Draft) -> Fact | None:
    chosen = str(draft.request.options.get("camera") or scene.camera)
    others = len([one for one in scene.cameras if one != chosen])
    tip = ", ".join(scene.cameras)
    if chosen:
        more = ngettext("{name}  ·  {count} other", "{name}  ·  {count} others", others)
        value = more.format(name=chosen, count=others) if others else chosen
        return Fact(_("Camera"), value, tip)
    if any(problem.code == "no-camera" for problem in scene.problems):
        return Fact(_("Camera"), _("no camera"), tip, is_doubtful=True)
    return Fact(_("Camera"), tip, tip) if tip else None


def _layers(scene: SceneInfo) -> Fact | None:
    if not scene.layers:
        return None
    named = ", ".join(scene.layers[:MOST_LAYERS_NAMED])
    more = len(scene.layers) - MOST_LAYERS_NAMED
    value = _("{names} and {count} more").format(names=named, count=more) if more > 0 else named
    return Fact(_("Layers"), value, "\n".join(scene.layers))


def _saved_with(scene: SceneInfo) -> Fact | None:
    if not scene.engine_version:
        return None
    return Fact(_("Saved with"), f"{scene.engine.capitalize()} {scene.engine_version_text}")


def _renders_with(scene: SceneInfo, job: Preparation | None) -> Fact | None:
    if job is None:
        return None
    ours = job.installation
    text = f"{scene.engine.capitalize()} {ours.version_text}"
    tip = _("{path}, found by {where}").format(path=ours.executable, where=ours.found_by)
    parts = len(scene.engine_version)
    if parts and ours.version[:parts] != scene.engine_version:
        is_newer = ours.version[:parts] > scene.engine_version
        text += "  ·  " + (_("newer than the scene") if is_newer else _("older than the scene"))
        return Fact(_("Renders with"), text, tip, is_doubtful=True)
    return Fact(_("Renders with"), text, tip)


def _missing(scene: SceneInfo) -> Fact | None:
    count = len(scene.missing_files)
    if not count:
        return None
    text = ngettext("{count} file is missing", "{count} files are missing", count).format(count=count)
    return Fact(_("Textures"), text, "\n".join(scene.missing_files[:30]), is_doubtful=True)


def names_of(preparation: Preparation) -> str:
    """Return the names of the first and the last file a job writes."""
    spec, numbers = preparation.spec, preparation.spec.frames.numbers
    first = f"{frame_name(spec.output_name, numbers[0])}{spec.output_suffix}"
    last = f"{frame_name(spec.output_name, numbers[-1])}{spec.output_suffix}"
    return first if len(numbers) == 1 else _("{first} to {last}").format(first=first, last=last)
