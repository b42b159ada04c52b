"""Moments and spans of time in words, for sentences that are made without Qt."""

import time

from render_manager.domain.texts import gettext as _


def moment_text(at: float, now: float) -> str:
    """Return a moment in local time: `02:14` for today's, `2026-03-07 02:14` for another day's."""
    there, here = time.localtime(at), time.localtime(now)
    clock = time.strftime("%H:%M", there)
    return clock if there[:3] == here[:3] else f"{time.strftime('%Y-%m-%d', there)} {clock}"


def span_text(seconds: float) -> str:
    """Return a span of time: `9 s`, `12:40 min`, `3:05 h`."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return _("{count} s").format(count=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return _("{minutes}:{seconds:02d} min").format(minutes=minutes, seconds=rest)
    return _("{hours}:{minutes:02d} h").format(hours=minutes // 60, minutes=minutes % 60)


def size_text(size_bytes: float) -> str:
    """Return a size: `412 GB`, `3.4 GB`, `90 MB`, `7 kB`."""
    if size_bytes < 1e6:
        return f"{size_bytes / 1e3:.0f} kB"
    gigabytes = size_bytes / 1e9
    if gigabytes >= 10:
        return f"{gigabytes:,.0f} GB"
    return f"{gigabytes:.1f} GB" if gigabytes >= 1 else f"{size_bytes / 1e6:.0f} MB"
