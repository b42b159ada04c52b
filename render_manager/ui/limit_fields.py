"""The fields of a job's limits, and whether it renders from a copy of its scene."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from render_manager.domain.limits import Limits
from render_manager.domain.texts import gettext as _
from render_manager.ui.field_grid import Cell
from render_manager.ui.plain_label import plain_tip

MINUTE_S = 60
GIBIBYTE = 2**30
MOST_MINUTES = 60 * 24 * 30
MOST_GIBIBYTES = 64 * 1024


class LimitFields(QObject):
    """Spin boxes in which 0 stands for "as usual"; GUI thread.

    Signals:
        edited: the user changed something.
    """

    edited = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        usual, none = _("as usual"), _("no limit")
        self.silence = _spin(
            MOST_MINUTES,
            usual,
            _(" min"),
            _("How long an engine may show no sign of life before it is ended, and the frame tried again"),
        )
        self.frame = _spin(
            MOST_MINUTES,
            none,
            _(" min"),
            _("How long one frame may take, however busy the engine is, before it is tried again"),
        )
        self.memory = _spin(
            MOST_GIBIBYTES, none, " GB", _("How much memory an engine may use before it is ended")
        )
        self.copy = QCheckBox(_("Render from a &copy of the scene"))
        self.copy.setToolTip(
            _("Copies the scene when its first engine starts, so that you can go on working on it")
        )
        for spin in (self.silence, self.frame, self.memory):
            spin.valueChanged.connect(self.edited)
        self.copy.toggled.connect(self.edited)

    def show(self, limits: Limits, *, keeps_copy: bool) -> None:
        """Show what is chosen."""
        self.silence.setValue(_minutes(limits.silence_s))
        self.frame.setValue(_minutes(limits.frame_s))
        self.memory.setValue(-(-(limits.memory_bytes or 0) // GIBIBYTE))
        self.copy.setChecked(keeps_copy)

    def limits(self, before: Limits) -> Limits:
        """Return what is chosen; what has no field stays as it was before."""
        return Limits(
            silence_s=self.silence.value() * MINUTE_S or None,
            frame_s=self.frame.value() * MINUTE_S or None,
            memory_bytes=self.memory.value() * GIBIBYTE or None,
            start_s=before.start_s,
            failures=before.failures,
        )

    def count(self) -> int:
        """Return how many of them are set."""
        return sum(bool(spin.value()) for spin in (self.silence, self.frame, self.memory)) + (
            self.copy.isChecked()
        )

    def named(self) -> Mapping[str, QWidget]:
        """Return every field by its name."""
        return {
            "silence": self.silence,
            "frame_limit": self.frame,
            "memory_limit": self.memory,
            "copy": self.copy,
        }

    def cells(self) -> Sequence[Cell]:
        """Return the fields with their names."""
        return (
            Cell(_("Silence"), self.silence),
            Cell(_("Time a frame"), self.frame),
            Cell(_("Memory"), self.memory),
            Cell("", self.copy, is_wide=True),
        )


def _minutes(seconds: float | None) -> int:
    return 0 if not seconds else max(round(seconds / MINUTE_S), 1)


def _spin(maximum: int, unset: str, unit: str, tip: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(0, maximum)
    spin.setSpecialValueText(unset)
    spin.setSuffix(unit)
    spin.setMinimumWidth(80)
    spin.setToolTip(plain_tip(tip))
    # As far from the frame as the other fields' text; style sheets do not reach it.
    spin.lineEdit().setTextMargins(4, 0, 0, 0)
    return spin
