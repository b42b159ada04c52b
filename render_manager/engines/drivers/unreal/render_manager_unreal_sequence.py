"""Reads what a level sequence says of itself; runs inside Unreal."""

import unreal
from render_manager_unreal_guards import call, get, whole


def facts_of(sequence, job):
    """Return first frame, the frame after the last, frames a second, and the shots' names.

    Frame numbers are in the display rate, or None where the plug-in that tells them is not loaded.
    """
    start, end = _playback(sequence, "get_playback_start"), _playback(sequence, "get_playback_end")
    if start is None or end is None or end <= start:
        start = end = None
    rate = rate_of(sequence)
    fps = round(rate[0] / rate[1], 4) if rate else 0.0
    return {"start": start, "end": end, "fps": fps, "shots": _shots(sequence, job)}


def rate_of(sequence):
    """Return the display rate as (numerator, denominator), None when it is not known."""
    rate = call(sequence, "get_display_rate")
    if rate is None:
        rate = call(getattr(unreal, "MovieSceneSequenceExtensions", None), "get_display_rate", sequence)
    return ratio(rate)


def ratio(rate):
    """Return a FrameRate as (numerator, denominator), or None."""
    numerator, denominator = whole(get(rate, "numerator")), whole(get(rate, "denominator"))
    return (numerator, denominator) if numerator and denominator else None


def _playback(sequence, name):
    found = whole(call(sequence, name))
    if found is None:
        found = whole(call(getattr(unreal, "MovieSceneSequenceExtensions", None), name, sequence))
    return found


def _shots(sequence, job):
    call(unreal.MoviePipelineLibrary, "update_job_shot_list_from_sequence", sequence, job)
    shots = []
    for shot in get(job, "shot_info", None) or []:
        names = [str(get(shot, "outer_name", "") or ""), str(get(shot, "inner_name", "") or "")]
        shots.append(" ".join(name for name in names if name)[:80])
    return shots[:100]
