"""What has to be known of OpenImageIO."""

from pathlib import Path

import pytest

from render_manager.media.oiio_library import open_input, text_of, usable_name


@pytest.mark.parametrize("name", ["plain.exr", "with space.exr", "日本.exr"])
def test_leaves_good_names_alone(tmp_path: Path, name: str) -> None:
    with usable_name(tmp_path / name) as usable:
        assert usable == str(tmp_path / name)


def test_opens_names_the_library_takes_apart(images: Path, tmp_path: Path) -> None:
    path = tmp_path / "take?2=b.exr"
    try:
        path.write_bytes((images / "half_zip.exr").read_bytes())
    except OSError:
        pytest.skip("this system has no such names")
    with usable_name(path) as usable:
        assert "?" not in usable
        opened = open_input(usable)
        assert not isinstance(opened, str)
        opened.close()
    assert not Path(usable).exists()


def test_says_why_a_file_does_not_open(tmp_path: Path) -> None:
    path = tmp_path / "bad.exr"
    path.write_bytes(b"\x76\x2f\x31\x01 and no more")
    assert isinstance(open_input(str(path)), str)


def test_reads_text_that_is_no_utf8() -> None:
    def raising() -> str:
        return b"caf\xe9".decode()

    assert text_of(raising) == "caf\ufffd"
    assert text_of(lambda: "caf\udce9") == "caf\ufffd"
    assert text_of(lambda: "café") == "café"
