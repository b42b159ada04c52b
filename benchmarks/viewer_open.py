"""From the wish to see a 3840x2160 half-float EXR to its picture on the viewer's canvas, against one decode.

The viewer's window is open already; it decodes the file, develops it for the screen at its full size and at
halves of it, and paints. Further figures: a change of exposure until it is painted, and how many pictures a
second a flipbook of cached frames shows.

    python benchmarks/viewer_open.py [--json]
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from common import ROOT, Figure, Options, by_turns, require_qt, run
from thumbnail_exr import (
    COMPRESSIONS,
    OpenEXR,
    decode_with_oiio,
    decode_with_openexr,
    timed_ms,
    write_picture,
)

BUDGET = 2.0
EXPOSURE_BUDGET_MS = 200.0
PLAY_BUDGET_SHARE = 0.95
PATIENCE_S = 30.0


def measure(options: Options) -> Iterator[Figure]:
    """Open frames of every usual compression, then turn exposure up, then play."""
    require_qt()
    bench = Bench(options)
    try:
        yield from bench.opening()
        yield bench.exposing()
        yield bench.playing()
    finally:
        bench.close()


class Bench:
    """A viewer, and a job of frames written for it."""

    def __init__(self, options: Options) -> None:
        sys.path.insert(0, str(ROOT / "tests"))
        from PySide6.QtWidgets import QApplication
        from qt.support import FakeReader, make_job

        from render_manager.domain.changes import FrameRow
        from render_manager.domain.states import FrameState
        from render_manager.ui.state_looks import Icons
        from render_manager.ui.theme import DARK, apply_theme
        from render_manager.ui.viewer.viewer_window import ViewerWindow

        self._options = options
        self._folder = tempfile.TemporaryDirectory()
        self.width, self.height = options.size(3840, 384), options.size(2160, 216)
        self._app = QApplication.instance() or QApplication([])
        apply_theme(self._app, DARK)
        reader = FakeReader()
        self.files = [Path(self._folder.name, f"{name}.exr") for name in COMPRESSIONS]
        for path in self.files:
            write_picture(path, self.width, self.height, path.stem)
        self._job = make_job(1, f"1-{len(self.files)}", output_dir=Path(self._folder.name))
        reader.put(self._job, *[FrameState.COMPLETED] * len(self.files))
        for number, path in enumerate(self.files, start=1):
            reader.rows[1, number] = FrameRow(
                1, number, FrameState.COMPLETED, attempts=1, outputs=(str(path),)
            )
        self.viewer = ViewerWindow(theme=DARK, icons=Icons(DARK), state_file=None)
        self.viewer.read_from(reader)
        self.viewer.resize(1600, 1000)
        self.viewer.look_at(self._job, 1)
        self._wait(lambda: self.viewer.canvas.shown is not None)

    def opening(self) -> Iterator[Figure]:
        """Measure each compression."""
        decode = decode_with_oiio if OpenEXR is None else decode_with_openexr
        for place, path in enumerate(self.files):
            ours = timed_ms(lambda place=place: self._open(place))
            theirs = timed_ms(lambda path=path: decode(path))
            ours, theirs = (self._settled(one) for one in (ours, theirs))
            by_turns(1, ours, theirs)
            runs, reference = by_turns(self._options.repeat, ours, theirs)
            yield Figure(
                name=f"viewer: picture of a {self.width}x{self.height} half EXR, {path.stem.upper()}",
                unit="ms",
                runs=runs,
                reference_name="OpenImageIO, one read" if OpenEXR is None else "OpenEXR, one decode",
                reference_runs=reference,
                budget=BUDGET,
                budget_is="ratio",
            )

    def exposing(self) -> Figure:
        """Measure a step of exposure."""
        steps = iter(range(1000))

        def expose() -> float:
            self._settle()
            start = time.perf_counter()
            exposure = 0.25 + next(steps) % 8 / 4
            self._until_printed(lambda: self.viewer.session.set_look(exposure=exposure))
            return (time.perf_counter() - start) * 1000

        [runs] = by_turns(self._options.repeat, expose)
        return Figure(
            name=f"viewer: exposure of a {self.width}x{self.height} EXR until it is painted",
            unit="ms",
            runs=runs,
            budget=EXPOSURE_BUDGET_MS,
            budget_is="value",
        )

    def playing(self) -> Figure:
        """Measure a flipbook at 24 frames a second whose frames are all there."""
        book = self.viewer.session.flipbook
        self.viewer.session.toggle_playing()
        self._wait(lambda: all(self.viewer.session.is_ready(place) for place in range(len(self.files))))
        until = time.perf_counter() + self._options.size(3, 1)
        self._wait(lambda: time.perf_counter() > until)
        seen = book.true_fps()
        self.viewer.session.toggle_playing()
        return Figure(
            name="viewer: flipbook of cached frames at 24 a second, pictures shown",
            unit="a second",
            runs=[seen],
            budget=round(24.0 * PLAY_BUDGET_SHARE, 1),
            budget_is="value",
            at_least=True,
        )

    def close(self) -> None:
        """Close the window and remove the files."""
        self.viewer.finish()
        self._folder.cleanup()

    def _settled(self, measured: Callable[[], float]) -> Callable[[], float]:
        """Return a measurement that begins when nothing else is going on."""

        def after_settling() -> float:
            self._settle()
            return measured()

        return after_settling

    def _open(self, place: int) -> None:
        session = self.viewer.session
        session.place = place
        self._until_printed(session.reload)

    def _until_printed(self, action: Callable[[], object]) -> None:
        """Do something and return when its picture is painted."""
        printed: list[object] = []
        connection = self.viewer.session.darkroom.printed.connect(printed.append)
        action()
        self._wait(lambda: bool(printed))
        self.viewer.canvas.repaint()
        self.viewer.session.darkroom.printed.disconnect(connection)

    def _settle(self) -> None:
        """Let what was read ahead come to its end."""
        session = self.viewer.session
        self._wait(lambda: session.shelf.is_idle and session.darkroom.is_idle)

    def _wait(self, condition: Callable[[], bool]) -> None:
        give_up_at = time.perf_counter() + PATIENCE_S
        while not condition():
            if time.perf_counter() > give_up_at:
                raise RuntimeError("the viewer shows nothing")
            self._app.processEvents()


if __name__ == "__main__":
    run(__doc__, measure, repeat=7)
