"""Building the program: one folder with both programs and everything they need."""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from steps.machine import WindowsMachine, build_folder, venv_python
from steps.processes import Finished, must, run
from steps.product import PROGRAM, ROOT, TERMINAL_PROGRAM
from steps.report import Figures, StepFailedError
from steps.wheels import PYTHON, install_arguments, lock_file, pip_environment, wheel_folder

_LIMIT_S = 1500.0
MODULE_LIST = "modules.txt"
"""The names of all modules of ours, by which the built program knows whether it is whole."""
SOURCES = "shipped.json"
"""Where every file that is built in came from; the notices are made from it."""


def program_folder(system: str) -> Path:
    """Return the built program's folder for `windows` or `linux`."""
    return ROOT / "dist" / system / PROGRAM


def work_folder(system: str) -> Path:
    """Return where PyInstaller keeps its own files."""
    return ROOT / "build" / f"freeze-{system}"


def provide_linux_python(_figures: Figures) -> str:
    """Make a virtual environment with the libraries to be built in."""
    python = venv_python(build_folder("linux-python"))
    arguments = install_arguments(str(wheel_folder("linux")), str(lock_file("linux")))
    must(run([python, *arguments], timeout_s=900, env=pip_environment()), "pip install")
    return must(run([python, "-VV"], timeout_s=60), "python -VV").output.strip()


def linux_python() -> Path:
    """Return the Python that builds the program for Linux."""
    return venv_python(ROOT / "build" / "linux-python")


def freeze_linux(figures: Figures) -> str:
    """Build the program for Linux."""

    def python(words: Sequence[str | Path]) -> Finished:
        return run([linux_python(), *words], timeout_s=_LIMIT_S, env=_environment(), cwd=ROOT)

    _freeze("linux", python, str)
    for source in (ROOT / "packaging" / "linux").iterdir():
        shutil.copy2(source, program_folder("linux"))
    return _finish("linux", figures)


def freeze_windows(machine: WindowsMachine, python: Path, figures: Figures) -> str:
    """Build the program for Windows, on Windows or under wine."""

    def run_python(words: Sequence[str | Path]) -> Finished:
        variables = {"PYTHONPATH": machine.named(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        return machine.run([python, *words], timeout_s=_LIMIT_S, variables=variables, cwd=ROOT)

    _freeze("windows", run_python, machine.named)
    for name in (PROGRAM, TERMINAL_PROGRAM):
        if not (program_folder("windows") / f"{name}.exe").is_file():
            raise StepFailedError(f"{name}.exe was not built.")
    return _finish("windows", figures)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def _freeze(
    system: str, python: Callable[[Sequence[str | Path]], Finished], named: Callable[[Path], str]
) -> None:
    work = build_folder(work_folder(system).name)
    shutil.rmtree(program_folder(system), ignore_errors=True)
    must(python(["-m", "tools.module_list", work / MODULE_LIST]), "tools.module_list")
    command = ["-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", named(program_folder(system).parent), "--workpath", named(work)]
    finished = python([*command, ROOT / "packaging" / "render-manager.spec"])
    (work / "pyinstaller.log").write_text(finished.output, "utf-8")
    must(finished, "PyInstaller")


def _finish(system: str, figures: Figures) -> str:
    folder = program_folder(system)
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    figures["files"] = len(files)
    figures["bytes"] = sum(path.stat().st_size for path in files)
    figures["python"] = ".".join(map(str, PYTHON))
    return f"{len(files)} files, {figures['bytes'] / 1e6:.0f} MB in {folder.relative_to(ROOT)}"


def shipped_sources(system: str) -> list[str]:
    """Return where every file in the built program came from, as the building Python names it."""
    found = list(work_folder(system).rglob(SOURCES))
    if not found:
        raise StepFailedError(f"PyInstaller left no {SOURCES} in {work_folder(system)}.")
    listed: list[str] = json.loads(found[0].read_text("utf-8"))
    return listed
