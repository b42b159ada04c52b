"""The scene file of a job: its fingerprint, and the copy it may be rendered from. Worker threads."""

import hashlib
import os
import shutil
import tempfile
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
    """Copy a scene once, whole or not at all, and return the copy; raises OSError."""
    copy = copy_path(scene, job_uuid)
    if copy.exists():
        return copy
    descriptor, name = tempfile.mkstemp(prefix=f".{scene.stem}-", suffix=".part", dir=scene.parent)
    os.close(descriptor)
    try:
        shutil.copy2(scene, name)
        Path(name).replace(copy)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return copy


def remove_copy(scene: Path, job_uuid: str) -> None:
    """Remove a job's copy of its scene; one that cannot be removed just now stays."""
    with suppress(OSError):
        copy_path(scene, job_uuid).unlink()
