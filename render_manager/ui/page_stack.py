"""Pages that cover jobs and frames for a while, one at a time, and the way back."""

from PySide6.QtWidgets import QStackedWidget, QWidget


class PageStack(QStackedWidget):
    """Shows jobs and frames, or a page in their place; GUI thread."""

    def __init__(self, whole: QWidget) -> None:
        super().__init__()
        self._whole = whole
        self.addWidget(whole)

    @property
    def is_covered(self) -> bool:
        """Return whether a page covers jobs and frames."""
        return self.currentWidget() is not self._whole

    def show_page(self, page: QWidget) -> None:
        """Show a page in place of jobs and frames."""
        if self.indexOf(page) < 0:
            self.addWidget(page)
        self.setCurrentWidget(page)

    def show_whole(self) -> None:
        """Show jobs and frames again."""
        self.setCurrentWidget(self._whole)
