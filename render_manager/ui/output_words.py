"""Where frames will go and whether there is room for them, in words."""

from render_manager.domain.jobspec import Existing
from render_manager.domain.texts import gettext as _
from render_manager.engines.outlook import Forecast
from render_manager.ui.disk_label import size_text
from render_manager.ui.scene_facts import names_of
from render_manager.ui.submit_draft import Draft

SMALL_BYTES = 1_000_000


def names_text(draft: Draft) -> str:
    """Return which files will be written; empty while that is not known."""
    job = draft.preparation
    if job is None:
        return ""
    outlook = draft.outlook
    has_ending = bool(job.spec.output_suffix)
    if outlook is None or outlook.existing:
        text = "{names}" if has_ending else _("{names} (the ending is known when the first is rendered)")
    elif job.spec.existing is Existing.VERSION:
        text = (
            _("{names}, in the new folder {folder}")
            if has_ending
            else _("{names} (the ending is known when the first is rendered), in the new folder {folder}")
        )
    else:
        text = (
            _("{names}; none exists yet")
            if has_ending
            else _("{names} (the ending is known when the first is rendered); none exists yet")
        )
    return text.format(names=names_of(job), folder=job.spec.output_dir.name)


def room_text(draft: Draft | None) -> str:
    """Return free disk against the forecast; empty while neither is known."""
    outlook = None if draft is None else draft.outlook
    if draft is None or outlook is None or outlook.free_bytes is None:
        return ""
    free = size_text(outlook.free_bytes)
    if not outlook.to_render and draft.health is not None and draft.health.damaged:
        return _("{free} free; only what is damaged is rendered again").format(free=free)
    if not outlook.to_render:
        return _("{free} free; nothing is left to be rendered if the files are whole").format(free=free)
    if outlook.forecast is None:
        return _("{free} free; how much the frames take is not known before the first").format(free=free)
    return _with_forecast(free, outlook.forecast)


def _with_forecast(free: str, forecast: Forecast) -> str:
    """Return free disk against a forecast as a range, and how much the forecast is worth."""
    if forecast.high_bytes < SMALL_BYTES:
        return _("{free} free; the frames take less than 1 MB").format(free=free)
    low, high = size_text(max(forecast.low_bytes, SMALL_BYTES)), size_text(forecast.high_bytes)
    text = (
        _("{free} free; the frames take {low} to {high}, a guess from size and format")
        if forecast.is_guess
        else _("{free} free; the frames take {low} to {high}, as those that exist")
    )
    return text.format(free=free, low=low, high=high)
