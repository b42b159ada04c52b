"""What is said of a frame beside its picture: its file, its size, the values under the cursor."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from render_manager.domain.changes import FrameRow
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.ui.estimates import duration_text

if TYPE_CHECKING:
    from render_manager.media.view_picture import ViewPicture

_DIGITS = re.compile(r"\d+")


def gap_text(number: int, row: FrameRow | None, state: FrameState) -> str:
    """Return why a frame has no picture, one sentence."""
    match state:
        case FrameState.PENDING:
            return _("Frame {number} is not rendered yet.").format(number=number)
        case FrameState.RENDERING:
            return _("Frame {number} is being rendered.").format(number=number)
        case FrameState.FAILED:
            reason = "" if row is None else row.reason
            return _("Frame {number} failed. {reason}").format(number=number, reason=reason).strip()
        case FrameState.CANCELLED:
            return _("Frame {number} was cancelled before it had a picture.").format(number=number)
        case FrameState.SKIPPED:
            return _("Frame {number} was left out; it has no picture.").format(number=number)
        case _:
            return _("Frame {number} has no picture file.").format(number=number)


def picture_text(row: FrameRow, path: str, picture: "ViewPicture | None") -> str:
    """Return a frame's facts in one line."""
    parts = [Path(path).name]
    if picture is not None:
        info = picture.info
        kind = _("{bits}-bit float") if info.is_float else _("{bits} bit")
        parts.append(f"{picture.width} × {picture.height}")
        if info.data != info.display:
            text = _("pixels {width} × {height} at {x}, {y}")
            parts.append(
                text.format(
                    width=info.data.width,
                    height=info.data.height,
                    x=info.data.x - info.display.x,
                    y=info.data.y - info.display.y,
                )
            )
        parts += [kind.format(bits=info.bit_depth), str(info.format)]
    if row.seconds:
        shown = duration_text(row.seconds) if row.seconds >= 60 else f"{row.seconds:.1f} s"
        parts.append(_("rendered in {time}").format(time=shown))
    return "  ·  ".join(parts)


def pixel_text(picture: "ViewPicture", x: int, y: int) -> str:
    """Return the place and the values of a pixel, as the file has them."""
    values = picture.values_at(x, y)
    if values is None:
        return ""
    named = zip(picture.channel_letters(), values, strict=False)
    text = "   ".join(f"{letter} {_value(picture, value)}" for letter, value in named)
    return f"x {x}  y {y}    {text}"


def _value(picture: "ViewPicture", value: float) -> str:
    if picture.info.is_float or picture.stored.dtype.kind == "f":
        return f"{value:.5g}"
    stored_bits = picture.stored.dtype.itemsize * 8
    depth = min(picture.info.bit_depth, stored_bits)
    return str(int(value) >> (stored_bits - depth))


def stream_of(path: str) -> str:
    """Return what the files of one kind have in common over all frames: their name without numbers."""
    name = Path(path)
    return _DIGITS.sub("#", f"{name.parent.name}/{name.name}")


def file_of(outputs: Sequence[str], stream: str) -> str:
    """Return the file of a kind among those of a frame, the first by default."""
    return next((path for path in outputs if stream and stream_of(path) == stream), outputs[0])
