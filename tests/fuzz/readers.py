"""Every reader of what others wrote, under one roof: good inputs to damage, and what may come of bad ones.

`tests/fuzz/test_readers.py` tries each a little in every run of the tests, `tests/fuzz/run.py` for as long as
it is told. A reader that is missing here is one that nobody has tried.
"""

from fuzz import engine_readers, own_readers, picture_readers, scene_readers
from fuzz.reader import Reader

READERS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        *scene_readers.READERS,
        *engine_readers.READERS,
        *picture_readers.READERS,
        *own_readers.READERS,
    )
}
