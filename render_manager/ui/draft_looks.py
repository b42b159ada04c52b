"""Has scenes looked at, a few at a time, and puts what comes of it into their drafts."""

from collections.abc import Callable, Sequence

from render_manager.domain.scene import SceneInfo
from render_manager.engines.preparing import Preparation, told_apart
from render_manager.ui.look_queue import LookQueue
from render_manager.ui.submit_draft import Draft, Prepare, Prepared


class DraftLooks:
    """Looks at drafts as soon as it is told how; GUI thread."""

    def __init__(self, answered: Callable[[Draft], None]) -> None:
        """Take what is called with a draft about which more is known."""
        self._answered = answered
        self._prepare: Prepare | None = None
        self._queue = LookQueue(self._look_at)

    def prepare_with(self, prepare: Prepare | None) -> None:
        """Look at scenes in this way from now on; None looks at no more of them."""
        self._prepare = prepare

    def put(self, draft: Draft, *, is_first: bool = False) -> None:
        """Look at a draft when its turn comes."""
        if self._prepare is not None:
            self._queue.put(draft, is_first=is_first)

    def put_again(self, draft: Draft) -> None:
        """Look at a draft whose request is another one now."""
        draft.version += 1
        draft.result = None
        self.put(draft, is_first=True)

    def hurry(self, draft: Draft) -> None:
        """Look at a draft next, if it waits at all."""
        self._queue.hurry(draft)

    def drop(self, draft: Draft) -> None:
        """Do not look at a draft any more."""
        self._queue.drop(draft)

    def _look_at(self, draft: Draft, over: Callable[[], None]) -> None:
        prepare, version = self._prepare, draft.version
        if prepare is None:
            over()
            return

        def done(result: Prepared | SceneInfo) -> None:
            if not isinstance(result, SceneInfo):
                over()
            if draft.version == version:
                _take_answer(draft, result)
                self._answered(draft)

        prepare(draft.request, done)


def tell_apart(drafts: Sequence[Draft]) -> list[Draft]:
    """Mark scenes that would write the files of one above them; return those of which that is news."""
    ready = [(draft, job) for draft in drafts if (job := draft.preparation) is not None]
    news = []
    for (draft, job), told in zip(ready, told_apart([job for _draft, job in ready]), strict=True):
        if job != told:
            draft.result = told
            news.append(draft)
    return news


def _take_answer(draft: Draft, result: Prepared | SceneInfo) -> None:
    if isinstance(result, SceneInfo):
        draft.scene = result
        return
    draft.result = result
    if isinstance(result, Preparation):
        draft.scene = result.scene
    job = draft.preparation
    if draft.outlook is not None and (job is None or not draft.outlook.is_of(job.spec)):
        draft.outlook = draft.health = None
