"""Writes what is shown of a log to a file of the user's choice; pool threads. No Qt."""

from pathlib import Path

from render_manager.ui.log_index import CHUNK_BYTES, LINE_END
from render_manager.ui.own_lines import is_ours


def save_part(source: Path, start: int, end: int, target: Path, *, shows_all: bool) -> int:
    """Copy a part of a log and return the bytes written; bytes stay as they are. Raises OSError."""
    if target.exists() and source.samefile(target):
        raise FileExistsError(str(target))
    written = 0
    with source.open("rb") as file, target.open("wb") as out:
        file.seek(start)
        rest = b""
        while start < end and (chunk := file.read(min(CHUNK_BYTES, end - start))):
            start += len(chunk)
            whole = rest + chunk
            cut = len(whole) if start >= end else max(whole.rfind(b"\n"), whole.rfind(b"\r")) + 1
            cut = cut or (len(whole) if len(whole) > CHUNK_BYTES else 0)
            rest = whole[cut:]
            written += out.write(_kept(whole[:cut], shows_all=shows_all))
        written += out.write(_kept(rest, shows_all=shows_all))
    return written


def _kept(data: bytes, *, shows_all: bool) -> bytes:
    if shows_all:
        return data
    kept, begin = [], 0
    for match in LINE_END.finditer(data):
        if not is_ours(data, begin):
            kept.append(data[begin : match.end()])
        begin = match.end()
    if begin < len(data) and not is_ours(data, begin):
        kept.append(data[begin:])
    return b"".join(kept)
