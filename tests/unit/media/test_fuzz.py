"""Damaged pictures of every format: only a picture or a `PictureError` may come of them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from render_manager.media import Picture, PictureError, develop, examine, load_view
from render_manager.media.look import Look

IMAGES = Path(__file__).resolve().parents[2] / "data" / "images"
DATA = {path.name: path.read_bytes() for path in sorted(IMAGES.iterdir())}
INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

places = st.floats(0, 1, exclude_max=True)
mutations = st.one_of(
    st.tuples(st.just("flip"), places, st.integers(0, 7)),
    st.tuples(st.just("byte"), places, st.integers(0, 255)),
    st.tuples(st.just("number"), places, st.sampled_from(INTERESTING)),
    st.tuples(st.just("cut"), places, st.just(0)),
    st.tuples(st.just("drop"), places, st.integers(1, 64)),
    st.tuples(st.just("repeat"), places, st.integers(1, 200)),
    st.tuples(st.just("splice"), places, st.integers(0, len(DATA) - 1)),
)
HEAD_BYTES = 400


def mutated(data: bytes, changes: list[tuple[str, float, int]], in_head: bool) -> bytes:
    for kind, place, value in changes:
        reach = min(len(data), HEAD_BYTES) if in_head else len(data)
        at = int(reach * place)
        if not data:
            break
        match kind:
            case "flip":
                data = data[:at] + bytes([data[at] ^ 1 << value]) + data[at + 1 :]
            case "byte":
                data = data[:at] + bytes([value]) + data[at + 1 :]
            case "number":
                data = data[:at] + value.to_bytes(4, "little" if value % 2 else "big") + data[at + 4 :]
            case "cut":
                data = data[:at]
            case "drop":
                data = data[:at] + data[at + value :]
            case "repeat":
                data = data[:at] + data[at : at + value] + data[at:]
            case "splice":
                data = data[:at] + list(DATA.values())[value][at:]
    return data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@settings(
    max_examples=600,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    name=st.sampled_from(sorted(DATA)),
    changes=st.lists(mutations, min_size=1, max_size=6),
    in_head=st.booleans(),
)
def test_damage_is_told_or_harmless(
    folder: Path, name: str, changes: list[tuple[str, float, int]], in_head: bool
) -> None:
    path = folder / f"damaged{Path(name).suffix}"
    path.write_bytes(mutated(DATA[name], changes, in_head))
    try:
        picture = examine(path, thumbnail=folder / "thumbnail.jpg")
    except PictureError as error:
        assert str(path) in str(error)
    else:
        assert isinstance(picture, Picture)
        assert 0 <= picture.health.mean <= 1
        assert picture.thumbnail or picture.thumbnail_error


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(DATA)),
    changes=st.lists(mutations, min_size=1, max_size=3),
    in_head=st.booleans(),
)
def test_damage_is_told_or_harmless_where_a_picture_is_looked_at(
    folder: Path, name: str, changes: list[tuple[str, float, int]], in_head: bool
) -> None:
    path = folder / f"look-{name}"
    path.write_bytes(mutated(DATA[name], changes, in_head))
    try:
        picture = load_view(path)
    except PictureError as error:
        assert str(path) in str(error)
        return
    shown = develop(picture, Look(exposure=1.0), step=2)
    assert len(shown.rgb) == shown.width * shown.height * 3
