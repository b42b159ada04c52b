"""The owner of all state: one thread that takes commands and news from an inbox, decides, stores, tells.

`run` is the thread's whole life. Everything else in this package is called by it, on its thread; others
reach it through the inbox only. Tests drive it by `turn` without a thread.
"""

import logging
import queue
from collections.abc import Callable
from typing import Any

from render_manager.domain import commands
from render_manager.domain.changes import WAITING_NOTICE, ChangeSet, Notice
from render_manager.domain.errors import DamagedDatabaseError, StorageError, StorageUnavailableError
from render_manager.domain.texts import gettext as _
from render_manager.scheduling import messages
from render_manager.scheduling.attempts import Attempts
from render_manager.scheduling.foreman import Foreman
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.ledger import Ledger
from render_manager.scheduling.orders import Orders
from render_manager.scheduling.policy import STORE_RETRY_S
from render_manager.scheduling.ports import Clock, JobStore
from render_manager.scheduling.recovery import Recovery
from render_manager.scheduling.sweeping import Sweeper
from render_manager.scheduling.workforce import Workforce

log = logging.getLogger(__name__)

FLUSH_EVERY_S = 0.033
SHUTDOWN_LIMIT_S = 20.0
MOST_ITEMS_A_TURN = 2000
INTERNAL_NOTICE = "internal"
RELOAD_NOTICE = "reload"
STOPPED_NOTICE = "stopped"


class Inbox:
    """Where commands and messages wait for the owner; any thread may put, one takes."""

    def __init__(self) -> None:
        self._items: queue.SimpleQueue[object] = queue.SimpleQueue()

    def post(self, item: object) -> None:
        """Put a command or a message in; returns at once."""
        self._items.put(item)

    def take(self, timeout_s: float, most: int) -> list[object]:
        """Wait for something to arrive, at most `timeout_s`, and return all that is there, at most `most`."""
        taken: list[object] = []
        try:
            taken.append(self._items.get(timeout=timeout_s) if timeout_s > 0 else self._items.get_nowait())
            while len(taken) < most:
                taken.append(self._items.get_nowait())
        except queue.Empty:
            return taken
        return taken


class Dispatcher:
    """Owns jobs, workers and attempts; one thread."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        store: JobStore,
        jobs: JobBook,
        ledger: Ledger,
        attempts: Attempts,
        workforce: Workforce,
        foreman: Foreman,
        orders: Orders,
        recovery: Recovery,
        sweeper: Sweeper,
        clock: Clock,
        waits_after_interruption: bool = False,
    ) -> None:
        """Take the parts; with `waits_after_interruption` the queue is held at a start that finds one."""
        self._waits_after_interruption = waits_after_interruption
        self._inbox = inbox
        self._store = store
        self._jobs = jobs
        self._ledger = ledger
        self._attempts = attempts
        self._workforce = workforce
        self._foreman = foreman
        self._orders = orders
        self._recovery = recovery
        self._sweeper = sweeper
        self._clock = clock
        self._flush_at = 0.0
        self._must_reload = False
        """Whether memory is not to be trusted, since reading everything again has not worked yet."""
        self._stop_by: float | None = None
        self._has_given_up = False
        self.is_stopped = False

    def run(self) -> None:
        """Recover, then work until a Shutdown command has been carried out; the owner thread's body."""
        try:
            self.start()
            while not self.is_stopped:
                self.turn(self.time_to_next())
        except StorageError as error:
            self._give_up(str(error))
        except Exception:  # noqa: BLE001 - the top of the thread; it is logged and told
            self._give_up(_("Render Manager made a mistake and renders no more. The log file tells more."))
        finally:
            self._close()

    def start(self) -> None:
        """Load the jobs, repair what was interrupted, and tell the viewers of every job."""
        self._jobs.load()
        if self._recovery.run() and self._waits_after_interruption:
            self._orders.is_held = True
            # Together with what was interrupted, whenever that can be stored.
            self._ledger.notify(Notice(WAITING_NOTICE, ""))
        self._flush()
        self._ledger.publish_everything([job.snapshot() for job in self._jobs])
        self._guarded(self._advance, None)

    def turn(self, timeout_s: float) -> None:
        """Take what is in the inbox, decide, and store and publish if it is time."""
        for item in self._inbox.take(timeout_s, MOST_ITEMS_A_TURN):
            self._guarded(self._handle, item)
        self._guarded(self._advance, None)
        now = self._clock.monotonic()
        if now >= self._flush_at and (self._ledger.is_in_trouble or not self._ledger.is_empty):
            was_in_trouble = self._ledger.is_in_trouble
            self._flush()
            if was_in_trouble and not self._ledger.is_in_trouble:
                self._guarded(self._advance, None)
        if self._stop_by is not None and not self.is_stopped:
            self._try_to_stop(now)
        if self._ledger.is_empty and not self._ledger.is_in_trouble:
            self._guarded(self._tidy_up, None)

    def time_to_next(self) -> float:
        """Return for how long the inbox may be waited on, in seconds."""
        now = self._clock.monotonic()
        due = [self._foreman.next_due()]
        if self._ledger.is_in_trouble or not self._ledger.is_empty:
            due.append(self._flush_at)
        if self._stop_by is not None:
            due.append(self._stop_by)
        return max(min((at for at in due if at is not None), default=now + 60.0) - now, 0.0)

    def _handle(self, item: object) -> None:
        if isinstance(item, commands.Shutdown):
            self._begin_shutdown()
        elif self._must_reload and not isinstance(item, messages.WorkerEnded | commands.SubmitJob):
            log.info("not done while the database is in trouble: %r", item)
        elif isinstance(item, messages.StagingCleared):
            self._sweeper.cleared(item)
        elif type(item) in self._MESSAGES:
            self._MESSAGES[type(item)](self._foreman, item)
        else:
            self._orders.carry_out(item)  # type: ignore[arg-type]

    def _advance(self, _nothing: object) -> None:
        is_working = self._stop_by is None and not self._ledger.is_in_trouble
        self._foreman.advance(may_start=is_working and not self._orders.is_held)
        self._orders.tell_held()

    def _tidy_up(self, _nothing: object) -> None:
        self._foreman.tidy_up()
        self._orders.clear_deleted()

    def _guarded(self, function: Callable[[Any], None], item: object) -> None:
        """Run a step; a bug in it is logged and shown, and does not end the night's work."""
        try:
            function(item)
        except DamagedDatabaseError:
            raise
        except StorageUnavailableError as error:
            self._ledger.report_trouble(str(error))
        except StorageError:
            log.exception("the store and the memory disagree")
            self._start_over()
        except Exception:
            log.exception("handling %r", item)
            self._ledger.notify(
                Notice(
                    INTERNAL_NOTICE,
                    _("Render Manager made a mistake; rendering goes on. The log file tells more."),
                )
            )

    def _flush(self) -> None:
        try:
            if self._must_reload:
                self._reload()
            is_stored = not self._must_reload and self._ledger.flush()
        except DamagedDatabaseError:
            raise
        except Exception:
            log.exception("the store and the memory disagree")
            self._start_over()
            is_stored = True
        self._flush_at = self._clock.monotonic() + (FLUSH_EVERY_S if is_stored else STORE_RETRY_S)

    def _start_over(self) -> None:
        """Forget the memory and read everything again; for when somebody else wrote to the database."""
        for worker in list(self._workforce.workers.values()):
            worker.tasks.clear()
            self._workforce.kill(worker)
        self._attempts.forget_all()
        self._ledger.drop()
        self._must_reload = True
        self._reload()

    def _reload(self) -> None:
        text = _("Another program changed the database; the queue was read again. Running frames start anew.")
        try:
            self._jobs.load()
            self._foreman.forget_all()
            self._recovery.run()
            self._ledger.notify(Notice(RELOAD_NOTICE, text))
            self._ledger.flush()
        except DamagedDatabaseError:
            raise
        except StorageError as error:
            self._ledger.drop()
            self._ledger.report_trouble(str(error))
            return
        self._must_reload = False
        self._ledger.publish_everything([job.snapshot() for job in self._jobs])

    def _begin_shutdown(self) -> None:
        if self._stop_by is None:
            self._stop_by = self._clock.monotonic() + SHUTDOWN_LIMIT_S
            self._foreman.interrupt_all(_("Render Manager was closed; it is rendered again."))

    def _try_to_stop(self, now: float) -> None:
        """End once every process is gone and every frame that was being moved is in place."""
        assert self._stop_by is not None
        if (self._workforce.workers or self._attempts.running) and now < self._stop_by:
            return
        self._attempts.interrupt_checks(_("Render Manager was closed; it is rendered again."))
        self._foreman.clear_staging()
        self._flush()
        self.is_stopped = True

    def _give_up(self, sentence: str) -> None:
        """Say that nothing more will be done, and end all engines; called while an exception is handled."""
        log.critical("the owner thread ends", exc_info=True)
        for worker in self._workforce.workers.values():
            self._workforce.kill(worker)
        self._has_given_up = True
        self._ledger.publish(ChangeSet(notices=(Notice(STOPPED_NOTICE, sentence),)))

    def _close(self) -> None:
        try:
            if self._has_given_up:
                self._store.abandon()
            else:
                self._store.close()
        except StorageError:
            log.exception("the database was not closed properly")

    _MESSAGES: dict[type, Callable[[Foreman, Any], None]] = {
        messages.WorkerSaid: Foreman.worker_said,
        messages.WorkerEnded: Foreman.worker_ended,
        messages.SceneRead: Foreman.scene_read,
        messages.SceneTouched: Foreman.scene_touched,
        messages.FrameAccepted: Foreman.frame_accepted,
        messages.FrameRejected: Foreman.frame_rejected,
        messages.ExistingListed: Foreman.existing_listed,
        messages.ExistingChecked: Foreman.existing_checked,
        messages.OutputsMissing: Foreman.outputs_missing,
        messages.DiskMeasured: Foreman.disk_measured,
        messages.EnginesFound: Foreman.engines_found,
    }
