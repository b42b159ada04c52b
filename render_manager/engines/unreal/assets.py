"""Names of assets: `/Game/Shots/Intro.Intro`, the package in it, and the file behind it."""

import re
from pathlib import Path

_CLASS_AND_PATH = re.compile(r"""^[\w/.]{1,200}'"?(?P<path>/[^'"]+)"?'$""")
_PACKAGE = re.compile(r"^(?:/[^/\\:*?\"<>|.'\x00-\x1f]+){2,}$")


def package_of(text: str) -> str:
    """Return the package an asset path means, `/Game/A/B`; empty when the text is no asset path.

    Takes what people copy: `/Game/A/B`, `/Game/A/B.B`, `LevelSequence'/Game/A/B.B'`, `"/Game/A/B"`.
    """
    text = text.strip().strip('"').strip()
    match = _CLASS_AND_PATH.match(text)
    if match is not None:
        text = match["path"]
    package = text.partition(":")[0].partition(".")[0].rstrip("/")
    return package if _PACKAGE.match(package) else ""


def object_path(text: str) -> str:
    """Return the full path of an asset, with the doubled name (`engines/unreal.md` section 2); or nothing."""
    package = package_of(text)
    return f"{package}.{name_of(package)}" if package else ""


def name_of(text: str) -> str:
    """Return the bare name of an asset: `B` of `/Game/A/B.B`."""
    return package_of(text).rpartition("/")[2]


def file_of(text: str, mounts: dict[str, Path]) -> Path | None:
    """Return the path of an asset's file without its ending; None below a root that is not in `mounts`.

    `mounts` holds the folder behind each root: `Game` and the names of plug-ins, in lower case.
    """
    root, _slash, rest = package_of(text).removeprefix("/").partition("/")
    folder = mounts.get(root.lower())
    return None if folder is None or not rest else folder.joinpath(*rest.split("/"))


def has(paths: tuple[str, ...], text: str) -> bool:
    """Return whether an asset is among others; Unreal's names know no upper and lower case."""
    wanted = package_of(text).lower()
    return any(package_of(path).lower() == wanted for path in paths)
