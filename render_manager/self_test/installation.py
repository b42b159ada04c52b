"""Is everything there that belongs to the program: modules, libraries, resources, scripts, languages."""

import ast
import gettext
import importlib
import importlib.metadata
import pkgutil
import platform
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import render_manager
from render_manager import __version__
from render_manager.domain.texts import gettext as _
from render_manager.engines import drivers
from render_manager.engines.blender.scene_reader import read_scene
from render_manager.engines.commands.reading import read_definition
from render_manager.self_test.results import Bench, FailedCheck
from render_manager.storage import migrations
from render_manager.system.frozen import is_frozen
from render_manager.system.language import DOMAIN, LANGUAGE_NAMES, SOURCE_LANGUAGE, languages
from render_manager.system.resources import resource
from render_manager.system.wakefulness import can_keep_awake

PACKAGES = (
    "PySide6-Essentials",
    "SQLAlchemy",
    "alembic",
    "Pillow",
    "OpenImageIO",
    "numpy",
    "qasync",
    "pydantic",
    "psutil",
    "zstandard",
    "regex",
    "bpy",
)
WINDOWS_MODULES = ("execution.windows", "system.job_objects", "ui.windows_taskbar")
"""Modules that can be imported on Windows only."""
POSIX_MODULES = ("execution.posix", "execution.guard", "execution.frozen_guard")
"""Modules that can be imported on other systems only."""
_NOT_IMPORTED = ("engines.drivers.", "storage.migrations.")
"""Beginnings of what is a file for somebody else: engines' Pythons, and Alembic."""
_MODULE_LIST = ("selftest", "modules.txt")
"""Names of all modules, written when the program is built: the built program knows only of those it has."""


def check_versions(_bench: Bench) -> str:
    """Say what is installed."""
    versions = [f"Render Manager {__version__}", f"Python {platform.python_version()}", platform.platform()]
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(_("{name} not installed").format(name=name))
    return ", ".join(versions)


def module_names() -> list[str]:
    """Return the names of all modules of the program, as those that are there say."""
    # What cannot be imported is found by importing it.
    walk = pkgutil.walk_packages(render_manager.__path__, f"{render_manager.__name__}.", onerror=str)
    return sorted(found.name for found in walk)


def check_modules(_bench: Bench) -> str:
    """Import every module of the program but those of other systems."""
    names = _expected_modules()
    others = POSIX_MODULES if sys.platform == "win32" else WINDOWS_MODULES
    problems = []
    count = 0
    for name in names:
        short = name.removeprefix(f"{render_manager.__name__}.")
        if short in others or short.startswith(_NOT_IMPORTED):
            continue
        try:
            importlib.import_module(name)
            count += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the module cannot be used
            problems.append(f"{name}: {type(error).__name__}: {error}")
    if problems:
        raise FailedCheck(
            _("These modules cannot be imported: {problems}.").format(problems="; ".join(problems))
        )
    return _("{count} modules imported").format(count=count)


def _expected_modules() -> list[str]:
    if not is_frozen():
        return module_names()
    path = resource(*_MODULE_LIST)
    if not path.is_file():
        raise FailedCheck(
            _("The list of modules is missing at {path}; the build has to write it.").format(path=path)
        )
    return path.read_text("utf-8").split()


def _uses() -> Iterator[tuple[str, Callable[[Any], object]]]:
    """Yield libraries that are imported late, each with a use of it whose result has to be true."""
    yield "zstandard", lambda library: library.decompress(library.compress(b"a" * 999)) == b"a" * 999
    yield "regex", lambda library: library.search("(?P<n>[0-9]+)", "frame 7", timeout=1.0)["n"] == "7"
    yield "tomlkit", lambda library: library.dumps(library.parse("a = 1\n")) == "a = 1\n"
    yield "dotenv", lambda library: library.dotenv_values
    yield "wakepy", lambda library: library.keep.running
    yield "qasync", lambda library: library.QEventLoop
    yield "pyqtgraph", lambda library: library.PlotWidget
    yield "qtawesome", lambda library: library.icon
    yield "OpenImageIO", lambda library: library.ColorConfig("ocio://default").getDisplayNames()
    yield "numpy", lambda library: library.arange(4).sum() == 6
    yield "rich.table", lambda library: library.Table
    yield "alembic.command", lambda library: library.upgrade
    if sys.platform == "win32":
        yield "comtypes", lambda library: library.GUID.create_new()
        yield "win32job", lambda library: library.CreateJobObject(None, "")
        yield "winsound", lambda library: library.PlaySound


def check_libraries(_bench: Bench) -> str:
    """Use the libraries that are imported only when they are needed."""
    problems, names = [], []
    for name, use in _uses():
        names.append(name)
        try:
            is_good = bool(use(importlib.import_module(name)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the library cannot be used
            problems.append(f"{name}: {type(error).__name__}: {error}")
        else:
            problems += [] if is_good else [name]
    if problems:
        raise FailedCheck(_("These libraries do not work: {problems}.").format(problems="; ".join(problems)))
    text = ", ".join(names)
    if not can_keep_awake():
        return _("{names}; nothing here can keep the computer awake").format(names=text)
    return text


def check_resources(_bench: Bench) -> str:
    """Read the sample scene, the sound, and the definitions of renderers."""
    scene = resource("sample", "sample_scene.blend")
    if not scene.is_file():
        raise FailedCheck(_("The sample scene is missing at {path}.").format(path=scene))
    frames = read_scene(scene)
    if frames.frame_end < frames.frame_start:
        raise FailedCheck(_("The sample scene {path} has no frames.").format(path=scene))
    with wave.open(str(resource("sounds", "done.wav"))) as sound:
        if not sound.getnframes():
            raise FailedCheck(_("The sound {path} is empty.").format(path=resource("sounds", "done.wav")))
    definitions = sorted(resource("commands").glob("*.toml"))
    if not definitions:
        folder = resource("commands")
        raise FailedCheck(_("The definitions of renderers are missing in {path}.").format(path=folder))
    for definition in definitions:
        read_definition(definition)
    return f"{scene}, done.wav, {', '.join(path.name for path in definitions)}"


def check_drivers(_bench: Bench) -> str:
    """See that scripts for other Pythons are files on the disk, and no broken ones."""
    scripts = _scripts_of(drivers, "blender_driver.py", "unreal/init_unreal.py")
    scripts += _scripts_of(migrations, "env.py", "versions/rev_0001.py")
    for script in scripts:
        ast.parse(script.read_text("utf-8"), str(script))
    return _("{count} scripts, such as {path}").format(count=len(scripts), path=scripts[0])


def _scripts_of(package: Any, *wanted: str) -> list[Path]:
    folder = Path(str(package.__path__[0]))
    scripts = [path for path in sorted(folder.rglob("*.py")) if path.name != "__init__.py"]
    missing = [name for name in wanted if not (folder / name).is_file()]
    if missing:
        raise FailedCheck(
            _("These scripts are missing in {folder}: {names}.").format(
                folder=folder, names=", ".join(missing)
            )
        )
    return scripts


def check_languages(_bench: Bench) -> str:
    """Translate texts into every language, also where a number decides their form."""
    known = languages()
    missing = set(LANGUAGE_NAMES) - set(known)
    if missing:
        text = _("There is no catalogue of {languages} in {folder}.")
        raise FailedCheck(text.format(languages=", ".join(missing), folder=resource("translations")))
    for language in known:
        if language != SOURCE_LANGUAGE:
            _check_language(language)
    return ", ".join(f"{code} ({LANGUAGE_NAMES.get(code, code)})" for code in known)


def _check_language(language: str) -> None:
    path = resource("translations", language, "LC_MESSAGES", f"{DOMAIN}.mo")
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    one, many = "{count} frame is being rendered.", "{count} frames are being rendered."
    texts = [catalogue.gettext("Nothing failed."), *(catalogue.ngettext(one, many, n) for n in (1, 2, 5))]
    if {"Nothing failed.", one, many} & set(texts) or not all("{count}" in text for text in texts[1:]):
        raise FailedCheck(_("The catalogue {path} does not translate what it should.").format(path=path))
