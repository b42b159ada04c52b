"""A program that was installed for this user: where it is, how it is started, and how it is ended."""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from steps.footprint import registry_value
from steps.machine import WindowsMachine
from steps.processes import Finished, must
from steps.product import NAME, PROGRAM, TERMINAL_PROGRAM
from steps.report import StepFailedError

UNINSTALL_KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\RenderManager"
ENDINGS = (".blend", ".ma", ".mb", ".uproject")
_LIMIT_S = 300.0
_LOOK_EVERY_S = 0.1
REPORT_VARIABLE = "RENDER_MANAGER_REPORT_PAINTED"
"""As in `system.start_time`, which needs libraries that the Python of the build may lack."""


class Installed:
    """The program in one folder of a Windows."""

    def __init__(self, machine: WindowsMachine, folder: Path, scratch: Path) -> None:
        self.machine = machine
        self.folder = folder
        self.data = machine.folder("LOCALAPPDATA") / "RenderManager"
        self.painted = scratch / "painted.json"
        """Written by the program when its window was painted."""
        self._scratch = scratch
        self._menu = machine.folder("APPDATA") / r"Microsoft/Windows/Start Menu/Programs" / f"{NAME}.lnk"
        self._desktop = machine.folder("USERPROFILE") / "Desktop" / f"{NAME}.lnk"

    @property
    def variables(self) -> dict[str, str]:
        """Return the variables that have the program report its first paint."""
        return {REPORT_VARIABLE: self.machine.named(self.painted)}

    def setup(self, installer: Path, *words: str) -> float:
        """Install silently; return the seconds it took. Raises StepFailedError."""
        code, said, seconds = self.try_setup(installer, *words)
        if code:
            raise StepFailedError(f"{installer.name} ended with {code}: {said}")
        return seconds

    def try_setup(self, installer: Path, *words: str) -> tuple[int, str, float]:
        """Install silently; return the exit code, what the installer said, and the seconds it took."""
        log = self._scratch / "setup.log"
        log.unlink(missing_ok=True)
        self.painted.unlink(missing_ok=True)
        began = time.monotonic()
        finished = self.machine.run(
            [
                installer,
                "/S",
                f"/LOG={self.machine.named(log)}",
                *words,
                f"/D={self.machine.named(self.folder)}",
            ],
            timeout_s=_LIMIT_S,
            variables=self.variables,
            hears=False,
        )
        said = log.read_text("utf-16-le", "replace").replace("\r", "") if log.is_file() else "nothing"
        return finished.code, said, round(time.monotonic() - began, 2)

    def problems(self, version: str) -> list[str]:
        """Return what of an installation is not there, or is not as it should be."""
        files = (f"{PROGRAM}.exe", f"{TERMINAL_PROGRAM}.exe", "uninstall.exe", "LICENSE", "_internal")
        wrong = [f"{name} is missing" for name in files if not (self.folder / name).exists()]
        wrong += [f"{path.name} is left over" for path in self.folder.glob("_*") if path.name != "_internal"]
        wrong += [f"no shortcut {path}" for path in (self._menu, self._desktop) if not path.is_file()]
        said = registry_value(self.machine, UNINSTALL_KEY, "DisplayVersion")
        if said != version:
            wrong.append(f"the version in Windows' list is {said}, not {version}")
        for ending in ENDINGS:
            key = rf"HKCU\Software\Classes\{ending}"
            if registry_value(self.machine, rf"{key}\OpenWithProgids", "RenderManager.Scene") is None:
                wrong.append(f"{ending} files do not offer it")
        command = registry_value(
            self.machine, r"HKCU\Software\Classes\RenderManager.Scene\shell\open\command", ""
        )
        if command != f'"{self.machine.named(self.folder / PROGRAM)}.exe" "%1"':
            wrong.append(f"scenes are opened with {command}")
        return wrong

    def start_by_shortcut(self) -> float:
        """Start it from the Start menu; return the seconds until its window was painted."""
        return self._start(self._menu)

    def start_by_program(self) -> float:
        """Start the program itself: wine's shortcuts lead to no folder whose name its code page lacks."""
        return self._start(self.folder / f"{PROGRAM}.exe")

    def _start(self, what: Path) -> float:
        self.painted.unlink(missing_ok=True)
        began = time.monotonic()
        command = ["cmd", "/c", "start", "", self.machine.named(what)]
        self.machine.run(command, timeout_s=_LIMIT_S, variables=self.variables, hears=False)
        self.wait_for(self.painted.is_file, "its window was painted")
        if json.loads(self.painted.read_text("utf-8"))["painted_s"] is None:
            raise StepFailedError("The window was not painted.")
        return round(time.monotonic() - began, 2)

    def tell(self, *words: str | Path) -> Finished:
        """Run the program for the terminal."""
        return self.machine.run([self.folder / f"{TERMINAL_PROGRAM}.exe", *words], timeout_s=600)

    def quit(self) -> None:
        """End what runs."""
        must(self.tell("quit", "--timeout", "60"), "quit")
        self.machine.settle(60)

    def remove(self, *words: str) -> None:
        """Uninstall silently, and wait until that is done."""
        self.machine.run([self.folder / "uninstall.exe", "/S", *words], timeout_s=_LIMIT_S, hears=False)
        # The uninstaller goes on in a copy of itself, since it deletes its own file.
        self.wait_for(
            lambda: (
                registry_value(self.machine, UNINSTALL_KEY, "DisplayVersion") is None
                and not (self.folder / "uninstall.exe").exists()
            ),
            "it was uninstalled",
        )
        self.machine.settle(60)

    def wait_for(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until something is so; other programs do it, and tell nobody."""
        until = time.monotonic() + _LIMIT_S
        while not is_so():
            if time.monotonic() > until:
                raise StepFailedError(f"After {_LIMIT_S:.0f} s still not: {what}.")
            time.sleep(_LOOK_EVERY_S)

    def objects(self, words: Sequence[str | Path]) -> list[dict[str, object]]:
        """Run a command of the program and return the JSON objects it prints."""
        finished = must(self.tell(*words), " ".join(map(str, words)))
        return [json.loads(line) for line in finished.output.splitlines() if line.startswith("{")]
