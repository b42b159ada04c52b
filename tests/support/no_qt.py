"""Makes PySide6 impossible to import, as on a computer where it is not installed."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

BLOCKED = frozenset({"PySide6", "shiboken6", "qasync", "qtawesome", "qtpy", "pytestqt"})


class QtBlocker:
    """Refuses everything that needs Qt."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"{fullname} is blocked for this run", name=fullname)
        return None


def block_qt() -> None:
    """Block Qt from now on; modules that were imported already are forgotten."""
    sys.meta_path.insert(0, QtBlocker())  # type: ignore[arg-type]
    for name in [name for name in sys.modules if name.partition(".")[0] in BLOCKED]:
        del sys.modules[name]
