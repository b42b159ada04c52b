"""What the submit panel tells beside the scenes: files left out, folders searched, what can be undone."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer

from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.dropped_files import MOST_SCENES_IN_FOLDER, Found, Walk
from render_manager.ui.note_line import NoteLines
from render_manager.ui.submit_draft import Draft

WALK_EVERY_MS = 200
Placed = list[tuple[int, Draft]]


class SubmitNotes(QObject):
    """Puts sentences into the lines above the page, and keeps what was left out; GUI thread."""

    def __init__(self, lines: NoteLines) -> None:
        super().__init__(lines)
        self._lines = lines
        self._left_out: list[Placed] = []
        self._walk: Walk | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(WALK_EVERY_MS)
        self._timer.timeout.connect(self._show_walk)

    def say(self, text: str) -> None:
        """Say what was just done."""
        self._lines.say("done", text)

    def complain(self, text: str) -> None:
        """Say what is wrong with the files in which choices are remembered."""
        self._lines.say("memory", text, lines=[text])

    def say_found(self, found: Found, suffixes: Sequence[str]) -> None:
        """Name what was dropped and is no scene, and say if a folder held too much."""
        self._lines.say("others", _others_text(found, suffixes), lines=[str(path) for path in found.others])
        self._lines.say(
            "unreadable", _unreadable_text(found), lines=[f"{path}: {why}" for path, why in found.unreadable]
        )
        copies = len(found.copies)
        text = ngettext(
            "{count} copy that a program keeps against crashes was left out.",
            "{count} copies that programs keep against crashes were left out.",
            copies,
        )
        copied = text.format(count=copies) if copies else ""
        self._lines.say("copies", copied, lines=[str(path) for path in found.copies])
        cut = _(
            "A dropped folder holds more than was taken: its first {limit} scenes at most were added. "
            "Drop the folders inside it to add the others."
        ).format(limit=MOST_SCENES_IN_FOLDER)
        self._lines.say("cut", cut if found.is_cut else "")

    def follow(self, walk: Walk) -> None:
        """Say how far a search through folders is until it is over, and let it be stopped."""
        self._walk = walk
        self._timer.start()

    def offer_undo(self, placed: Placed, undo: Callable[[], None]) -> None:
        """Keep what was left out, and offer to bring it back."""
        self._left_out.append(placed)
        count = len(placed)
        text = (
            _("{name} was left out.").format(name=placed[0][1].request.path.name)
            if count == 1
            else ngettext("{count} scene was left out.", "{count} scenes were left out.", count).format(
                count=count
            )
        )
        self._lines.say("left-out", "")
        self._lines.say("left-out", text, button=_("Undo"), do=undo)

    def take_undo(self) -> Placed:
        """Return what was left out last, and forget it."""
        placed = self._left_out.pop() if self._left_out else []
        self._lines.say("left-out", "")
        return placed

    def forget_undo(self) -> None:
        """Bring nothing back any more: other scenes were queued meanwhile."""
        self._left_out.clear()
        self._lines.say("left-out", "")

    def _show_walk(self) -> None:
        walk = self._walk
        if walk is None or walk.is_over:
            self._timer.stop()
            self._walk = None
            self._lines.say("walk", "")
            return
        text = _("Looking through folders: {entries:,} files and folders so far, {scenes:,} scenes.")
        self._lines.say(
            "walk",
            text.format(entries=walk.entries, scenes=walk.scenes),
            button=_("Stop"),
            do=lambda: setattr(walk, "is_stopped", True),
        )


def _unreadable_text(found: Found) -> str:
    if not found.unreadable:
        return ""
    (path, why), more = found.unreadable[0], len(found.unreadable) - 1
    if not more:
        return _("{path} cannot be read: {why}.").format(path=path, why=why)
    text = ngettext(
        "{path} cannot be read: {why}. Neither can {count} more file or folder.",
        "{path} cannot be read: {why}. Neither can {count} more files and folders.",
        more,
    )
    return text.format(path=path, why=why, count=more)


def _others_text(found: Found, suffixes: Sequence[str]) -> str:
    if not found.others:
        return ""
    endings = ", ".join(suffixes)
    if len(found.others) == 1:
        text = _("{name} is not a scene and was left out. Scenes end in {endings}.")
        return text.format(name=found.others[0].name, endings=endings)
    text = _("{name} and {count} more are not scenes and were left out. Scenes end in {endings}.")
    return text.format(name=found.others[0].name, count=len(found.others) - 1, endings=endings)
