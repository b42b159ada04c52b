"""How much memory the computer can spare."""

import psutil


def available_bytes() -> int:
    """Return the memory that can be had without pushing others to disk."""
    return int(psutil.virtual_memory().available)
