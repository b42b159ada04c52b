"""What the Linux archive's install.sh and uninstall.sh do to a home that is thrown away."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.source_tree import ROOT

from render_manager.system.autostart import LinuxAutostart
from render_manager.system.identity import DESKTOP_ID, PROGRAM_NAME

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has such entries")

LINUX = ROOT / "packaging" / "linux"
TRICKY = "Render Manager – 渲染 'q' $x \\b \"z\" `t`"
ENTRY = f".local/share/applications/{DESKTOP_ID}.desktop"
BLENDER = "[Desktop Entry]\nType=Application\nName=Blender\nExec=true %f\nMimeType=application/x-blender;\n"


class Home:
    """A user's home, and the unpacked archive in it."""

    def __init__(self, folder: Path, name: str = TRICKY) -> None:
        self.folder = folder
        self.archive = self.unpack(name)
        self.system = folder / "system"
        (self.system / "applications").mkdir(parents=True)
        self.tools = os.environ["PATH"]

    def unpack(self, name: str) -> Path:
        archive = self.folder / name
        shutil.copytree(LINUX, archive)
        shutil.copytree(ROOT / "resources" / "icons", archive / "_internal" / "resources" / "icons")
        program = archive / "render-manager"
        program.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@"\n', "utf-8")
        program.chmod(0o755)
        return archive

    def run(self, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        surroundings = {
            "PATH": self.tools,
            "HOME": str(self.folder),
            "XDG_DATA_DIRS": f"{self.system}:/usr/share",
            "LANG": "C.UTF-8",
            **more,
        }
        given = [str(word) for word in words]
        return subprocess.run(given, check=False, env=surroundings, capture_output=True, encoding="utf-8")

    def install(self, archive: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run("sh", (archive or self.archive) / "install.sh", **more)

    def uninstall(self, archive: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run("sh", (archive or self.archive) / "uninstall.sh", **more)

    def files(self) -> dict[str, bytes]:
        folders = (self.folder / ".local", self.folder / ".config")
        found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}

    def hide_tool(self, hidden: str) -> None:
        """Have only those tools the scripts name, without this one."""
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ("sh", "sed", "grep", "cp", "mv", "rm", "mkdir", "rmdir", "chmod", "touch", "dirname"):
            (tools / name).symlink_to(shutil.which(name) or "")
        assert not (tools / hidden).exists()
        self.tools = str(tools)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def value(entry: str, key: str) -> str:
    """Return a text of a desktop file without its escapes."""
    (text,) = re.findall(rf"^{key}=(.*)$", entry, re.MULTILINE)
    return re.sub(r"\\(.)", r"\1", text)


def words_of(exec_value: str) -> list[str]:
    """Return the words of an Exec value, as the Desktop Entry Specification takes them apart."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', exec_value)
    return [re.sub(r"\\(.)", r"\1", quoted) or plain for quoted, plain in found]


def test_the_entry_starts_the_program_where_it_lies(home: Home) -> None:
    done = home.install()
    assert (done.returncode, done.stderr) == (0, "")
    assert str(home.archive) in done.stdout
    entry = (home.folder / ENTRY).read_text("utf-8")
    program = str(home.archive / "render-manager")
    assert value(entry, "TryExec") == program
    assert words_of(value(entry, "Exec")) == [program, "%F"]
    assert value(entry, "StartupWMClass") == PROGRAM_NAME
    icons = home.folder / ".local/share/icons/hicolor"
    assert (icons / "16x16/apps/render-manager.png").is_file()
    assert (icons / "512x512/apps/render-manager.png").is_file()
    assert (icons / "scalable/apps/render-manager.svg").is_file()


def test_installing_again_changes_nothing(home: Home) -> None:
    home.install()
    before = home.files()
    assert home.install().returncode == 0
    assert home.files() == before


def test_nothing_is_left_but_the_users_own(home: Home) -> None:
    own = home.folder / ".local/share/RenderManager/render-manager.db"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"jobs")
    config = home.folder / ".config"
    others = LinuxAutostart(config, ["/opt/other/render-manager"], "render-manager-0000")
    others.install()
    LinuxAutostart(config, [str(home.archive / "render-manager"), "--base-dir", "/x y"]).install()
    home.install()
    done = home.uninstall()
    assert (done.returncode, done.stderr) == (0, "")
    assert str(own.parent) in done.stdout
    left = [name for name in home.files() if "render-manager" in name]
    assert sorted(left) == [
        ".config/autostart/render-manager-0000.desktop",
        ".local/share/RenderManager/render-manager.db",
    ]
    assert not list((home.folder / ".local/share/icons/hicolor").iterdir())
    assert home.uninstall().returncode == 0, "a second time there is nothing to do"


def test_folders_that_the_user_moved_elsewhere_are_used(home: Home) -> None:
    places = {
        "XDG_DATA_HOME": str(home.folder / "my data"),
        "XDG_CONFIG_HOME": str(home.folder / "my config"),
    }
    home.install(**places)
    assert (home.folder / "my data/applications/render-manager.desktop").is_file()
    assert not (home.folder / ".local").exists()
    home.uninstall(**places)
    assert not (home.folder / "my data/applications/render-manager.desktop").exists()


def test_another_copy_is_not_taken_out_of_the_menu(home: Home) -> None:
    newer = home.unpack("newer version")
    home.install()
    home.install(newer)
    done = home.uninstall()
    assert done.returncode == 1
    assert str(newer) in done.stderr
    assert (home.folder / ENTRY).is_file()
    assert home.uninstall(newer).returncode == 0
    assert not (home.folder / ENTRY).exists()


@pytest.mark.parametrize("name", ["100 %", "a=b", "two\nlines"])
def test_a_folder_that_desktops_start_nothing_from_is_refused(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path, name)
    done = home.install()
    assert done.returncode == 1
    assert "rename" in done.stderr
    assert not home.files()


def test_half_an_archive_and_sudo_are_refused(home: Home) -> None:
    assert "without sudo" in home.install(SUDO_USER="artist").stderr
    (home.archive / "render-manager").unlink()
    assert "Unpack the whole archive again" in home.install().stderr
    assert not home.files()


@pytest.mark.parametrize("script", ["install.sh", "uninstall.sh"])
def test_without_a_home_there_is_a_sentence(home: Home, script: str) -> None:
    before = home.files()
    refused = home.run("env", "-u", "HOME", "sh", home.archive / script)
    assert refused.returncode == 1
    assert refused.stderr.startswith("HOME does not say")
    assert home.files() == before


def test_it_speaks_chinese(home: Home) -> None:
    assert "已加入菜单" in home.install(LC_ALL="zh_CN.UTF-8").stdout


def test_without_xdg_mime_no_files_are_claimed(home: Home) -> None:
    home.hide_tool("xdg-mime")
    done = home.install()
    assert done.returncode == 0, done.stderr
    assert "xdg-mime" in done.stdout
    assert "MimeType" not in (home.folder / ENTRY).read_text("utf-8")
    assert not (home.folder / ".local/share/mime").exists()


@pytest.mark.skipif(not shutil.which("xdg-mime"), reason="xdg-utils is not installed here")
class TestDefaults:
    def default(self, home: Home) -> str:
        return home.run("xdg-mime", "query", "default", "application/x-blender").stdout.strip()

    def test_blender_stays_what_opens_its_files(self, home: Home) -> None:
        (home.system / "applications/blender.desktop").write_text(BLENDER, "utf-8")
        (home.system / "applications/mimeinfo.cache").write_text(
            "[MIME Cache]\napplication/x-blender=blender.desktop;\n", "utf-8"
        )
        assert self.default(home) == "blender.desktop"
        assert home.install().returncode == 0
        assert self.default(home) == "blender.desktop"

    def test_blender_that_comes_later_opens_its_files(self, home: Home) -> None:
        home.install()
        (home.system / "applications/blender.desktop").write_text(BLENDER, "utf-8")
        assert self.default(home) == "blender.desktop"

    def test_what_the_user_chose_stays(self, home: Home) -> None:
        home.install()
        home.run("xdg-mime", "default", "render-manager.desktop", "application/x-blender")
        home.install()
        assert self.default(home) == "render-manager.desktop"


@pytest.mark.skipif(
    not shutil.which("desktop-file-validate"), reason="desktop-file-utils is not installed here"
)
def test_the_entry_is_valid(home: Home) -> None:
    home.install()
    for entry in (LINUX / "render-manager.desktop", home.folder / ENTRY):
        done = home.run("desktop-file-validate", entry)
        assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(not shutil.which("gio"), reason="libglib2.0-bin is not installed here")
def test_glib_starts_it_with_the_scenes(home: Home) -> None:
    home.install()
    scene = home.folder / "a scene.blend"
    scene.touch()
    # gio leaves its standard output to the program, so it is read to the program's end.
    done = home.run("gio", "launch", home.folder / ENTRY, scene)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(home.archive / "render-manager"), str(scene)]
