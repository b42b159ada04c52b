"""Remembers what a scene file says while it stays the same, since every run of a job needs to know it."""

import threading
from collections.abc import Callable
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo

_MOST_SCENES = 64


class SceneMemory:
    """Scenes by path, size and time of change; for any thread."""

    def __init__(self, read_scene: Callable[[Path, str], SceneInfo]) -> None:
        self._read_scene = read_scene
        self._lock = threading.Lock()
        self._scenes: dict[Path, tuple[tuple[int, int], SceneInfo]] = {}

    def read(self, path: Path, scene: str = "") -> SceneInfo:
        """Read a scene file and remember it; raises UserError when it is not a good one."""
        stamp = _stamp(path)
        found = self._read_scene(path, scene)
        if stamp is not None and not scene:
            with self._lock:
                if len(self._scenes) >= _MOST_SCENES:
                    self._scenes.pop(next(iter(self._scenes)))
                self._scenes[path] = (stamp, found)
        return found

    def recall(self, path: Path) -> SceneInfo | None:
        """Return what a scene file says, read again only if it changed; None when it cannot be read."""
        stamp = _stamp(path)
        with self._lock:
            known = self._scenes.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            return self.read(path)
        except UserError:
            # Maya itself will say what is wrong with it.
            return None


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
