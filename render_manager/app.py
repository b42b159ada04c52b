"""The composition root: reads the arguments, builds what they ask for, wires it, runs it.

Start-up of the window: arguments → Qt and the window, painted → settings, database and engines on a
thread → owner thread. Shutdown goes the other way round. Nobody imports this module but `main.py` and the
`render-manager` command.
"""

import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Render Manager; return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["--guard"]:
        return _guard(given)
    if not given:
        return open_window(None, [], False)
    return _command_line(given)


def _guard(arguments: list[str]) -> int:
    """Be a renderer's guard; how the frozen program starts `execution/guard.py`."""
    from render_manager.execution import guard  # only on Linux and macOS

    sys.argv = ["guard", *arguments[1:]]
    guard.main()
    return 0


def _command_line(arguments: list[str]) -> int:
    from render_manager.assembly import build_catalog, build_core, plain_pools  # not for the window's start
    from render_manager.services.cli.main import run_command_line  # as above
    from render_manager.services.cli.session import Composition  # as above
    from render_manager.storage.reader import StoreReader  # as above

    composition = Composition(
        build_core=lambda **parts: build_core(**parts, pools=plain_pools()),
        build_catalog=build_catalog,
        open_reader=StoreReader,
        open_window=open_window,
    )
    return run_command_line(arguments, composition)


def open_window(base_dir: Path | None, files: Sequence[Path], is_demo: bool) -> int:
    """Open the window."""
    raise NotImplementedError


if __name__ == "__main__":
    sys.exit(main())
