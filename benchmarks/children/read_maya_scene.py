"""Reads a Maya scene in a process of its own and prints the seconds it took and the most memory it had."""

import json
import sys
import time
from pathlib import Path

from render_manager.engines.maya.scene_reader import read_scene


def peak_mb() -> float:
    """Return the most memory this process has had, in MB."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    if sys.platform == "linux":
        # Linux counts the memory of the process that started this one into ru_maxrss.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 2**10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    """Read the scene named on the command line."""
    start = time.perf_counter()
    info = read_scene(Path(sys.argv[1]))
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb(), "frame_end": info.frame_end}))


main()
