"""Trying the installer as its users would: install, start, use, upgrade while it runs, remove."""

import json
import shutil
from pathlib import Path

from steps.checking import check_itself
from steps.footprint import Footprint, footprint, registry_value
from steps.freezing import program_folder
from steps.installed import Installed
from steps.installer import compile_installer
from steps.machine import WindowsMachine, build_folder
from steps.processes import Finished, must
from steps.product import PROGRAM, ROOT, TERMINAL_PROGRAM, installer_name, version
from steps.report import Figures, StepFailedError

OLD_VERSION = "0.0.1"
_MARK = "only-in-the-old-version.txt"
_SCENE_FRAMES = 4
_BLEND_KEY = r"HKCU\Software\Classes\.blend"
_DEFINITION = """
id = "trial"
name = "Trial"
suffixes = [".trial"]
[program]
paths = [{program}]
[run]
mode = "batch"
arguments = [
    "--stand-in-engine",
    ["--scene", "{{scene}}", "--out", "{{staging}}", "--stem", "{{stem}}"],
    ["--first", "{{first}}", "--last", "{{last}}", "--fail-once", "0"],
]
[patterns]
frame_started = '^frame (?P<frame>[0-9]+) begins'
file_written = '^wrote (?P<file>.+)$'
frame_done = '^frame (?P<frame>[0-9]+) ends'
run_done = '^stand-in ends'
"""
"""The program itself as a user's own renderer: it is the only one that is surely there."""


class Trial:
    """One trial of the installer that was made, on a Windows that has no Render Manager."""

    def __init__(self, machine: WindowsMachine, pictures: Path, figures: Figures) -> None:
        self._machine = machine
        self._pictures = pictures
        self._figures = figures
        self._scratch = build_folder("trial")
        self._usual = Installed(
            machine, machine.folder("LOCALAPPDATA") / "Programs" / "Render Manager", self._scratch
        )
        self._setup = ROOT / "dist" / installer_name()

    def run(self) -> str:
        """Try everything; raises StepFailedError with what went wrong. Returns what was seen."""
        self._figures["windows"] = self._machine.name
        before = footprint(self._machine)
        found = before.left_since(Footprint(frozenset(), frozenset()))
        if found:
            raise StepFailedError("There is a Render Manager on this Windows already: " + ", ".join(found))
        usual_default = registry_value(self._machine, _BLEND_KEY, "")
        must(self._set_default("blendfile"), "reg")
        try:
            return self._try_everything(before)
        finally:
            self._set_default(usual_default)

    def _try_everything(self, before: Footprint) -> str:
        """Try what users do, one thing after the other; return what was seen."""
        self._try_anew(before)
        self._try_upgrade(before)
        self._try_taken_folder()
        self._try_moving()
        self._try_repair()
        self._try_deleting(before)
        return (
            f"installed in {self._figures['install_s']} s, window after {self._figures['first_window_s']} s, "
            "self-test, upgrade over the running program with data, refused while in use and in a folder of "
            "another program, moved to another folder, repaired, removed without a trace"
        )

    def _set_default(self, program: str | None) -> Finished:
        """Have another program open scenes, or none; the installer must leave that as it is."""
        words = (
            ["delete", _BLEND_KEY, "/ve"] if program is None else ["add", _BLEND_KEY, "/ve", "/d", program]
        )
        return self._machine.run(["reg", *words, "/f"], timeout_s=60)

    def _try_anew(self, before: Footprint) -> None:
        """Install, start by the shortcut, look, have it test itself, remove."""
        usual = self._usual
        self._figures["install_s"] = usual.setup(self._setup)
        self._must_be(usual.problems(version()))
        self._must_open_as_before()
        self._figures["first_window_s"] = usual.start_by_shortcut()
        # By the time that is answered, the window has its icons and knows its engines.
        usual.objects(["engines", "--json"])
        self._machine.photograph(self._pictures / "started-by-shortcut.png")
        usual.quit()
        self._figures["next_window_s"] = usual.start_by_shortcut()
        usual.quit()
        shown: Figures = {}
        check_itself(lambda words: usual.tell(*words), self._pictures / "installed.png", shown)
        self._figures["self_test"] = shown
        usual.remove()
        self._must_be(footprint(self._machine).left_since(before, but_for=usual.data))
        shutil.rmtree(usual.data)

    def _try_upgrade(self, before: Footprint) -> None:
        """Upgrade a running older version that has data, in a folder with blanks and Chinese."""
        folder = self._usual.folder.parent / "渲染 Render Manager é"
        one = Installed(self._machine, folder, self._scratch)
        one.setup(self._older_setup())
        if not (folder / "_internal" / _MARK).is_file():
            raise StepFailedError(f"The older version was not installed in {folder}.")
        frames = self._render(one)
        one.start_by_program()
        self._figures["upgrade_s"] = one.setup(self._setup)
        self._must_be(one.problems(version()))
        if (folder / "_internal" / _MARK).exists():
            raise StepFailedError("Files of the older version are left in the newer one.")
        # It was running, so the installer starts it again.
        one.wait_for(one.painted.is_file, "the upgraded program opened its window")
        self._must_have_job(one)
        self._machine.photograph(self._pictures / "upgraded.png")
        self._try_in_use(one)
        one.quit()
        one.remove()
        self._must_be(footprint(self._machine).left_since(before, but_for=one.data))
        if len(list(frames.glob("*.png"))) != _SCENE_FRAMES or not (one.data / "render-manager.db").is_file():
            raise StepFailedError("The user's data went with the program.")

    def _try_in_use(self, one: Installed) -> None:
        """A program that does not end must make the installer give up, with everything as it was."""
        program = one.folder / f"{TERMINAL_PROGRAM}.exe"
        with self._machine.started([program, "--stand-in-engine", "stay"]) as process:
            assert process.stdout is not None
            if b"ready" not in process.stdout.readline():
                raise StepFailedError(f"{program} did not say that it runs.")
            code, said, seconds = one.try_setup(self._setup)
        self._figures["refused_s"] = seconds
        if code != 2 or str(self._machine.named(one.folder)) not in said:
            raise StepFailedError(f"The installer ended with {code} while a program was in use: {said}")
        self._must_be(one.problems(version()))

    def _try_taken_folder(self) -> None:
        """A folder with the same names by another program must be refused, and stay as it is."""
        other = Installed(self._machine, self._usual.folder.parent / "Other program", self._scratch)
        theirs = other.folder / "_internal" / "theirs.txt"
        theirs.parent.mkdir(parents=True)
        theirs.touch()
        code, said, _seconds = other.try_setup(self._setup)
        left = [path for path in other.folder.rglob("*") if path.is_file()]
        shutil.rmtree(other.folder)
        if code != 2 or left != [theirs]:
            raise StepFailedError(f"In a folder of another program the installer ended with {code}: {said}")

    def _try_moving(self) -> None:
        """Installing into another folder leaves nothing in the one before."""
        before = Installed(self._machine, self._usual.folder.parent / "Before", self._scratch)
        before.setup(self._setup)
        self._usual.setup(self._setup)
        self._must_be(self._usual.problems(version()))
        if before.folder.exists():
            raise StepFailedError(f"The program was moved, and files are left in {before.folder}.")

    def _try_repair(self) -> None:
        """Installing again repairs what a virus scanner took."""
        for name in (f"{PROGRAM}.exe", f"{TERMINAL_PROGRAM}.exe", "_internal/base_library.zip"):
            (self._usual.folder / name).unlink()
        self._usual.setup(self._setup)
        self._must_be(self._usual.problems(version()))

    def _try_deleting(self, before: Footprint) -> None:
        """Removing it with the data leaves nothing at all, and opens files as before."""
        self._must_have_job(self._usual)
        self._usual.remove("/DELETEDATA")
        self._must_be(footprint(self._machine).left_since(before))
        self._must_open_as_before()

    def _older_setup(self) -> Path:
        """Return an installer of an older version, with a file that the newer one has not."""
        mark = program_folder("windows") / "_internal" / _MARK
        mark.write_text("Must be gone after an upgrade.\n", "utf-8")
        setup = self._scratch / "older-setup.exe"
        try:
            compile_installer(
                program_folder("windows"), setup, numbers=(0, 0, 1, 0), text=OLD_VERSION, is_quick=True
            )
        finally:
            mark.unlink()
        return setup

    def _render(self, one: Installed) -> Path:
        """Have the installed program render a job; return the folder of its frames."""
        program = json.dumps(self._machine.named(one.folder / f"{TERMINAL_PROGRAM}.exe"), ensure_ascii=False)
        engines = one.data / "engines"
        engines.mkdir(parents=True)
        (engines / "trial.toml").write_text(_DEFINITION.format(program=program), "utf-8")
        folder = self._scratch / "scenes 场景"
        folder.mkdir()
        scene, frames = folder / "night.trial", folder / "frames"
        scene.write_text("nothing", "utf-8")
        must(one.tell("render", scene, "--frames", f"1-{_SCENE_FRAMES}", "--output", frames), "render")
        return frames

    def _must_have_job(self, one: Installed) -> None:
        jobs = one.objects(["jobs", "--json"])
        if [job.get("state") for job in jobs] != ["completed"]:
            raise StepFailedError(f"The job of before is not in the list any more: {jobs}")

    def _must_open_as_before(self) -> None:
        default = registry_value(self._machine, _BLEND_KEY, "")
        if default != "blendfile":
            raise StepFailedError(f".blend files are opened by {default} now.")

    def _must_be(self, problems: list[str]) -> None:
        if problems:
            raise StepFailedError("; ".join(problems))
