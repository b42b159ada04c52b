"""Timing the paints of Qt views; for benchmarks that open widgets in their own process."""

import random
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

PATIENCE_S = 120.0


class PaintLog:
    """Notes when the views of a class were painted; a context manager, since it changes the class.

    Enter it before a view is made: Qt for Python looks methods up once for each object.
    """

    def __init__(self, view_class: type[QAbstractScrollArea]) -> None:
        self._class: Any = view_class
        self._original = view_class.paintEvent
        self.paints: list[tuple[float, float]] = []
        """Beginning and end of each paint (perf_counter)."""
        self.on_paint: Callable[[], None] | None = None

    def __enter__(self) -> "PaintLog":
        log, original = self, self._original

        def paint_event(view: QAbstractScrollArea, event: QPaintEvent) -> None:
            start = time.perf_counter()
            original(view, event)
            log.paints.append((start, time.perf_counter()))
            if log.on_paint is not None:
                log.on_paint()

        self._class.paintEvent = paint_event
        return self

    def __exit__(self, *_error: object) -> None:
        self._class.paintEvent = self._original


def wait_until(is_it: Callable[[], bool]) -> float:
    """Run the event loop until something is so; return when (perf_counter)."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_it():
        QApplication.processEvents()
        if time.monotonic() > deadline:
            raise TimeoutError(f"it was not so within {PATIENCE_S} s")
    return time.perf_counter()


def settle(seconds: float = 0.1) -> None:
    """Run the event loop for a while, so that nothing is left over from before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        QApplication.processEvents()
        time.sleep(0.002)


def scroll_paints_ms(
    view: QAbstractScrollArea, log: PaintLog, steps: int, is_ready: Callable[[], bool] = lambda: True
) -> list[float]:
    """Scroll to `steps` places, near ones and far ones by turns; return the milliseconds of each paint.

    A view that reads on other threads is painted when it says it is ready, so that it has all to paint.
    """
    places = random.Random(1)
    bar = view.verticalScrollBar()
    taken = []
    for step in range(steps):
        near = bar.value() + bar.singleStep() * 3
        bar.setValue(near if step % 2 and near < bar.maximum() else places.randint(0, bar.maximum()))
        wait_until(is_ready)
        log.paints.clear()
        view.viewport().repaint()
        taken += [1000.0 * (end - start) for start, end in log.paints]
        QApplication.processEvents()
    return taken


def shown(widget: Any, width_px: int = 1280, height_px: int = 800) -> Any:
    """Show a widget at a size and wait until it is painted; return it."""
    widget.resize(width_px, height_px)
    widget.show()
    QApplication.sendPostedEvents(widget, QEvent.Type.LayoutRequest)
    settle()
    return widget
