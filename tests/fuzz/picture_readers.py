"""The readers of pictures: every format in `tests/data/images`."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from fuzz.reader import Reader
from render_manager.media import Picture, PictureError, develop, examine, load_preview, load_view
from render_manager.media.look import Look

IMAGES = Path(__file__).resolve().parents[1] / "data" / "images"
SUFFIXES = tuple(sorted({path.suffix for path in IMAGES.iterdir()}))


@cache
def pictures(suffix: str) -> Sequence[bytes]:
    return [path.read_bytes() for path in sorted(IMAGES.glob(f"*{suffix}"))]


def looked_at(suffix: str) -> Callable[[bytes, Path], object]:
    """Return a reader that does with a file what the program does with a finished frame."""

    def read(data: bytes, folder: Path) -> None:
        path = folder / f"picture{suffix}"
        path.write_bytes(data)
        failed = []
        for look in (_examine, _view, _preview):
            try:
                look(path)
            except PictureError as error:
                assert str(path) in str(error)
                failed.append(error)
        if len(failed) == 3:
            raise failed[0]

    return read


def _examine(path: Path) -> None:
    picture = examine(path, thumbnail=path.with_name("thumbnail.jpg"))
    assert isinstance(picture, Picture)
    assert 0 <= picture.health.mean <= 1
    assert picture.thumbnail or picture.thumbnail_error


def _view(path: Path) -> None:
    shown = develop(load_view(path), Look(exposure=1.0), step=2)
    assert len(shown.rgb) == shown.width * shown.height * 3


def _preview(path: Path) -> None:
    width, height, data = load_preview(path, 64)
    assert len(data) >= width * height * 3


READERS = tuple(
    Reader(
        f"picture{suffix.replace('.', '-')}",
        lambda suffix=suffix: pictures(suffix),
        looked_at(suffix),
        (),
        (PictureError,),
    )
    for suffix in SUFFIXES
)
