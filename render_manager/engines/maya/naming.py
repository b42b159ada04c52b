"""Where a Maya scene writes its frames, and how Maya is told to write them into our staging folder.

Maya's file name prefix may hold folders and tokens such as `<RenderLayer>`. What a token stands for is filled
in when only one thing is possible; the others stay in what `-im` gets, so that layers, cameras and passes do
not write over each other. Facts: `engines/maya.md` sections 2 and 6, Autodesk's help "Subfolders and names
of rendered images": Maya makes sub-folders by itself where there is more than one layer or camera.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from render_manager.domain.scene import SceneInfo
from render_manager.engines.maya.chosen import chosen_part, short_camera, short_layer
from render_manager.engines.maya.passes import cameras_of, layers_of
from render_manager.engines.maya.renderers import VRAY, Renderer
from render_manager.engines.protocols import ScenePaths

LEAST_PADDING = 4
"""Maya's own default is one digit, with which files do not sort."""
_TOKEN = re.compile(r"<([A-Za-z][A-Za-z0-9_:]*)>|%([slc])")
_FRAME_TOKENS = frozenset({"frame", "f", "f1", "f2", "f3", "f4", "f5", "f6", "ext", "extension"})
"""Tokens for what Maya adds to the name itself."""
_LETTERS = {"s": "scene", "l": "renderlayer", "c": "camera"}
_EDGES = "._- "
_SLASHES = re.compile(r"[\\/]+")
_ABSOLUTE = re.compile(r"(?:[A-Za-z]:)?[\\/]")
_ROOT = re.compile(r"(?:[A-Za-z]:|[\\/]{2}[^\\/]+[\\/]+[^\\/]+)(?=[\\/])")
"""The drive, or the server and its share, of a Windows path."""


class PrefixPlace(Enum):
    """Where a scene's file prefix leads."""

    INSIDE = "inside"
    """Below the images folder, as is usual."""
    ABSOLUTE = "absolute"
    """Into a folder of this computer that it names in full."""
    OUTSIDE = "outside"
    """Out of the images folder, or to a drive or a server as another system names them."""


class NameScheme(Enum):
    """How the frame number stands in a file name: Maya's name of it, and its number for the sign before."""

    PERIOD = ("name.#.ext", 1)
    """`shot.0001.exr`."""
    UNDERLINE = ("name_#.ext", 2)
    """`shot_0001.exr`."""
    NOTHING = ("name#.ext", 0)
    """`shot0001.exr`."""

    @property
    def fnc(self) -> str:
        """Return what `-fnc` takes."""
        return self.value[0]

    @property
    def period(self) -> int:
        """Return the value of `defaultRenderGlobals.periodInExt`."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class FileNames:
    """How Maya is told to name a job's files."""

    image: str
    """What `-im` takes: folders and name with tokens, no frame number, no ending."""
    scheme: NameScheme
    padding: int


def output_of(scene: SceneInfo, options: Mapping[str, Any]) -> ScenePaths:
    """Return the folder and the name pattern a scene would write, as far as no token is open."""
    closed, _opened, name = _split(_filled_in(scene, options))
    root = _images_folder(scene)
    prefix = _prefix(scene)
    place = place_of(prefix)
    if place is PrefixPlace.ABSOLUTE:
        root = Path(Path(prefix).anchor)
    elif place is PrefixPlace.OUTSIDE:
        # In a folder of its own, since the scenes of a project often share the last word.
        closed = [scene.path.stem]
    folder = None if root is None else root.joinpath(*closed)
    plain = (_without_tokens(name) or scene.path.stem) + _chosen(scene, options)
    return ScenePaths(folder, f"{plain}{_separator(scene, plain)}{'#' * _padding(scene)}")


def file_names(
    output_name: str, scene: SceneInfo | None, options: Mapping[str, Any], renderer: Renderer | None
) -> FileNames:
    """Return how Maya has to name the files so that they come out as the job's pattern says.

    `output_name` is the job's pattern with `#`; `scene` is None when it could not be read just now.
    """
    base, scheme, padding = _taken_apart(output_name)
    if scene is None:
        return FileNames(base or "frame", scheme, padding)
    _closed, opened, name = _split(_filled_in(scene, options))
    chosen = _chosen(scene, options)
    is_own = (_without_tokens(name) or scene.path.stem) + chosen == base
    if _has_token(name) and is_own:
        base = name + chosen
    base = base or scene.path.stem
    tokens = "".join((*opened, base))
    if layers_of(scene, options) > 1 and not _tells(tokens, "renderlayer"):
        opened.append((renderer or VRAY).layer_token)
    if cameras_of(scene, options) > 1 and not _tells(tokens, "camera"):
        opened.append("<Camera>")
    return FileNames("/".join((*opened, base)), scheme, padding)


def _taken_apart(output_name: str) -> tuple[str, NameScheme, int]:
    """Return name, scheme and padding of a pattern; text behind the number moves before it."""
    matches = list(re.finditer("#+", output_name))
    if not matches:
        return output_name.rstrip("."), NameScheme.PERIOD, LEAST_PADDING
    last = matches[-1]
    before, after = output_name[: last.start()], output_name[last.end() :]
    padding = len(last[0])
    if before.endswith("_"):
        scheme = NameScheme.UNDERLINE
    elif before.endswith(".") or not before:
        scheme = NameScheme.PERIOD
    else:
        scheme = NameScheme.NOTHING
    if scheme is not NameScheme.NOTHING:
        before = before[:-1]
    return before + after, scheme, padding


def _filled_in(scene: SceneInfo, options: Mapping[str, Any]) -> str:
    """Return the scene's prefix with every token filled in that can stand for one thing only."""
    prefix = _prefix(scene) or scene.path.stem
    values = {"scene": scene.path.stem, "version": ""}
    layers = [str(name) for name in options.get("layers") or scene.layers]
    if len(layers) == 1:
        values["renderlayer"] = values["layer"] = short_layer(layers[0])
    if cameras_of(scene, options) == 1:
        camera = str(options.get("camera") or scene.camera)
        if camera:
            values["camera"] = short_camera(camera)

    def fill(match: re.Match[str]) -> str:
        token = (match[1] or _LETTERS[match[2]]).lower()
        if token in _FRAME_TOKENS:
            return ""
        return values.get(token, match[0])

    return _TOKEN.sub(fill, prefix)


def _chosen(scene: SceneInfo, options: Mapping[str, Any]) -> str:
    """Return what the name gets for choices of the job that the scene's own name does not tell already."""
    name = _SLASHES.split(_prefix(scene))[-1]
    return chosen_part(
        scene, options, tells_layer=_tells(name, "renderlayer"), tells_camera=_tells(name, "camera")
    )


def _prefix(scene: SceneInfo) -> str:
    return str(scene.extra.get("file_prefix", "")).strip()


def unusable_folder(scene: SceneInfo) -> str:
    """Return the folder that a scene's file prefix leads to and that cannot be used; empty when it can."""
    prefix = _prefix(scene)
    return prefix[: _name_at(prefix)] if place_of(prefix) is PrefixPlace.OUTSIDE else ""


def place_of(prefix: str) -> PrefixPlace:
    """Return where a file prefix leads, on this system."""
    if _ABSOLUTE.match(prefix):
        # `//server/share` is absolute to POSIX too, and no server there.
        is_ours = os.name == "nt" or not prefix.startswith("//")
        folder = Path(prefix[: _name_at(prefix)])
        return PrefixPlace.ABSOLUTE if is_ours and folder.is_absolute() else PrefixPlace.OUTSIDE
    depth = 0
    for part in _SLASHES.split(prefix)[:-1]:
        depth += {"": 0, ".": 0, "..": -1}.get(part, 1)
        if depth < 0:
            return PrefixPlace.OUTSIDE
    return PrefixPlace.INSIDE


def _split(prefix: str) -> tuple[list[str], list[str], str]:
    """Return the folders before the first open token, those from there on, and the name.

    All are below the images folder, or below the root where the prefix is absolute.
    """
    at = _name_at(prefix)
    folders: list[str] = []
    for part in _SLASHES.split(
        _ROOT.sub("", prefix[:at], count=1) if _ABSOLUTE.match(prefix) else prefix[:at]
    ):
        if part == "..":
            del folders[-1:]
        elif part not in ("", "."):
            folders.append(part)
    name = prefix[at:]
    first = next((place for place, part in enumerate(folders) if _has_token(part)), len(folders))
    return folders[:first], folders[first:], "" if name in (".", "..") else name


def _name_at(prefix: str) -> int:
    return max(prefix.rfind("/"), prefix.rfind("\\")) + 1


def _without_tokens(name: str) -> str:
    plain = re.sub(r"[._\- ]{2,}", lambda match: match[0][0], _TOKEN.sub("", name))
    return re.sub(r'[<>:"|?*]', "_", plain.strip(_EDGES))


def _has_token(text: str) -> bool:
    return _TOKEN.search(text) is not None


def _tells(text: str, token: str) -> bool:
    """Return whether a text holds the token for the layer or the camera, in any spelling."""
    same = {"renderlayer": {"renderlayer", "layer"}, "camera": {"camera"}}[token]
    return any((match[1] or _LETTERS[match[2]]).lower() in same for match in _TOKEN.finditer(text))


def _images_folder(scene: SceneInfo) -> Path | None:
    images = str(scene.extra.get("images_folder", ""))
    project = str(scene.extra.get("project", ""))
    if images and Path(images).is_absolute():
        return Path(images)
    if project:
        return Path(project) / (images or "images")
    return None


def _separator(scene: SceneInfo, name: str) -> str:
    """Return what the scene puts between name and frame number; never nothing behind another number."""
    match = re.match(r"name([._]?)#", str(scene.extra.get("name_scheme", "")))
    if match is None or (not match[1] and name[-1:].isdigit()):
        return "."
    return match[1]


def _padding(scene: SceneInfo) -> int:
    digits = str(scene.extra.get("padding", ""))
    return max(int(digits), LEAST_PADDING) if digits.isdecimal() and len(digits) < 3 else LEAST_PADDING
