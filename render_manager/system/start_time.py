"""How long the start took, for whoever measures it."""

import json
import os
import time
from pathlib import Path

import psutil

from render_manager.system.whole_files import write_whole

REPORT_VARIABLE = "RENDER_MANAGER_REPORT_PAINTED"
"""Names the file that is written once the window was painted."""


def report_painted(*, was_painted: bool) -> None:
    """Write the seconds from the beginning of this process to now into the file that was asked for, if any.

    They are null if the window did not appear. Raises OSError when the file cannot be written.
    """
    wanted = os.environ.get(REPORT_VARIABLE)
    if wanted:
        seconds = round(time.time() - psutil.Process().create_time(), 3)
        write_whole(Path(wanted), json.dumps({"painted_s": seconds if was_painted else None}) + "\n")
