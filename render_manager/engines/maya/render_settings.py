"""What a scene's render settings are; what it leaves out is at its default (engines/maya.md section 6).

Defaults: the page; those of Maya 2012 and older (640x480, one digit) from public scenes: later ones write
these values out, so they are not defaults there. Frames at their default count at 24 a second whatever the
scene's unit: public scenes at 30 a second write `.fs 1` out, and those at 24 leave it away. Pure.
"""

import math
import re
from dataclasses import dataclass

from render_manager.engines.maya.facts import Facts, Node
from render_manager.engines.maya.image_formats import ImageFormat, image_format_of
from render_manager.engines.maya.time_unit import DEFAULT_FPS, fps_of

DEFAULT_RENDERER = "mayaSoftware"
_LAST_OLD_VERSION = (2012,)
_LAST_WITH_HALVES = 2016
"""Until then an extension such as 2016.5 was a Maya of its own; since then it is an update."""
_VERSION = re.compile(r"\s*(\d{1,4})(?:\.(\d{1,3}))?")
_SEPARATORS = {0: "", 1: ".", 2: "_"}
_FURTHEST_FRAME = 1e7
_LARGEST_SIDE_PX = 1 << 20
_MOST_DIGITS = 20
_NEARLY = 1e-6


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """Render settings of a scene."""

    version: tuple[int, ...]
    fps: float
    """Frames a second; 0 when the unit of time is not known."""
    is_animation: bool
    """Whether it renders a range rather than the current frame."""
    start: float
    end: float
    step: float
    is_between_frames: bool
    """Whether it asks for pictures between whole frames."""
    size_px: tuple[int, int]
    renderer: str
    image_format: ImageFormat
    prefix: str
    """File name with tokens, as written; empty for the scene's name."""
    digits: int
    name_scheme: str
    """How name, frame and ending stand in a file name, such as `name.#.ext`."""

    @property
    def frames(self) -> tuple[int, int, int]:
        """Return first and last frame and step in whole numbers: the first is rounded, the count is kept."""
        first = math.floor(self.start + 0.5)
        last = first + math.floor(self.end - self.start + _NEARLY)
        return first, last, max(1, round(self.step))


def version_of(text: str) -> tuple[int, ...]:
    """Return the leading numbers of a version such as `2018ff09` or `2016.5`; empty when there are none.

    An update (`2022.3`) counts as its year: installations are told apart by that alone.
    """
    match = _VERSION.match(text)
    if match is None:
        return ()
    numbers = tuple(int(part) for part in match.groups() if part is not None)
    is_own_maya = numbers[0] < 1000 or (numbers[0] <= _LAST_WITH_HALVES and numbers[1:] == (5,))
    return numbers if is_own_maya else numbers[:1]


def render_settings_of(facts: Facts) -> RenderSettings:
    """Return a scene's render settings; values that cannot be are taken for their default."""
    node = facts.named("defaultRenderGlobals")
    version = version_of(facts.version or facts.file_info.get("version", ""))
    fps = fps_of(facts.time_unit)
    is_old = bool(version) and version[:1] <= _LAST_OLD_VERSION
    renderer = node.text("ren", "currentRenderer") or DEFAULT_RENDERER
    is_animation = node.flag("an", "animation", default=False)
    start, end, step = _range(facts, node, fps or DEFAULT_FPS, is_animation=is_animation)
    digits = node.number("ep", "extensionPadding")
    prefix = node.text("ifp", "imageFilePrefix") or ""
    if renderer == "vray":
        prefix = facts.named("vraySettings").text("fnprx", "fileNamePrefix") or prefix
    return RenderSettings(
        version=version,
        fps=fps or 0.0,
        is_animation=is_animation,
        start=start,
        end=end,
        step=step,
        is_between_frames=is_animation
        and not (step.is_integer() and _is_whole(node.number("fs", "startFrame"))),
        size_px=_size_px(facts, renderer, (640, 480) if is_old else (960, 540)),
        renderer=renderer,
        image_format=image_format_of(facts, renderer),
        prefix=prefix,
        digits=int(digits) if digits and 1 <= digits <= _MOST_DIGITS else 1 if is_old else 4,
        name_scheme=_name_scheme(node, is_animation=is_animation),
    )


def _range(facts: Facts, node: Node, fps: float, *, is_animation: bool) -> tuple[float, float, float]:
    if not is_animation:
        current = _sane(facts.named("time1").number("o", "outTime"), 0.0)
        return current, current, 1.0
    start = _sane(node.number("fs", "startFrame"), 1.0 * fps / DEFAULT_FPS)
    end = _sane(node.number("ef", "endFrame"), 10.0 * fps / DEFAULT_FPS)
    step = _sane(node.number("bfs", "byFrameStep", "byFrame"), 1.0)
    return start, end, step if step > 0 else 1.0


def _is_whole(value: float | None) -> bool:
    return value is None or value.is_integer()


def _sane(value: float | None, default: float) -> float:
    return default if value is None or not abs(value) <= _FURTHEST_FRAME else value


def _size_px(facts: Facts, renderer: str, default_px: tuple[int, int]) -> tuple[int, int]:
    resolution = facts.named("defaultResolution")
    width = resolution.number("w", "width") or default_px[0]
    height = resolution.number("h", "height") or default_px[1]
    if renderer == "vray":
        settings = facts.named("vraySettings")
        width = settings.number("wi", "width") or width
        height = settings.number("he", "height") or height
    if not (0 < width <= _LARGEST_SIDE_PX and 0 < height <= _LARGEST_SIDE_PX):
        return default_px
    return int(width), int(height)


def _name_scheme(node: Node, *, is_animation: bool) -> str:
    """Return how file names are made; by `ofc` the ending is Maya's (0), absent (1) or the scene's own (2).

    The four attributes: as Maya's own naming menu sets them in public scripts; where `peie` puts the frame
    behind the ending is [O].
    """
    has_suffix = node.number("ofc", "outFormatControl") != 1
    if not is_animation:
        return "name.ext" if has_suffix else "name"
    kind = node.number("peie", "periodInExt")
    separator = _SEPARATORS.get(1 if kind is None else int(kind), ".")
    if not has_suffix:
        return f"name{separator}#"
    if node.flag("pff", "putFrameBeforeExt", default=False):
        return f"name{separator}#.ext"
    return f"name.ext{separator}#"
