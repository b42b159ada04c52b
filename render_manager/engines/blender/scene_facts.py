"""One walk over a .blend that keeps what matters for rendering as small plain values.

Field names and flag bits as found in files saved by Blender 2.78 to 5.2, each bit by saving the same scene
with the setting on and off.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from render_manager.domain.texts import gettext as _
from render_manager.engines.blender.blendfile import BlendFile, Block
from render_manager.engines.blender.containers import DamagedError
from render_manager.engines.blender.dna import Record
from render_manager.engines.blender.expressions import needs_python
from render_manager.engines.blender.scene_settings import Scene, id_name, read_scene_settings

_LAYER_RENDERS = 0x1
_OLD_LAYER_DISABLED = 0x20000
_TEXT_REGISTERED = 0x10
_OBJECT_CAMERA = 11
_DRIVER_PYTHON = 1
_IMAGE_FILE = 1
_IMAGE_SEQUENCE = 2
_IMAGE_MOVIE = 3
_IMAGE_TILED = 6
_CLIP_SEQUENCE = 1
_MOST_TILES = 1000
_MOST_THINGS = 100_000


@dataclass(frozen=True, slots=True)
class ViewLayer:
    """One view layer as chained in the file."""

    name: str
    renders: bool
    next: int


@dataclass(frozen=True, slots=True)
class Library:
    """A .blend that data is linked from."""

    path: str
    is_packed: bool


@dataclass(frozen=True, slots=True)
class ExternalFile:
    """A file the scene names; which kinds exist is told by `kind`."""

    kind: str
    """Name of the struct it was found in, such as `Image` or `bSound`."""
    path: str
    library: int
    """Address of the library the data came with, 0 for the file's own."""
    is_sequence: bool = False
    first_tile: int = 0
    """Address of the first UDIM tile, 0 when the image has none."""


@dataclass(slots=True)
class Facts:
    """Everything the walk kept."""

    scenes: list[Scene] = field(default_factory=list)
    layers: dict[int, ViewLayer] = field(default_factory=dict)
    cameras: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    """Names by address: all cameras, and whatever a scene has as camera or the file opens with."""
    libraries: dict[int, Library] = field(default_factory=dict)
    needed_libraries: list[int] = field(default_factory=list)
    """Addresses of libraries that something is really linked from."""
    files: list[ExternalFile] = field(default_factory=list)
    tiles: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Address of a UDIM tile to its number and the next one's address."""
    filled_sequencers: set[int] = field(default_factory=set)
    """Addresses of sequencer data that hold strips."""
    scripts: list[str] = field(default_factory=list)
    """Texts that run when the file is opened."""
    python_drivers: int = 0
    current_scene: int = 0
    current_scene_name: str = ""
    subversion: int = 0
    thumbnail_px: tuple[int, int] = (0, 0)

    @property
    def count(self) -> int:
        """Return how many things are kept, which is what memory grows with."""
        return (
            len(self.scenes)
            + len(self.layers)
            + len(self.cameras)
            + len(self.names)
            + len(self.libraries)
            + len(self.needed_libraries)
            + len(self.files)
            + len(self.tiles)
            + len(self.filled_sequencers)
            + len(self.scripts)
        )

    def layers_of(self, scene: Scene) -> list[ViewLayer]:
        """Return a scene's view layers in their order."""
        found: list[ViewLayer] = []
        address = scene.first_layer
        while address in self.layers and len(found) < len(self.layers):
            found.append(self.layers[address])
            address = self.layers[address].next
        return found

    def tiles_of(self, file: ExternalFile) -> list[int]:
        """Return the numbers of an image's UDIM tiles."""
        found: list[int] = []
        address = file.first_tile
        while address in self.tiles and len(found) < _MOST_TILES:
            number, address = self.tiles[address]
            found.append(number)
        return found


def collect_facts(blend: BlendFile) -> Facts:
    """Walk the file once; raises what BlendFile raises, DamagedError also for values that cannot be."""
    collector = _Collector(blend)
    dna = blend.dna
    readers = {dna.index(name): reader for name, reader in collector.readers.items() if name in dna}
    by_code = {b"REND": collector.rend, b"TEST": collector.thumbnail, b"ID\0\0": collector.placeholder}
    for block in blend.blocks(readers.keys(), by_code.keys()):
        reader = by_code.get(block.code) or readers[block.struct_index]
        reader(block)
        if collector.facts.count > _MOST_THINGS:
            raise DamagedError(_("it has absurdly many scenes, cameras or files"))
    collector.name_the_linked()
    return collector.facts


class _Collector:
    """Turns blocks into facts; one method for each kind of block."""

    def __init__(self, blend: BlendFile) -> None:
        self._blend = blend
        self._dna = blend.dna
        self._camera_addresses: set[int] = set()
        self._last_library = 0
        self._object_type = self._dna.struct("Object").field("type") if "Object" in self._dna else None
        self.facts = Facts()
        self.readers: dict[str, Callable[[Block], None]] = {
            "FileGlobal": self._globals,
            "Scene": self._scene,
            "ViewLayer": self._view_layer,
            "SceneRenderLayer": self._old_render_layer,
            "Editing": self._editing,
            "Object": self._object,
            "Library": self._library,
            "Text": self._script,
            "ChannelDriver": self._driver,
            "Image": self._image,
            "ImageTile": self._tile,
            "MovieClip": self._movie_clip,
            **{kind: partial(self._packable, kind) for kind in ("bSound", "VFont", "Volume", "CacheFile")},
        }

    def rend(self, block: Block) -> None:
        """Read the summary at the start: frames and name of the current scene."""
        name = self._blend.read(block.offset, block.size)[8:] if block.size <= 1024 else b""
        self.facts.current_scene_name = name.split(b"\0", 1)[0].decode("utf-8", "replace")

    def thumbnail(self, block: Block) -> None:
        """Read the size of the preview picture."""
        if block.size >= 8:
            layout = f"{self._dna.byte_order}ii"
            width, height = struct.unpack(layout, self._blend.read(block.offset, 8))
            self.facts.thumbnail_px = (width, height)

    def placeholder(self, _block: Block) -> None:
        """Note that the library before this block has something linked from it."""
        needed = self.facts.needed_libraries
        if self._last_library and (not needed or needed[-1] != self._last_library):
            needed.append(self._last_library)

    def name_the_linked(self) -> None:
        """Look up the active cameras and the current scene the walk passed by, linked ones above all."""
        wanted = self._camera_addresses - self.facts.names.keys()
        if self.facts.current_scene not in {0, *(scene.address for scene in self.facts.scenes)}:
            wanted.add(self.facts.current_scene)
        if not wanted:
            return
        kinds = {self._dna.index(name): name for name in ("Object", "ID") if name in self._dna}
        for block in self._blend.blocks(kinds.keys()):
            if block.address in wanted:
                kind = kinds[block.struct_index]
                record = self._blend.record(block, kind)
                self.facts.names[block.address] = id_name(record if kind == "ID" else record.inner("id"))

    def _globals(self, block: Block) -> None:
        record = self._blend.record(block, "FileGlobal")
        self.facts.current_scene = record.pointer("curscene")
        self.facts.subversion = record.integer("subversion")

    def _scene(self, block: Block) -> None:
        scene = read_scene_settings(block.address, self._blend.record(block, "Scene"))
        self.facts.scenes.append(scene)
        if scene.camera:
            self._camera_addresses.add(scene.camera)

    def _view_layer(self, block: Block) -> None:
        record = self._blend.record(block, "ViewLayer")
        renders = bool(record.integer("flag") & _LAYER_RENDERS)
        self.facts.layers[block.address] = ViewLayer(record.text("name"), renders, record.pointer("next"))

    def _old_render_layer(self, block: Block) -> None:
        record = self._blend.record(block, "SceneRenderLayer")
        renders = not record.integer("layflag") & _OLD_LAYER_DISABLED
        self.facts.layers[block.address] = ViewLayer(record.text("name"), renders, record.pointer("next"))

    def _editing(self, block: Block) -> None:
        if self._blend.record(block, "Editing").first("seqbase"):
            self.facts.filled_sequencers.add(block.address)

    def _object(self, block: Block) -> None:
        assert self._object_type is not None
        kind = self._blend.field(block, self._object_type)
        is_camera = int.from_bytes(kind, "little" if self._dna.byte_order == "<" else "big") == _OBJECT_CAMERA
        if is_camera or block.address in self._camera_addresses:
            name = id_name(self._blend.record(block, "Object").inner("id"))
            self.facts.names[block.address] = name
            if is_camera:
                self.facts.cameras.append(name)

    def _library(self, block: Block) -> None:
        record = self._blend.record(block, "Library")
        self._last_library = block.address
        self.facts.libraries[block.address] = Library(_path_of(record), bool(record.pointer("packedfile")))

    def _script(self, block: Block) -> None:
        record = self._blend.record(block, "Text")
        if record.integer("flags") & _TEXT_REGISTERED:
            self.facts.scripts.append(id_name(record.inner("id")))

    def _driver(self, block: Block) -> None:
        record = self._blend.record(block, "ChannelDriver")
        if record.integer("type") == _DRIVER_PYTHON and needs_python(record.text("expression")):
            self.facts.python_drivers += 1

    def _image(self, block: Block) -> None:
        record = self._blend.record(block, "Image")
        source = record.integer("source")
        packed = record.pointer("packedfile") or (record.has("packedfiles") and record.first("packedfiles"))
        if packed or source not in {_IMAGE_FILE, _IMAGE_SEQUENCE, _IMAGE_MOVIE, _IMAGE_TILED}:
            return
        tiled = source == _IMAGE_TILED and record.has("tiles")
        self._add_file("Image", record, source == _IMAGE_SEQUENCE, record.first("tiles") if tiled else 0)

    def _tile(self, block: Block) -> None:
        record = self._blend.record(block, "ImageTile")
        self.facts.tiles[block.address] = (record.integer("tile_number"), record.pointer("next"))

    def _movie_clip(self, block: Block) -> None:
        record = self._blend.record(block, "MovieClip")
        self._add_file("MovieClip", record, record.integer("source") == _CLIP_SEQUENCE)

    def _packable(self, kind: str, block: Block) -> None:
        record = self._blend.record(block, kind)
        if not (record.has("packedfile") and record.pointer("packedfile")):
            self._add_file(kind, record, record.has("is_sequence") and bool(record.integer("is_sequence")))

    def _add_file(self, kind: str, record: Record, is_sequence: bool, first_tile: int = 0) -> None:
        path = _path_of(record)
        if path and path != "<builtin>":
            library = record.inner("id").pointer("lib")
            self.facts.files.append(ExternalFile(kind, path, library, is_sequence, first_tile))


def _path_of(record: Record) -> str:
    return record.text("filepath" if record.has("filepath") and not record.has("name") else "name")
