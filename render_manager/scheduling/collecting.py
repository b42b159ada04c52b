"""The files of frames in the staging folder of a batch worker, told apart by the number in their names.

Engines put layers, passes and AOVs into sub-folders or into the name, and are not always true to the
padding they were asked for; what they agree on is the frame number at the end of the name.
"""

import os
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from render_manager.domain.naming import DEFAULT_PADDING, KEPT_PREFIX
from render_manager.engines.events import WrittenFile

_NUMBER = re.compile(r"(-?)([0-9]{1,18})(_[A-Za-z]{1,8})?$")
_WHOLE_NUMBER = re.compile("-?[0-9]{1,18}")
_HASHES = re.compile("#+")
_OURS = re.compile(r"moves-.*\.(?:json|part)$")


@dataclass(frozen=True, slots=True)
class Stream:
    """What is the same in the names of one layer, pass or AOV of every frame."""

    folder: str
    """Folder below the staging or output folder, with `/`; empty for that folder itself."""
    name: str
    """Name without its number and its ending."""
    suffix: str
    """Ending in lower case, with the dot."""

    @property
    def text(self) -> str:
        """Return how it is shown: a file name with `#` for the number."""
        name = f"{self.name}{'' if self.name.endswith(('.', '_', '-')) or not self.name else '.'}####"
        return f"{self.folder}/{name}{self.suffix}" if self.folder else f"{name}{self.suffix}"


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that belongs to a frame."""

    path: Path
    frame: int
    stream: Stream
    final_name: str
    """Its name with the number padded as the job wants it."""
    size_bytes: int
    changed_ns: int


def staged_files(folder: Path, frames: Container[int], pattern: str) -> Iterator[StagedFile]:
    """Yield the files below a staging folder that belong to some of these frames.

    `pattern` is the job's name of a frame file, with `#` for the digits. Hidden folders and files are an
    engine's own. Files that vanish meanwhile are passed over; raises OSError when the folder itself
    cannot be read.
    """
    for entry, below in _walk(folder, ""):
        stem, dot, ending = entry.name.rpartition(".")
        if not dot or not ending or _OURS.match(entry.name):
            continue
        split = _split(stem, frames, pattern)
        if split is None:
            continue
        before, number, digits, after = split
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        suffix = f".{ending}"
        stream = Stream(below, before + after, suffix.lower())
        yield StagedFile(
            path=Path(entry.path),
            frame=number,
            stream=stream,
            final_name=f"{before}{_padded(number, digits, pattern)}{after}{suffix}",
            size_bytes=status.st_size,
            changed_ns=status.st_mtime_ns,
        )


def written_files(files: Iterable[StagedFile], *, name: str, output_dir: Path) -> list[WrittenFile]:
    """Return where each file of one frame belongs; the picture named as the frame comes first."""

    def place(file: StagedFile) -> tuple[int, bool, Path]:
        # Passes are in folders below that of the picture they belong to.
        depth = file.stream.folder.count("/") + bool(file.stream.folder)
        return depth, not file.final_name.startswith(f"{name}."), file.path

    return [
        WrittenFile(
            str(file.path),
            str(output_dir / file.stream.folder) if file.stream.folder else "",
            "" if file.final_name == file.path.name else file.final_name,
        )
        for file in sorted(files, key=place)
    ]


def lone_file(folder: Path, *, name: str, output_dir: Path) -> list[WrittenFile]:
    """Return the only file of a run of one frame, whatever it is called; nothing where there are several.

    Programs leave the number out of the name where there is but one frame. Raises OSError.
    """
    found = [(entry, below) for entry, below in _walk(folder, "") if not _OURS.match(entry.name)]
    if len(found) != 1:
        return []
    entry, below = found[0]
    suffix = Path(entry.name).suffix
    return [WrittenFile(entry.path, str(output_dir / below) if below else "", f"{name}{suffix}")]


def with_companions(
    found: dict[int, Path], folder: Path, frames: Container[int], pattern: str
) -> dict[int, tuple[Path, ...]]:
    """Return all files of finished frames, for those that have every file most of the others have.

    `found` is the picture of each frame below `folder`. Files of another kind than the picture do not count:
    they are somebody's previews. Raises OSError when the folder cannot be read.
    """
    if not found:
        return {}
    files: dict[int, dict[Stream, Path]] = {frame: {} for frame in found}
    for file in staged_files(folder, frames, pattern):
        main = found.get(file.frame)
        is_kept = file.stream.folder.startswith(KEPT_PREFIX)
        if main is not None and not is_kept and file.stream.suffix == main.suffix.lower():
            files[file.frame][file.stream] = file.path
    counts = Counter(stream for streams in files.values() for stream in streams)
    usual = {stream for stream, count in counts.items() if 2 * count > len(found)}
    return {
        frame: (found[frame], *sorted(path for path in streams.values() if path != found[frame]))
        for frame, streams in files.items()
        if usual <= streams.keys()
    }


def streams_of(
    outputs: tuple[str, ...], frame: int, output_dir: Path, pattern: str, frames: Container[int]
) -> frozenset[Stream]:
    """Return the streams of a finished frame's files; those outside of the output folder do not count."""
    streams = set()
    for output in outputs:
        path = Path(output)
        split = _split(path.stem, frames, pattern)
        if split is None or split[1] != frame or not path.is_relative_to(output_dir):
            continue
        below = path.parent.relative_to(output_dir).as_posix()
        streams.add(Stream("" if below == "." else below, split[0] + split[3], path.suffix.lower()))
    return frozenset(streams)


def _walk(folder: Path, below: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith("."):
                continue
            if not entry.is_dir(follow_symlinks=False):
                yield entry, below
                continue
            try:
                yield from _walk(Path(entry.path), f"{below}/{entry.name}" if below else entry.name)
            except FileNotFoundError:
                continue


def _split(stem: str, frames: Container[int], pattern: str) -> tuple[str, int, str, str] | None:
    """Return what is before the number, the number, its digits, what follows; None if it is no frame's."""
    prefix, ending = _around_number(pattern)
    asked_for = stem[len(prefix) : len(stem) - len(ending)]
    if stem.startswith(prefix) and stem.endswith(ending) and _WHOLE_NUMBER.fullmatch(asked_for):
        # As the job's own pattern has it: `shot-0004` is frame 4 of `shot-####` and frame -4 of `shot####`.
        value = int(asked_for)
        return (prefix, value, asked_for.lstrip("-"), ending) if value in frames else None
    known = ""
    if prefix[-1:].isdigit() and (place := stem.rfind(prefix)) >= 0:
        # The name itself ends in digits, as `sh010` does in `mask_sh0100007`.
        known, stem = stem[: place + len(prefix)], stem[place + len(prefix) :]
    match = _NUMBER.search(stem)
    if match is None:
        return None
    sign, digits, after = match[1], match[2], match[3] or ""
    before = known + stem[: match.start()]
    value = int(digits)
    if sign and -value in frames and (value not in frames or not before[-1:].isalnum()):
        return before, -value, digits, after
    return (before + sign, value, digits, after) if value in frames else None


def _around_number(pattern: str) -> tuple[str, str]:
    """Return what a job's name pattern has before and after the number."""
    *_others, last = _HASHES.finditer(pattern if "#" in pattern else f"{pattern}{DEFAULT_PADDING}")
    return pattern[: last.start()], pattern[last.end() :]


def _padded(number: int, digits: str, pattern: str) -> str:
    sign = "-" if number < 0 else ""
    return f"{sign}{str(int(digits)).zfill(len(_hashes(pattern)))}"


def _hashes(pattern: str) -> str:
    found = _HASHES.findall(pattern)
    return found[-1] if found else DEFAULT_PADDING
