"""Makes small Maya scenes of both kinds from the same nodes, written as Maya writes them.

A scene is a head, nodes it creates, nodes it selects, and connections; values that are not given are left
out, as Maya leaves out defaults.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Value = str | float | bool | None
"""None stands for a line of flags without a value."""

TYPE_CODES = {
    "camera": b"DCAM",
    "file": b"RTFT",
    "imagePlane": b"DIPL",
    "renderLayer": b"RNDL",
    "renderLayerManager": b"RNLM",
    "script": b"SCRP",
    "transform": b"XFRM",
}
"""Codes of Maya's own types; all others are taken for a plug-in's."""
TIMES = frozenset({"fs", "ef", "o", "ofs"})
"""Attributes that hold a time."""
TICKS = 141_120_000
OLD_TICKS = 6000
PLUGIN = "someNodes"


@dataclass
class Made:
    """One node and what the scene says about it."""

    type: str
    name: str
    parent: str = ""
    values: dict[str, Value] = field(default_factory=dict)


@dataclass
class Scene:
    """A scene to be written."""

    version: str = "2023"
    time_unit: str = "film"
    fps: float = 24.0
    codeset: str = "UTF-8"
    file_info: dict[str, str] = field(
        default_factory=lambda: {"application": "maya", "product": "Maya 2023", "version": "2023"}
    )
    plugins: dict[str, str] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    """Further statements of the head; in a .ma only."""
    nodes: list[Made] = field(default_factory=list)
    selected: dict[str, dict[str, Value]] = field(default_factory=dict)
    connections: list[tuple[str, str]] = field(default_factory=list)

    def add(self, type_name: str, name: str, parent: str = "", **values: Value) -> "Scene":
        """Create a node; returns the scene."""
        self.nodes.append(Made(type_name, name, parent, values))
        return self

    def select(self, name: str, **values: Value) -> "Scene":
        """Set values of one of Maya's own nodes; returns the scene."""
        self.selected.setdefault(name, {}).update(values)
        return self

    def globals(self, **values: Value) -> "Scene":
        """Set values of the render globals; returns the scene."""
        return self.select("defaultRenderGlobals", **values)


def plain_scene(**values: Value) -> Scene:
    """Return a scene with Maya's four cameras and the render globals with these values."""
    scene = Scene()
    for name in ("persp", "top", "front", "side"):
        scene.add("transform", name)
        scene.add("camera", f"{name}Shape", name, **({} if name == "persp" else {"rnd": False}))
    scene.add("renderLayerManager", "renderLayerManager")
    scene.add("renderLayer", "defaultRenderLayer", g=True)
    scene.select("time1", o=1)
    return scene.globals(**values)


def quoted(text: str) -> str:
    """Return a text as MEL has it."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def as_ma(scene: Scene, *, newline: str = "\n", end: bool = True) -> bytes:
    """Return a scene as a .ma."""
    lines = [f"//Maya ASCII {scene.version} scene", "//Name: made.ma", f"//Codeset: {scene.codeset}"]
    for number, path in enumerate(scene.references):
        common = (
            f'-ns "ref{number}" -rfn "ref{number}RN" -op "v=0;"{newline}\t\t -typ "mayaAscii" {quoted(path)};'
        )
        lines += [f"file -rdi 1 {common}", f"file -r -dr 1 {common}"]
    lines += [f'requires maya "{scene.version}";']
    lines += [f'requires -nodeType "x" "{name}" "{version}";' for name, version in scene.plugins.items()]
    lines += [*scene.head, f"currentUnit -l centimeter -a degree -t {scene.time_unit};"]
    lines += [f"fileInfo {quoted(key)} {quoted(value)};" for key, value in scene.file_info.items()]
    for node in scene.nodes:
        parent = f' -p "{node.parent}"' if node.parent else ""
        lines += [f'createNode {node.type} -n "{node.name}"{parent};', '\trename -uid "1-2-3";']
        lines += [_set_attr(name, value) for name, value in node.values.items()]
    for name, values in scene.selected.items():
        lines += [f"select -ne :{name};", *(_set_attr(key, value) for key, value in values.items())]
    lines += [f'connectAttr "{source}" "{target}";' for source, target in scene.connections]
    if end:
        lines.append("// End of made.ma")
    text = newline.join([*lines, ""])
    return text.encode("utf-8" if scene.codeset == "UTF-8" else f"cp{scene.codeset}")


def _set_attr(name: str, value: Value) -> str:
    if value is None:
        return f'\tsetAttr -av -k on ".{name}";'
    if isinstance(value, bool):
        return f'\tsetAttr -k on ".{name}" {"yes" if value else "no"};'
    if isinstance(value, str):
        return f'\tsetAttr ".{name}" -type "string" {quoted(value)};'
    return f'\tsetAttr ".{name}" {value:.17g};'


def as_mb(scene: Scene, *, is_wide: bool = True, is_old: bool = False) -> bytes:
    """Return a scene as a .mb; an old one has no TDUR and times of four bytes."""
    writer = _Binary(scene, is_wide=is_wide, is_old=is_old)
    return writer.file()


class _Binary:
    """Writes the chunks of a .mb."""

    def __init__(self, scene: Scene, *, is_wide: bool, is_old: bool) -> None:
        self.scene = scene
        self.is_wide = is_wide
        self.is_old = is_old
        foreign = sorted({node.type for node in scene.nodes} - set(TYPE_CODES))
        self.codes = {name: struct.pack(">I", 0x115C00 + number) for number, name in enumerate(foreign)}

    def chunk(self, tag: bytes, data: bytes) -> bytes:
        alignment = 8 if self.is_wide else 4
        return self._header(tag, len(data)) + data + b"\0" * (-len(data) % alignment)

    def group(self, kind: bytes, chunks: Sequence[bytes], tag: bytes = b"FOR") -> bytes:
        data = kind + b"".join(chunks)
        return self._header(tag + (b"8" if self.is_wide else b"4"), len(data)) + data

    def _header(self, tag: bytes, size: int) -> bytes:
        # The four bytes between tag and size mean nothing; real files have rubbish there.
        return (
            struct.pack(">4s4sQ", tag, b"T\1\0\0", size) if self.is_wide else struct.pack(">4sI", tag, size)
        )

    def file(self) -> bytes:
        scene = self.scene
        groups = [self.head()]
        groups += [
            self.group(b"FREF", [self.chunk(b"FREF", path.encode() + b"\0\1")]) for path in scene.references
        ]
        for node in scene.nodes:
            code = TYPE_CODES.get(node.type) or self.codes[node.type]
            groups.append(self.group(code, [self.crea(node), *self.values(node.values)]))
        for name, values in scene.selected.items():
            groups.append(
                self.group(b"SLCT", [self.chunk(b"SLCT", f":{name}".encode()), *self.values(values)])
            )
        links = [self.chunk(b"CWFL", b"\0%b\0%b\0" % (a.encode(), b.encode())) for a, b in scene.connections]
        groups.append(self.group(b"CONS", [self.group(b"CONN", links)], b"LIS"))
        return self.group(b"Maya", groups)

    def head(self) -> bytes:
        scene = self.scene
        chunks = [self.chunk(b"VERS", scene.version.encode()), self.chunk(b"LUNI", b"cm")]
        chunks += [self.chunk(b"TUNI", scene.time_unit.encode()), self.chunk(b"AUNI", b"deg")]
        if not self.is_old:
            chunks.append(self.chunk(b"TDUR", str(TICKS).encode()))
        for key, value in scene.file_info.items():
            chunks.append(self.chunk(b"FINF", f"{key}\0{value}\0".encode()))
        for name, version in scene.plugins.items():
            chunks.append(self.chunk(b"PLUG", f"{name}\0{version}\0\0".encode()))
        if self.codes:
            flags = "".join(f' -nodeType "{name}"' for name in self.codes)
            types = b"".join(name.encode() + b"\0" + code for name, code in self.codes.items())
            chunks.append(self.chunk(b"PLUG", f"{PLUGIN}\x001.0\0{flags}\0".encode() + types))
        return self.group(b"HEAD", chunks)

    def crea(self, node: Made) -> bytes:
        flags = 0x05 if node.parent else 0x8D if node.type == "transform" else 0x80
        names = [node.name, *([node.parent] if node.parent else [])]
        data = bytes([flags]) + b"".join(name.encode() + b"\0" for name in names)
        return self.chunk(b"CREA", data + (b"" if self.is_old else bytes(range(16))))

    def values(self, values: Mapping[str, Value]) -> list[bytes]:
        return [self.value(name, value) for name, value in values.items()]

    def value(self, name: str, value: Value) -> bytes:
        start = name.encode() + b"\0"
        if value is None:
            return self.chunk(b"FLGS", start + b"\x28\0\0\0\2")
        if isinstance(value, str):
            return self.chunk(b"STR ", start + b" " + value.encode() + b"\0")
        if name in TIMES or (name == "atv" and not isinstance(value, bool)):
            ticks = round(value / self.scene.fps * (OLD_TICKS if self.is_old else TICKS))
            return self.chunk(b"DBLE", start + b" " + struct.pack(">i" if self.is_old else ">q", ticks))
        return self.chunk(b"DBLE", start + b"$" + struct.pack(">d", float(value)))


def full_scene() -> Scene:
    """Return a scene with something for every part of the reader."""
    scene = plain_scene(
        an=True, fs=3, ef=20, bfs=2, ren="arnold", outf=51, imfkey="exr", ifp="<Scene>", pram="x"
    )
    scene.references = ["a/b.ma", "D:/x//y.mb"]
    scene.plugins = {"mtoa": "5.1.0"}
    scene.add("file", "file1", ftn="tex/a.<UDIM>.png", ufe=True).add("aiImage", "i", filename="$A/${B}/c.exr")
    scene.add("aiAOVDriver", "defaultArnoldDriver", ai_translator="exr").add(
        "script", "s", b='python("exec")'
    )
    scene.add(
        "script", "sceneConfigurationScriptNode", b="playbackOptions -min 1 -max 9 -ast 0 -aet 10 ", st=6
    )
    scene.add("renderSetupLayer", "l").add("renderLayer", "rs_l", rndr=True)
    scene.add("relUniqueOverride", "o", atr="endFrame", tgName="defaultRenderGlobals", mul=2, ofs=3)
    scene.select("defaultResolution", w=100, h=50)
    scene.connections = [("l.lit", "c.pls"), ("c.lit", "o.pls"), ("renderLayerManager.rlmi[0]", "rs_l.rlid")]
    return scene
