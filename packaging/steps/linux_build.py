"""The archive for Linux: made from the built program, and tried from a folder with blanks and Chinese."""

import hashlib
import os
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from steps.checking import LIMIT_S, check_itself
from steps.freezing import program_folder
from steps.machine import build_folder
from steps.processes import Finished, must, run
from steps.product import PROGRAM, ROOT, TERMINAL_PROGRAM, version
from steps.report import Figures, StepFailedError

_STRENGTH: Final = 1
"""Of xz, at most 9: more takes minutes and makes the archive a tenth smaller."""


def archive() -> Path:
    """Return the archive's file."""
    return ROOT / "dist" / f"render-manager-{version()}-linux-x86_64.tar.xz"


def pack(figures: Figures) -> str:
    """Make the archive and its checksum."""
    target = archive()
    with tarfile.open(target, "w:xz", preset=_STRENGTH) as tar:
        tar.add(program_folder("linux"), f"{PROGRAM}-{version()}", filter=_of_nobody)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_name(f"{target.name}.sha256").write_text(f"{digest}  {target.name}\n", "ascii")
    figures["bytes"] = target.stat().st_size
    figures["sha256"] = digest
    return f"{target.relative_to(ROOT)}, {target.stat().st_size / 1e6:.1f} MB"


def _of_nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def try_archive(pictures: Path, figures: Figures) -> str:
    """Unpack it, put it into the menu of a throw-away user, have it test itself, take it out again."""
    place = build_folder("trial-linux") / "解压 here"
    home = place.parent / "home"
    home.mkdir()
    with tarfile.open(archive()) as tar:
        tar.extractall(place, filter="data")
    folder = place / f"{PROGRAM}-{version()}"
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "XDG_", "SUDO_"))
    }
    env |= {"HOME": str(home), "QT_QPA_PLATFORM": env.get("QT_QPA_PLATFORM", "offscreen")}
    must(run(["sh", folder / "install.sh"], timeout_s=120, env=env), "install.sh")
    entry = home / ".local/share/applications/render-manager.desktop"
    if not entry.is_file() or str(folder) not in entry.read_text("utf-8"):
        raise StepFailedError(f"install.sh wrote no entry {entry} that starts {folder}.")

    def tell(words: Sequence[str | Path]) -> Finished:
        return run([folder / TERMINAL_PROGRAM, *words], timeout_s=LIMIT_S, env=env)

    said = check_itself(tell, pictures / "linux.png", figures)
    must(run(["sh", folder / "uninstall.sh"], timeout_s=120, env=env), "uninstall.sh")
    if entry.exists():
        raise StepFailedError(f"uninstall.sh left {entry}.")
    shutil.rmtree(place.parent)
    return said
