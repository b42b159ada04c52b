"""What the plots show of a job's attempts: series by frame, outliers, and as many sticks as there are pixels.

Pure numbers with numpy; any thread. No Qt.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from render_manager.domain.figures import OUTCOMES, AttemptFigures
from render_manager.domain.states import AttemptOutcome

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

OUTLIER_MADS = 3.0
"""How many times the usual distance from the median makes a frame stand out."""
_MAD_TO_SIGMA = 1.4826
LEAST_SHARE = 0.1
"""A frame must differ by this share of the median at least: where all are alike, the least is much."""
FEWEST_JUDGED = 5
LONG_BREAK_S = 600.0
LONG_BREAK_SHARE = 0.3
"""Longer than both, the second a share of the whole history, and the break is left out at first."""
_COMPLETED = OUTCOMES.index(AttemptOutcome.COMPLETED)
_RUNNING = OUTCOMES.index(AttemptOutcome.RUNNING)
_BAD = tuple(OUTCOMES.index(one) for one in (AttemptOutcome.FAILED, AttemptOutcome.CRASHED))


@dataclass(frozen=True, slots=True)
class Series:
    """One value a frame, by frame."""

    frames: Floats
    values: Floats
    is_outlier: Mask
    usual: float
    """The median, 0 without values."""


@dataclass(frozen=True, slots=True)
class History:
    """Every attempt: when, at which frame, how it ended."""

    frames: Floats
    started: Floats
    ended: Floats
    is_bad: Mask
    is_done: Mask


@dataclass(frozen=True, slots=True)
class JobFigures:
    """Everything the plots of a job show."""

    seconds: Series
    failed_frames: Floats
    """The frame of each failed attempt."""
    failed_seconds: Floats
    memory: Series
    """Bytes."""
    history: History


@dataclass(frozen=True, slots=True)
class Sticks:
    """The largest value of each stretch of frames, so that no more are drawn than can be seen."""

    frames: Floats
    values: Floats
    is_outlier: Mask


def job_figures(figures: AttemptFigures, *, now: float) -> JobFigures:
    """Return what the plots show."""
    frames = _array(figures.frames, np.int64).astype(np.float64)
    outcomes = _array(figures.outcomes, np.int64)
    started, ended = _array(figures.started, np.float64), _array(figures.ended, np.float64)
    seconds = _array(figures.seconds, np.float64)
    memory = _array(figures.memory_bytes, np.int64).astype(np.float64)
    is_bad = np.isin(outcomes, _BAD)
    is_running = outcomes == _RUNNING
    took = np.where(ended > 0, ended - started, 0.0)
    is_done = outcomes == _COMPLETED
    until = np.where(is_running, now, np.maximum(ended, started))
    rendered = np.where(seconds > 0, seconds, took)
    return JobFigures(
        seconds=_series(frames, rendered, is_done & (rendered > 0)),
        failed_frames=frames[is_bad],
        failed_seconds=np.maximum(took[is_bad], 0.0),
        memory=_series(frames, memory, memory > 0),
        history=History(frames, started, until, is_bad, is_done),
    )


def outliers(values: Floats) -> tuple[Mask, float]:
    """Return which values stand out from the others, and the median."""
    if not len(values):
        return np.zeros(0, np.bool_), 0.0
    median = float(np.median(values))
    if len(values) < FEWEST_JUDGED:
        return np.zeros(len(values), np.bool_), median
    distance = np.abs(values - median)
    usual = float(np.median(distance)) * _MAD_TO_SIGMA
    return distance > max(OUTLIER_MADS * usual, LEAST_SHARE * median), median


def sticks(series: Series, low: float, high: float, most: int) -> Sticks:
    """Return at most `most` values between two frames: of each stretch of frames the largest."""
    first = int(np.searchsorted(series.frames, low, "left"))
    last = int(np.searchsorted(series.frames, high, "right"))
    frames, values, marks = (
        series.frames[first:last],
        series.values[first:last],
        series.is_outlier[first:last],
    )
    if len(frames) <= most:
        return Sticks(frames, values, marks)
    width = (high - low) / most
    stretch = ((frames - low) / width).astype(np.int64)
    order = np.lexsort((values, stretch))
    is_last = np.append(stretch[order][1:] != stretch[order][:-1], True)
    largest = order[is_last]
    return Sticks(frames[largest], values[largest], marks[largest])


def nearest(series: Series, frame: float, reach: float) -> int | None:
    """Return the place of the largest value within reach of a frame, or of the nearest frame at all."""
    if not len(series.frames):
        return None
    first = int(np.searchsorted(series.frames, frame - reach, "left"))
    last = int(np.searchsorted(series.frames, frame + reach, "right"))
    if first < last:
        return first + int(np.argmax(series.values[first:last]))
    return int(np.argmin(np.abs(series.frames - frame)))


def busiest_time(history: History) -> tuple[float, float]:
    """Return between when most attempts were made without a long break; the whole time of an even history."""
    if not len(history.started):
        return 0.0, 1.0
    started, ended = np.sort(history.started), np.sort(history.ended)
    span = max(float(ended[-1] - started[0]), 1.0)
    breaks = np.flatnonzero(started[1:] - ended[:-1] > max(LONG_BREAK_S, LONG_BREAK_SHARE * span))
    edges = np.concatenate(([0], breaks + 1, [len(started)]))
    longest = int(np.argmax(np.diff(edges)))
    first, last = int(edges[longest]), int(edges[longest + 1]) - 1
    return float(started[first]), float(ended[last])


def thinned(mask: Mask, most: int) -> Ints:
    """Return the places where a mask is true, evenly thinned to at most so many."""
    places = np.flatnonzero(mask)
    if len(places) <= most:
        return places
    return places[np.linspace(0, len(places) - 1, most).astype(np.int64)]


def pairs(first: Floats, second: Floats) -> Floats:
    """Return two columns as one, by turns: the ends of lines."""
    joined = np.empty(2 * len(first))
    joined[0::2], joined[1::2] = first, second
    return joined


def _series(frames: Floats, values: Floats, mask: Mask) -> Series:
    """Return the last value of each frame that has one."""
    chosen_frames, chosen = frames[mask], values[mask]
    if len(chosen_frames) > 1:
        is_last = np.append(chosen_frames[1:] != chosen_frames[:-1], True)
        chosen_frames, chosen = chosen_frames[is_last], chosen[is_last]
    is_outlier, usual = outliers(chosen)
    return Series(chosen_frames, chosen, is_outlier, usual)


def _array(column: Any, kind: Any) -> NDArray[Any]:
    return np.frombuffer(column, dtype=kind) if len(column) else np.zeros(0, kind)
