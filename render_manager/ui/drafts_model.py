"""The scenes that wait in the submit panel, as rows of a list."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from render_manager.ui.plain_label import plain_tip
from render_manager.ui.submit_draft import Draft

AnyIndex = QModelIndex | QPersistentModelIndex
DRAFT_ROLE = Qt.ItemDataRole.UserRole
"""The Draft of a row."""


class DraftsModel(QAbstractListModel):
    """Drafts in the order they came; GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.drafts: list[Draft] = []

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many drafts there are."""
        return 0 if parent.isValid() else len(self.drafts)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the draft, or its words for those who hear them."""
        if not 0 <= index.row() < len(self.drafts):
            return None
        draft = self.drafts[index.row()]
        if role == DRAFT_ROLE:
            return draft
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{draft.request.path.name}\n{draft.standing}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(f"{draft.request.path}\n{draft.standing}")
        return None

    def add(self, drafts: Sequence[Draft]) -> None:
        """Add drafts at the end."""
        if drafts:
            first = len(self.drafts)
            self.beginInsertRows(QModelIndex(), first, first + len(drafts) - 1)
            self.drafts += drafts
            self.endInsertRows()

    def put_back(self, placed: Iterable[tuple[int, Draft]]) -> None:
        """Put drafts back where they were; the places are in rising order."""
        for place, draft in placed:
            row = min(place, len(self.drafts))
            self.beginInsertRows(QModelIndex(), row, row)
            self.drafts.insert(row, draft)
            self.endInsertRows()

    def take_out(self, gone: Sequence[Draft]) -> list[tuple[int, Draft]]:
        """Remove drafts; return them with their places, in rising order."""
        leaving = set(gone)
        placed = [(row, draft) for row, draft in enumerate(self.drafts) if draft in leaving]
        if len(placed) == len(self.drafts):
            self.beginResetModel()
            self.drafts = []
            self.endResetModel()
            return placed
        for row, _draft in reversed(placed):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self.drafts[row]
            self.endRemoveRows()
        return placed

    def tell(self, draft: Draft) -> None:
        """Let the list know that a draft changed."""
        if draft in self.drafts:
            index = self.index(self.drafts.index(draft))
            self.dataChanged.emit(index, index)
