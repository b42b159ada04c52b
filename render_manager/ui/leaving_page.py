"""The page before one leaves: what would stop the night, and a frame of each job for a test."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from render_manager.domain.readiness import Finding, Remedy, Weight, in_order, verdict
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.cover_page import CoverPage, plain_label
from render_manager.ui.plain_label import PlainLabel, plain_tip
from render_manager.ui.state_looks import COMPLETED, FAILED, PENDING, WARNING
from render_manager.ui.theme import Theme

WORD_PX = 120
END_PATIENCE_MS = 5000
TEST_FRAME = "test-frame"
"""Code of what comes out of a frame that is tried."""
Check = Callable[[], Sequence[Finding]]
TestFrames = Callable[[Callable[[Finding], None]], None]
"""Tries a frame of each job on the thread that calls it, and hands over what it finds."""


class Checkers(QObject):
    """Runs checks on threads of their own, which nobody waits for while a share does not answer.

    Signals:
        found: the number of the round or of the test, and what was found.
        tested: the number of the test; all its frames were tried.
    """

    found = Signal(int, object)
    tested = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(4)
        self._pool.setObjectName("checks")

    def run(self, number: int, check: Check) -> None:
        """Run a check soon; what it finds comes as a signal."""
        self._pool.start(lambda: self.found.emit(number, tuple(check())))

    def test(self, number: int, test: TestFrames) -> None:
        """Try frames; each finding comes as a signal, and the end does."""

        def work() -> None:
            try:
                test(lambda finding: self.found.emit(number, (finding,)))
            finally:
                self.tested.emit(number)

        self._pool.start(work)

    def finish(self) -> None:
        """Wait for what runs, but not for ever for a share that does not answer."""
        self._pool.waitForDone(END_PATIENCE_MS)


class LeavingPage(CoverPage):
    """Shows findings as they come, what counts most first; GUI thread.

    Signals:
        check_wanted: everything is to be looked at again.
        test_wanted: a frame of each job is to be tried.
        stop_wanted: no further frame is to be tried.
        remedy_wanted: the Finding whose button was pressed.
    """

    check_wanted = Signal()
    test_wanted = Signal()
    stop_wanted = Signal()
    remedy_wanted = Signal(object)

    def __init__(self, *, theme: Theme, checkers: Checkers) -> None:
        super().__init__(_("Before you leave"))
        self._theme = theme
        self._checkers = checkers
        self._round = 0
        """Number of the checks made last; tests of frames have negative ones."""
        self._test = 0
        self._waiting = 0
        self._is_testing = False
        self.findings: list[Finding] = []
        self.test_button = QPushButton(_("&Test one frame of each job"))
        self.test_button.clicked.connect(self._on_test)
        self.again_button = QPushButton(_("Check &again"))
        self.again_button.clicked.connect(self.check_wanted)
        for button in (self.test_button, self.again_button):
            self.buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        checkers.found.connect(self._on_found)
        checkers.tested.connect(self._on_tested)

    @property
    def is_testing(self) -> bool:
        """Return whether frames are tried just now."""
        return self._is_testing

    def check(self, checks: Sequence[Check]) -> None:
        """Make checks; what an earlier round still finds is not shown any more, but for a test that runs."""
        self._round += 1
        self._waiting = len(checks)
        # Frames that are tried just now go on, and count.
        self.findings = [one for one in self.findings if self._is_testing and one.code == TEST_FRAME]
        self._fill()
        for check in checks:
            self._checkers.run(self._round, check)

    def allow_test(self, why_not: str) -> None:
        """Allow frames to be tried, or say why they cannot be."""
        self.test_button.setEnabled(self._is_testing or not why_not)
        tip = _("Renders a frame of each job in a private folder; takes as long as these frames do")
        self.test_button.setToolTip(plain_tip(why_not or tip))

    def test(self, test: TestFrames) -> None:
        """Try frames, and show what comes out of it with the rest."""
        self.findings = [finding for finding in self.findings if finding.code != TEST_FRAME]
        self._test -= 1
        self._is_testing = True
        self.test_button.setText(_("&Stop testing"))
        self._fill()
        self._checkers.test(self._test, test)

    def _on_test(self) -> None:
        if self._is_testing:
            self.test_button.setEnabled(False)
            self.stop_wanted.emit()
        else:
            self.test_wanted.emit()

    def _on_tested(self, number: int) -> None:
        if number != self._test:
            return
        self._is_testing = False
        self.test_button.setText(_("&Test one frame of each job"))
        self.test_button.setEnabled(True)
        self._fill()

    def _on_found(self, number: int, found: Sequence[Finding]) -> None:
        if number not in (self._round, self._test):
            return
        self._waiting -= number == self._round
        self.findings += found
        self._fill()

    def _fill(self) -> None:
        if self._waiting > 0:
            text = ngettext(
                "Checking; {count} check to go…", "Checking; {count} checks to go…", self._waiting
            )
            self.sentence.setText(text.format(count=self._waiting))
        elif self._is_testing:
            said = _("Frames are rendered for a test; nothing of it goes to your output folders.")
            self.sentence.setText(f"{verdict(self.findings)} {said}")
        else:
            self.sentence.setText(verdict(self.findings))
        self.clear()
        for finding in in_order(self.findings):
            self.body.addWidget(self._row(finding))

    def _row(self, finding: Finding) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 6, 0, 6)
        layout.setSpacing(12)
        color, word = {
            Weight.STOPS: (FAILED, _("stops the night")),
            Weight.WARNS: (WARNING, _("worth a look")),
            Weight.UNKNOWN: (PENDING, _("not known")),
            Weight.FINE: (COMPLETED, _("in order")),
        }[finding.weight]
        mark = PlainLabel("●")
        mark.setStyleSheet(f"color: {color.name()}")
        layout.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        kind = PlainLabel(word)
        kind.setFixedWidth(WORD_PX)
        layout.addWidget(kind, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(plain_label(finding.text))
        if finding.advice:
            words.addWidget(plain_label(finding.advice, "dim"))
        layout.addLayout(words, 1)
        button = _remedy_words().get(finding.remedy)
        if button:
            deed = QPushButton(button)
            deed.clicked.connect(lambda: self.remedy_wanted.emit(finding))
            layout.addWidget(deed, 0, Qt.AlignmentFlag.AlignTop)
        return row


def _remedy_words() -> dict[Remedy, str]:
    return {
        Remedy.GO_ON: _("Go on"),
        Remedy.RESUME: _("Resume"),
        Remedy.SETTINGS: _("Settings…"),
        Remedy.SHOW_JOB: _("Show job"),
    }
