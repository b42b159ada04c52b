"""What a frame has to show: its files, and the layers of the one that is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from render_manager.domain.texts import gettext as _
from render_manager.ui.viewer.facts import file_of, stream_of

if TYPE_CHECKING:
    from render_manager.media.view_picture import ViewPicture


@dataclass(frozen=True, slots=True)
class LayerChoice:
    """Something a frame has to show."""

    name: str
    stream: str
    """Kind of file."""
    layer: str | None
    """Layer of the file, None for its best one."""


def layer_choices(
    files: Sequence[str], *, stream: str, layer: str | None, picture: "ViewPicture | None"
) -> tuple[list[LayerChoice], int]:
    """Return all choices and the place of the one that is shown; `picture` tells the layers of its file."""
    current = file_of(files, stream)
    found, shown = [], 0
    for path in files:
        kind = stream_of(path)
        if path != current:
            found.append(LayerChoice(Path(path).name, kind, None))
            continue
        info = None if picture is None or str(picture.path) != path else picture.info
        layers = () if info is None else info.choices
        shown = len(found)
        if len(layers) < 2 or info is None:
            found.append(LayerChoice(Path(path).name, kind, layer))
            continue
        shown += layers.index(info.shown_layer)
        found += [LayerChoice(name or _("Main layer"), kind, name) for name in layers]
    return found, shown
