"""Works out how far a frame is from the status lines that Blender prints while it renders.

    Fra:1 Mem:9.91M (Peak 10.83M) | Time:00:00.16 | Mem:0.76M, Peak:0.76M | Scene, ViewLayer | Sample 0/4
    00:04.230  render           | Fra: 1 | Remaining: 01:43.73 | Mem: 1699M | Sample 1/128

Everything starts anew with each view layer, so the layers share the way from 0 to 100; how many there are
is told by the caller or learnt from the frame before.
"""

import re

_SAMPLES = re.compile(r"(?:Sample|Rendering) ([0-9]{1,9}) ?/ ?([0-9]{1,9})")
_TILES = re.compile(r"(Rendered|Path Tracing Tile) ([0-9]{1,9})/([0-9]{1,9})")
_REMAINING = re.compile(r"Remaining: ?(?:([0-9]{1,5}):)?([0-9]{1,5}):([0-9]{1,2}(?:\.[0-9]{1,3})?)")
_ELAPSED = re.compile(r"\| Time: ?(?:([0-9]{1,5}):)?([0-9]{1,5}):([0-9]{1,2}(?:\.[0-9]{1,3})?)")
_STATISTICS = ("Mem:", "Time:", "Remaining:", "Elapsed")


def remaining_s(line: str) -> float | None:
    """Return the seconds that a status line says are left, or None."""
    return _seconds(_REMAINING.search(line))


def elapsed_s(line: str) -> float | None:
    """Return the seconds that a status line says the frame has taken, or None."""
    return _seconds(_ELAPSED.search(line))


def _seconds(match: re.Match[str] | None) -> float | None:
    if match is None:
        return None
    return int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3])


def split_status(status: str) -> tuple[str, str]:
    """Return (scene and view layer, what is being done) from the part of a line behind `Fra:N`.

    The first is empty where the line does not say it, as with Eevee and in Blender 5.
    """
    fields = status.split(" | ")
    first = 0
    while first < len(fields) and (not fields[first] or fields[first].lstrip(" |").startswith(_STATISTICS)):
        first += 1
    if first + 1 < len(fields) and ", " in fields[first]:
        return fields[first], " | ".join(fields[first + 1 :]).strip()
    return "", " | ".join(fields[first:]).strip(" |")


class FrameProgress:
    """Percent of one frame after another; never goes back within a frame."""

    __slots__ = (
        "_bests",
        "_frame",
        "_layers",
        "_learnt",
        "_places",
        "_restarts",
        "_sample",
        "_tile",
        "_total",
    )

    def __init__(self, layers: int = 0) -> None:
        """Take the number of view layers that render, 0 when it is not known."""
        self._layers = layers
        self._learnt = 1
        self._bests: dict[int, float] = {}
        self._frame = 0
        self._start_layers()

    def expect(self, layers: int) -> None:
        """Take the number of view layers of the frames from now on, 0 when it is not known."""
        self._layers = layers or self._layers

    def begin(self, frame: int, *, afresh: bool) -> None:
        """Start a frame; `afresh` for another attempt at it, which may go back to 0."""
        self._frame = frame
        if afresh:
            self._bests.clear()
        self._start_layers()

    def _start_layers(self) -> None:
        self._places: dict[str, int] = {}
        self._restarts = 0
        self._sample = 0
        self._total = 0
        self._tile = -1

    def end(self) -> None:
        """Finish a frame that was rendered whole, and keep how many layers it had."""
        self._learnt = max(len(self._places), 1) + self._restarts

    def raise_to(self, percent: float | None) -> float | None:
        """Return a percentage that someone else worked out, held within 0 to 100 and not going back."""
        if percent is None:
            return None
        best = min(max(percent, self._bests.get(self._frame, 0.0)), 100.0)
        self._bests[self._frame] = best
        return best

    def read(self, layer: str, text: str) -> float | None:
        """Return the percentage after a status line, None when it says none."""
        part = self._part(layer, text)
        if part is None:
            return None
        place = self._places[layer] + self._restarts
        layers = max(self._layers or self._learnt, place + 1)
        return self.raise_to(100.0 * (place + part) / layers)

    def _part(self, layer: str, text: str) -> float | None:
        """Return how much of the present layer is done, 0 to 1."""
        if text.startswith("Finished"):
            return 1.0 if layer in self._places else None
        tiles = _TILES.search(text)
        samples = _SAMPLES.search(text)
        if tiles is None and samples is None:
            return None
        if layer not in self._places:
            self._places[layer] = len(self._places)
            self._total = 0
        if tiles is not None:
            return self._tile_part(tiles, samples)
        return None if samples is None else self._sample_part(layer, int(samples[1]), int(samples[2]))

    def _sample_part(self, layer: str, done: int, total: int) -> float | None:
        if not layer and done < self._sample and self._sample >= self._total:
            # Blender 5 does not name the layers; the samples just start again.
            self._restarts += 1
            self._total = 0
        if not total or done > total or total < self._total:
            # A line that another thread wrote into: the number is cut off.
            return None
        self._sample, self._total = done, total
        return done / total

    def _tile_part(self, tiles: re.Match[str], samples: re.Match[str] | None) -> float | None:
        tile, count = int(tiles[2]), int(tiles[3])
        if not count or tile > count:
            return None
        # Up to 2.8 the number is that of the tile in work, since then that of the tiles that are done.
        done = tile if tiles[1] == "Rendered" else tile - 1
        share = 0.0
        if samples is not None and int(samples[2]) and tile == self._tile:
            # The first line of a tile still shows the samples of the tile before it.
            share = min(int(samples[1]) / int(samples[2]), 1.0)
        self._tile = tile
        return min(max(done + share, 0.0) / count, 1.0)
