"""Reads a .ma: its head, the nodes that matter, and what the scene sets on Maya's own nodes, in one pass.

Files reach gigabytes, nearly all of it numbers, so lines are not looked at one by one: the beginnings of
statements that may matter are searched, and only those are read (engines/maya.md section 6). Nothing of
a size the file decides is kept. Raises TruncatedError when the render settings are missing at the end.
"""

import re
from collections.abc import Iterator
from operator import itemgetter
from typing import BinaryIO

from render_manager.engines.maya.codeset import Codeset
from render_manager.engines.maya.facts import Facts, Node, Reference, TruncatedError
from render_manager.engines.maya.interests import CREATED, MOST_OF_A_TYPE, SELECTED, longest_text
from render_manager.engines.maya.mel import (
    Statement,
    Word,
    attribute_of,
    command,
    flag_value,
    next_statement,
    setting,
    words,
)
from render_manager.engines.maya.needles import Needle
from render_manager.engines.maya.window import Window

_HEAD = 64 << 10
_TAIL = 4 << 10
_BOM = b"\xef\xbb\xbf"
_FIRST_LINE = re.compile(rb"//\s*Maya ASCII\s+(\S+)\s+scene")
_CODESET = re.compile(rb"//Codeset:[ \t]*([^\r\n]+)")
_CREATE, _SELECT, _EDITED = (
    Needle(b"createNode", b"N"),
    Needle(b"select -n", b"l"),
    Needle(b'"renderable"', b"b"),
)
_EDITED_NODE = re.compile(rb'\s2\s+"([^"\r\n]+)"\s*$')
_EDITED_VALUE = re.compile(rb'"renderable"\s*"([^"\r\n]*)"')
_CONNECTION = re.compile(rb'connectAttr\s+"([^".\r\n]+)\.[^"\r\n]*"\s+"([^".\r\n]+)\.([^"\r\n]+)"')
_ELSEWHERE = frozenset((b"createNode", b"select", b"connectAttr", b"relationship", b"dataStructure"))
"""Statements that end what is said about a node."""
_LONGEST_WORD = 48
_OVERLAP = 256
_CONTEXT = 2 << 10
_MOST_STATEMENTS = 100_000
_CREATED_WORDS = frozenset(name.encode() for name in CREATED)
_BEGINNINGS = frozenset(name[:2] for name in _CREATED_WORDS)
_BLANKS = frozenset((b" ", b"\t", b"\r", b"\n", b"-"))


def read_ascii(file: BinaryIO, size: int) -> Facts:
    """Return what an open .ma says; raises TruncatedError when it ends before its render settings."""
    reader = _Reader(Window(file, size))
    body = reader.head()
    reader.body(body)
    reader.ending()
    return reader.facts


class _Reader:
    """One pass over a .ma."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._start = len(_BOM) if window.slice(0, len(_BOM)) == _BOM else 0
        top = window.slice(self._start, self._start + _HEAD)
        newline = b"\r" if b"\r" in top and b"\n" not in top else b"\n"
        codeset = _CODESET.search(top)
        name = codeset[1].strip().decode("ascii", "replace") if codeset else ""
        self._codeset = Codeset(name, newline)
        self._counts: dict[str, int] = {}
        self._resume = 0
        """Where the search goes on behind what has been read."""
        self._last_selected = 0
        self._body = 0
        self.facts = Facts("ascii", codeset=name)
        if first := _FIRST_LINE.match(top):
            self.facts.version = first[1].decode("ascii", "replace")

    def head(self) -> int:
        """Read everything before the first node; return where that begins."""
        at = self._start
        for _number in range(_MOST_STATEMENTS):
            statement = next_statement(self._window, at, self._codeset)
            if statement is None:
                return self._window.size
            word = command(statement.data)
            if word in _ELSEWHERE or word == b"setAttr":
                return statement.start
            self._head_statement(word, statement)
            at = statement.end
        return at

    def body(self, start: int) -> None:
        """Read the nodes that matter from a place on."""
        self._body = start
        for kind, at in self._hits(start):
            if kind is _EDITED:
                self._camera_edit(at)
            else:
                self._resume = self._section(at)

    def ending(self) -> None:
        """Look at the end of the file, and at its connections where layers need them."""
        facts = self.facts
        facts.is_complete = self._has_end()
        if not facts.is_complete and "defaultRenderGlobals" not in facts.selected:
            raise TruncatedError
        if facts.needs_parents:
            for needle in (b'.pls"', b'.rlid"'):
                self._read_parents(needle)

    def _has_end(self) -> bool:
        """Return whether the file goes to its end: Maya writes a mark there, other programs may not."""
        window = self._window
        tail = window.slice(max(0, window.size - _TAIL), window.size)
        if b"// End of" in tail:
            return True
        is_from_maya = self.facts.file_info.get("application") == "maya"
        return not is_from_maya and self._body < window.size and tail.rstrip().endswith(b";")

    def _hits(self, start: int) -> Iterator[tuple[Needle, int]]:
        """Yield what may matter and where, a piece of the file at a time; `_resume` says from where on."""
        while start < self._window.size:
            base, data = self._window.piece(start)
            is_last = base + len(data) >= self._window.size
            end = len(data) if is_last else len(data) - _OVERLAP
            found = [(at, _CREATE) for at in _created_places(data, start - base, end)]
            found += [(at, _SELECT) for at in _SELECT.places(data, start - base, end)]
            if self.facts.references:
                found += [(at, _EDITED) for at in _EDITED.places(data, start - base, end)]
            for at, kind in sorted(found, key=itemgetter(0)):
                if base + at >= self._resume and (kind is _EDITED or self._begins_statement(base + at)):
                    yield kind, base + at
            start = max(base + end, self._resume)

    def _begins_statement(self, at: int) -> bool:
        """Return whether a statement begins at a place, rather than a text going on there."""
        before = self._window.slice(max(0, at - _CONTEXT), at)
        head, newline, line = before.rpartition(self._codeset.newline)
        if not newline and at > _CONTEXT:
            return False
        if line.strip():
            quotes = line.count(b'"') - line.count(b'\\"')
            return quotes % 2 == 0 and line.rstrip().endswith(b";")
        head = head.rstrip()
        last_line = head[head.rfind(self._codeset.newline) + 1 :].lstrip()
        return not head or head.endswith(b";") or last_line.startswith(b"//")

    def _head_statement(self, word: bytes, statement: Statement) -> None:
        if word not in (b"file", b"requires", b"currentUnit", b"fileInfo"):
            return
        found = words(self._codeset.decode(statement.data))
        quoted = [each.text for each in found if each.is_quoted]
        if word == b"file":
            self._reference(found, quoted)
        elif word == b"currentUnit":
            self._units(found)
        elif word == b"fileInfo" and len(quoted) > 1:
            self.facts.file_info[quoted[0]] = quoted[1]
        elif word == b"requires":
            self._requirement(found, quoted)

    def _reference(self, found: list[Word], quoted: list[str]) -> None:
        """Read a `file` statement.

        Every reference comes twice: with -rdi, which says how deep it is and by -dr 1 that it stays
        unloaded, and with -r, where -dr 1 says nothing.
        """
        if not quoted:
            return
        depth = flag_value(found, "-rdi", "-referenceDepthInfo")
        name = flag_value(found, "-rfn", "-referenceNode") or quoted[-1]
        is_deferred = flag_value(found, "-dr", "-deferReference") in ("1", "yes", "on", "true")
        known = self.facts.references.get(name)
        if known is None:
            number = int(depth) if depth and depth.isdecimal() else 1
            self.facts.references[name] = Reference(quoted[-1], not is_deferred, number)
        elif known.path != quoted[-1]:
            known.path = quoted[-1]

    def _units(self, found: list[Word]) -> None:
        facts = self.facts
        facts.time_unit = flag_value(found, "-t", "-time") or facts.time_unit
        facts.linear_unit = flag_value(found, "-l", "-linear") or facts.linear_unit
        facts.angular_unit = flag_value(found, "-a", "-angle") or facts.angular_unit

    def _requirement(self, found: list[Word], quoted: list[str]) -> None:
        if len(found) > 2 and found[1] == Word("maya", False):
            self.facts.version = found[2].text
        elif len(quoted) > 1:
            self.facts.plugins[quoted[-2]] = quoted[-1]

    def _section(self, start: int) -> int:
        """Read a node from its createNode or select on; return where to go on searching."""
        statement = next_statement(self._window, start, self._codeset)
        if statement is None:
            return self._window.size
        found = words(self._codeset.decode(statement.data), limit=64)
        if found[0].text == "createNode":
            node = self._created(found)
        else:
            self._last_selected = statement.start
            node = self._selected(found)
        kept = _attributes(node)
        longest = longest_text(node.type)
        at = statement.end
        while (following := next_statement(self._window, at, self._codeset)) is not None:
            word = command(following.data)
            if word in _ELSEWHERE:
                return following.start
            if word == b"setAttr" and kept and attribute_of(following.data) in kept:
                value = setting(self._codeset.decode(following.data), longest)
                if value is not None and value.attribute in kept:
                    node.values[value.attribute] = value.value
            at = following.end
        return self._window.size

    def _created(self, found: list[Word]) -> Node:
        type_name = next((each.text for each in found[1:] if each.text in CREATED), "")
        name = flag_value(found, "-n", "-name") or type_name
        node = Node(type_name, name, flag_value(found, "-p", "-parent") or "")
        self._counts[type_name] = self._counts.get(type_name, 0) + 1
        if type_name and self._counts[type_name] <= MOST_OF_A_TYPE:
            self.facts.nodes.append(node)
        return node

    def _selected(self, found: list[Word]) -> Node:
        name = found[-1].text.lstrip(":")
        node = Node("", name)
        return self.facts.selected.setdefault(name, node) if name in SELECTED else node

    def _camera_edit(self, at: int) -> None:
        """Read an edit of a reference that makes a camera renderable, or not."""
        before = _EDITED_NODE.search(self._window.slice(max(0, at - _CONTEXT), at))
        after = _EDITED_VALUE.match(self._window.slice(at, at + _CONTEXT))
        if before is None or after is None or len(self.facts.camera_edits) >= MOST_OF_A_TYPE:
            return
        value = after[1].split()
        path = self._codeset.decode(before[1])
        self.facts.camera_edits[path] = bool(value) and value[-1] not in (b"0", b"no", b"off")

    def _read_parents(self, needle: bytes) -> None:
        """Follow connections such as `connectAttr "layer1.lit" "collection1.pls";`; they come last."""
        at = self._window.find(needle, self._last_selected)
        while at >= 0 and len(self.facts.parents) < MOST_OF_A_TYPE:
            line = self._window.slice(max(0, at - _CONTEXT), at + len(needle))
            for match in _CONNECTION.finditer(line, max(0, line.rfind(b"connectAttr"))):
                source, target = (self._codeset.decode(part) for part in match.groups()[:2])
                self.facts.parents[target] = source
            at = self._window.find(needle, at + len(needle))


def _created_places(data: bytes, start: int, end: int) -> list[int]:
    """Return where nodes are created that are of a type that is kept, or may be.

    Scenes create a million nodes, and two letters rule out nearly all of them.
    """
    beginnings = _BEGINNINGS
    found = [
        at
        for at in _CREATE.places(data, start, end)
        if data[at + 11 : at + 13] in beginnings or data[at + 11 : at + 12] in _BLANKS
    ]
    return [at for at in found if _matters(data, at + len(_CREATE.word))]


def _matters(data: bytes, behind: int) -> bool:
    following = data[behind : behind + _LONGEST_WORD].split(None, 1)
    if not following or not data[behind : behind + 1].isspace():
        return False
    return following[0].rstrip(b";") in _CREATED_WORDS or following[0].startswith(b"-")


def _attributes(node: Node) -> frozenset[str]:
    return CREATED.get(node.type) or SELECTED.get(node.name, frozenset())
