"""Blender's numbers of image formats and the names its Python interface gives them.

Source: read back from files that Blender 3.4, 4.5, 5.0 and 5.2 saved, one per format; those marked 2.7 are
from the Python reference of that time.
"""

NAMES = {
    0: "TARGA",
    1: "IRIS",
    4: "JPEG",
    14: "TARGA_RAW",
    15: "AVI_RAW",
    16: "AVI_JPEG",
    17: "PNG",
    20: "BMP",
    21: "HDR",
    22: "TIFF",
    23: "OPEN_EXR",
    24: "FFMPEG",
    26: "CINEON",
    27: "DPX",
    28: "OPEN_EXR_MULTILAYER",
    30: "JPEG2000",
    31: "H264",  # 2.7
    32: "XVID",  # 2.7
    33: "THEORA",  # 2.7
    35: "WEBP",
    37: "AVIF",  # 5.1 and later
}
MOVIES = frozenset({"AVI_RAW", "AVI_JPEG", "FFMPEG", "H264", "XVID", "THEORA"})


def format_name(number: int) -> str:
    """Return Blender's name for the number a scene holds, `UNKNOWN_<number>` for one it did not have yet."""
    return NAMES.get(number & 0xFF, f"UNKNOWN_{number & 0xFF}")
