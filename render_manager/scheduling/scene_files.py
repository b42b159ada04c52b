"""The scene file of a job: its fingerprint, and the copy it may be rendered from. Worker threads."""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

from render_manager.domain.scene_version import SceneVersion

_CHUNK_BYTES = 1 << 20


def version_of(path: Path, known: SceneVersion | None = None) -> SceneVersion:
    """Return the present state of a scene file; raises OSError.

    Its bytes are read, unless size and time are those of the state that is `known`.
    """
    status = path.stat()
    if known is not None and (known.size_bytes, known.changed_ns) == (status.st_size, status.st_mtime_ns):
        return known
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return SceneVersion(status.st_size, status.st_mtime_ns, digest.hexdigest())


def copy_path(scene: Path, job_uuid: str) -> Path:
    """Return where a job's copy of its scene is: beside it, since scenes name other files from there."""
    return scene.with_name(f".{scene.stem}-{job_uuid[:8]}{scene.suffix}")


def make_copy(scene: Path, job_uuid: str) -> Path:
    """Copy a scene once, whole or not at all, and return the copy; raises OSError.

    Of several workers of one job only one may be here at a time.
    """
    copy = copy_path(scene, job_uuid)
    if copy.exists():
        return copy
    part = _part_path(copy)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        # Not its mode: Windows does not delete what may only be read.
        shutil.copyfile(scene, part)
        status = scene.stat()
        os.utime(part, ns=(status.st_atime_ns, status.st_mtime_ns))
        part.replace(copy)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    return copy


def remove_copy(scene: Path, job_uuid: str) -> None:
    """Remove a job's copy of its scene; one that cannot be removed just now stays."""
    copy = copy_path(scene, job_uuid)
    for path in (copy, _part_path(copy)):
        with suppress(OSError):
            path.unlink()


def _part_path(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.part")
