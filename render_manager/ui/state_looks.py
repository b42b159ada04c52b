"""How each state looks: a colour, an icon and a word, never the colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QColor, QIcon

from render_manager.domain.states import FrameState, JobState
from render_manager.domain.texts import gettext as _
from render_manager.ui.theme import Theme

RUNNING = QColor("#56B4E9")
COMPLETED = QColor("#009E73")
FAILED = QColor("#D55E00")
WARNING = QColor("#E69F00")
CANCELLED = QColor("#CC79A7")
PENDING = QColor("#8A8A8A")
SKIPPED = QColor("#A8A8A8")


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state is shown."""

    color: QColor
    icon_name: str
    word: str


def frame_looks() -> Mapping[FrameState, StateLook]:
    """Return the look of every frame state, in the present language."""
    return {
        FrameState.PENDING: StateLook(PENDING, "mdi6.clock-outline", _("pending")),
        FrameState.RENDERING: StateLook(RUNNING, "mdi6.play", _("rendering")),
        FrameState.COMPLETED: StateLook(COMPLETED, "mdi6.check", _("completed")),
        FrameState.FAILED: StateLook(FAILED, "mdi6.alert-octagon", _("failed")),
        FrameState.CANCELLED: StateLook(CANCELLED, "mdi6.cancel", _("cancelled")),
        FrameState.SKIPPED: StateLook(SKIPPED, "mdi6.debug-step-over", _("skipped")),
    }


def retry_look() -> StateLook:
    """Return the look of a frame that failed and waits to be tried again."""
    return StateLook(WARNING, "mdi6.timer-sand", _("to be tried again"))


def marked_look() -> StateLook:
    """Return the look of a finished frame that is not as it should be, such as one with a watermark."""
    return StateLook(WARNING, "mdi6.alert", _("completed, but not as it should be"))


def job_looks() -> Mapping[JobState, StateLook]:
    """Return the look of every job state, in the present language."""
    return {
        JobState.PENDING: StateLook(PENDING, "mdi6.clock-outline", _("waiting")),
        JobState.RUNNING: StateLook(RUNNING, "mdi6.play", _("running")),
        JobState.PAUSED: StateLook(WARNING, "mdi6.pause", _("paused")),
        JobState.COMPLETED: StateLook(COMPLETED, "mdi6.check", _("done")),
        JobState.FAILED: StateLook(FAILED, "mdi6.alert-octagon", _("failed")),
        JobState.CANCELLED: StateLook(CANCELLED, "mdi6.cancel", _("cancelled")),
    }


class Icons:
    """Icons by name and colour, each made once; needs the application object."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._made: dict[tuple[str, str], QIcon] = {}

    def plain(self, name: str) -> QIcon:
        """Return an icon in the colour of text."""
        return self.colored(name, self._theme.text)

    def colored(self, name: str, color: QColor) -> QIcon:
        """Return an icon in a colour."""
        key = (name, color.name())
        if key not in self._made:
            import qtawesome  # its fonts are loaded on first use, after the first paint

            self._made[key] = qtawesome.icon(name, color=color, color_disabled=self._theme.dim_text)
        return self._made[key]
