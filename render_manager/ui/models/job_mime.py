"""Jobs as something that is dragged."""

from collections.abc import Sequence

from PySide6.QtCore import QMimeData

JOBS_MIME = "application/x-render-manager-jobs"


def mime_of(job_ids: Sequence[int]) -> QMimeData:
    """Return what is dragged when these jobs are."""
    data = QMimeData()
    data.setData(JOBS_MIME, ",".join(str(job_id) for job_id in job_ids).encode())
    return data


def ids_in(data: QMimeData) -> tuple[int, ...]:
    """Return the jobs that are dragged."""
    text = bytes(data.data(JOBS_MIME).data()).decode()
    return tuple(int(word) for word in text.split(",") if word.isdigit())
