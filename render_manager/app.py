"""The composition root: reads the arguments, builds what they ask for, wires it, runs it.

Start-up of the window: arguments and lock → Qt and the window, painted → settings, database and engines on
a thread → owner thread. Shutdown goes the other way round. Nobody imports this module but `main.py` and
the `render-manager` command.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from render_manager.domain.printable import one_line
from render_manager.domain.scene import SCENE_SUFFIXES
from render_manager.domain.texts import gettext as _
from render_manager.system.console import is_read_by_people, provide_streams, show_box
from render_manager.system.frozen import console_program, settle_in
from render_manager.system.language import speak_language, wanted_language
from render_manager.system.paths import app_paths

if TYPE_CHECKING:
    from render_manager.assembly import Core
    from render_manager.engines.catalog import Catalog
    from render_manager.scheduling.ports import Subscriber
    from render_manager.services.cli.session import Speaker
    from render_manager.services.one_frame_test import TrialCore
    from render_manager.storage.reader import StoreReader
    from render_manager.system.paths import AppPaths
    from render_manager.system.settings import Settings

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Render Manager; return the exit code."""
    settle_in()
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        # Ctrl+C while much is still being imported.
        return EXIT_INTERRUPTED


def _run(given: list[str]) -> int:
    part = _PARTS.get(given[0]) if given else None
    if part is not None:
        return part(given)
    base_dir, files = _window_arguments(given)
    speak_language(wanted_language(app_paths(base_dir).settings))
    if all(_is_for_window(name) for name in files):
        provide_streams(is_command=False)
        return open_window(base_dir, [Path(name) for name in files], False)
    is_heard = provide_streams(is_command=True)
    code = _command_line(given)
    if code == EXIT_BAD_INPUT and not is_heard:
        show_box(
            _(
                "This command could not be carried out. Run it in a terminal with {program}, to see why."
            ).format(program=console_program())
        )
    return code


def _is_for_window(name: str) -> bool:
    """Return whether an argument is a file to be shown in the window, and no command."""
    path = Path(name)
    if path.is_dir() and (os.sep in name or (os.altsep or os.sep) in name or "." in name):
        # A folder that cannot be meant for a command.
        return True
    # Users' own engines have endings that are not known yet; no command has one.
    return path.suffix.lower() in SCENE_SUFFIXES or (bool(path.suffix) and path.is_file())


def _window_arguments(given: list[str]) -> tuple[Path | None, list[str]]:
    """Return the folder for the data and what else is given; anything but scenes makes it a command."""
    for place, word in enumerate(given):
        if word == "--base-dir" and place + 1 < len(given) and given[place + 1]:
            return Path(given[place + 1]), given[:place] + given[place + 2 :]
        if word.startswith("--base-dir=") and word != "--base-dir=":
            return Path(word.partition("=")[2]), given[:place] + given[place + 1 :]
    return None, given


def open_window(base_dir: Path | None, files: Sequence[Path], is_demo: bool) -> int:
    """Open the window, or have the one that is open show `files`; without a display say so."""
    from render_manager.domain.errors import RenderManagerError  # keeps `--guard` quick

    problem = _display_problem()
    if problem:
        if not is_demo:
            _complain(problem)
            return EXIT_BAD_INPUT
        sys.stderr.write(problem + "\n")
        sys.stderr.write(_("The demo runs in this terminal instead.") + "\n")
        place = [] if base_dir is None else ["--base-dir", str(base_dir)]
        return _command_line([*place, "demo", "--headless"])
    from render_manager.window import run_window  # commands do without Qt, which may not be there

    try:
        return run_window(base_dir, files, is_demo=is_demo)
    except RenderManagerError as error:
        _complain(one_line(str(error)))
        return EXIT_BAD_INPUT


def _complain(sentence: str) -> None:
    """Say why no window opens, where the user is: in the terminal, or before the desktop."""
    sys.stderr.write(f"{sentence}\n")
    if is_read_by_people() or show_box(sentence) or _display_problem():
        return
    from render_manager.window import show_problem  # Qt is imported for the window only

    show_problem(sentence)


def _guard(_arguments: list[str]) -> int:
    """Be a renderer's guard; how the frozen program starts `execution/guard.py`."""
    from render_manager.execution.frozen_guard import be_guard  # only on Linux and macOS

    be_guard()
    return 0


def _stand_in(arguments: list[str]) -> int:
    """Be the renderer of the self-test, since the frozen program has no Python that could be it."""
    from render_manager.self_test import stand_in  # only for the self-test

    sys.argv = ["stand_in", *arguments[1:]]
    stand_in.main()
    return 0


def _second_start(arguments: list[str]) -> int:
    """Be the second program of one user, as the self-test wants to see it."""
    from render_manager.self_test.second_start import main as second_start  # only for the self-test

    return second_start(arguments[1:])


_PARTS: dict[str, Callable[[list[str]], int]] = {
    "--guard": _guard,
    "--stand-in-engine": _stand_in,
    "--second-start": _second_start,
}
"""What this program does as a child of itself: nothing that people type."""


def _command_line(arguments: list[str]) -> int:
    from render_manager.execution.asking import ask  # not for the window's start
    from render_manager.services.cli.main import run_command_line  # as above
    from render_manager.services.cli.session import Composition  # as above

    composition = Composition(
        build_core=_core,
        build_catalog=_catalog,
        open_reader=_reader,
        open_window=open_window,
        build_trial=_trial,
        ask=ask,
        self_test=_self_test,
    )
    return run_command_line(arguments, composition)


def _core(**parts: Any) -> "Core":
    from render_manager.assembly import build_core, plain_pools  # not for commands that render nothing

    return build_core(**parts, pools=plain_pools())


def _catalog(paths: "AppPaths", settings: "Settings") -> "Catalog":
    from render_manager.assembly import build_catalog  # not for commands that need no engine

    return build_catalog(paths, settings)


def _reader(database: Path) -> "StoreReader":
    from render_manager.storage.reader import StoreReader  # not for commands that read no queue

    return StoreReader(database, keeps_open=False)


def _trial(
    folder: Path, settings: "Settings", catalog: "Catalog", subscribers: "Sequence[Subscriber]"
) -> "TrialCore":
    from render_manager.assembly import build_trial_core  # only for `check`

    return build_trial_core(folder, settings=settings, catalog=catalog, subscribers=subscribers)


def _self_test(speaker: "Speaker", settings: "Settings", screenshot: Path | None) -> bool:
    try:
        from render_manager.self_test.telling import tell_self_test  # imports everything
    except ImportError as error:
        speaker.error(_("A part of the program is missing: {why}.").format(why=error))
        return False
    return tell_self_test(speaker, settings, screenshot)


def _display_problem() -> str:
    """Return why no window can be opened, empty when one can."""
    if sys.platform.startswith("linux") and not os.environ.get("QT_QPA_PLATFORM"):
        problem = _linux_display_problem()
        if problem:
            return problem
    try:
        import PySide6.QtWidgets  # noqa: F401 - only to see whether it loads
    except ImportError as error:
        return _("No window can open, because Qt cannot be loaded: {why}.").format(why=error)
    return ""


def _linux_display_problem() -> str:
    """Return why Qt would end the whole process: it does so when it finds no display or lacks a library."""
    display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    if wayland:
        return ""
    if not display:
        return _("There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.")
    import ctypes  # only Linux needs it

    try:
        ctypes.CDLL("libxcb-cursor.so.0")
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return _("No window can open, because the library libxcb-cursor is missing (Debian: libxcb-cursor0).")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    has_failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    if has_failed:
        return _("The display {display} cannot be reached, so no window can open.").format(display=display)
    return ""


if __name__ == "__main__":
    sys.exit(main())
