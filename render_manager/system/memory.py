"""How much memory the computer can spare."""

import psutil


def available_bytes() -> int:
    """Return the memory that can be had without pushing others to disk."""
    return int(psutil.virtual_memory().available)


def total_bytes() -> int:
    """Return the memory the computer has."""
    return int(psutil.virtual_memory().total)
