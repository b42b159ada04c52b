"""How the program leaves, or works on without its window: part of the composition root.

Closing with frames under way, going on in the tray, what is done at the end, keeping the computer awake.
"""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from render_manager.domain.errors import UserError
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.system.resources import resource
from render_manager.system.wakefulness import Wakefulness
from render_manager.ui.bridge import Bridge
from render_manager.ui.closing import Closing, LastFrames, ask_how_to_close
from render_manager.ui.main_window import MainWindow
from render_manager.ui.presence import Presence
from render_manager.ui.when_done import Afterwards, Wish

if TYPE_CHECKING:
    from render_manager.scheduling.ports import StateReader


class Leaving(QObject):
    """Decides with the user what becomes of the work when the window closes; GUI thread."""

    def __init__(
        self,
        *,
        window: MainWindow,
        bridge: Bridge,
        wakefulness: Wakefulness,
        last_frames: LastFrames,
        stop: Callable[..., None],
        show: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        in_background: Callable[[Callable[[], None]], Coroutine[Any, Any, None]],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._reader: StateReader | None = None
        self._show = show
        self._question: QMessageBox | None = None
        self._stop = stop
        self._spawn = spawn
        self._in_background = in_background
        self.presence = Presence(
            window=window,
            keep_awake=lambda is_awake: wakefulness.want(is_awake=is_awake),
            sound=resource("sounds", "done.wav"),
        )
        self.last_frames = last_frames
        if last_frames.is_waiting:
            window.say("leaving", leaving_text())
        self.presence.opened.connect(show)
        self.presence.quit_wanted.connect(self.close)
        bridge.changed.connect(self.presence.take)
        window.close_wanted.connect(self.close)
        window.hold.changed.connect(self._on_held)
        window.when_done.due.connect(self._carry_out)

    def start(self) -> None:
        """Come into the tray, where there is one."""
        self.presence.start()

    def read_from(self, reader: "StateReader") -> None:
        """Read which frames are under way from this reader from now on."""
        self._reader = reader

    def close(self) -> None:
        """Ask once when frames are being rendered, and do as the user says."""
        rendering = sum(job.counts[FrameState.RENDERING] for job in self._window.jobs.model.jobs())
        if not rendering:
            self._stop()
            return
        if self._question is not None:
            self._question.raise_()
            return
        # From the tray: a question over a hidden window is seen by nobody.
        self._show()
        has_tray = self.presence.tray is not None
        self._question = ask_how_to_close(
            self._window, rendering=rendering, has_tray=has_tray, then=self._close_in_this_way
        )

    def end(self) -> None:
        """Leave the tray, and hear nothing more."""
        self._bridge.changed.disconnect(self.presence.take)
        self._window.when_done.due.disconnect(self._carry_out)
        self.presence.close()

    def _close_in_this_way(self, way: Closing) -> None:
        self._question = None
        if way is Closing.STOP:
            self._stop()
        elif way is Closing.FINISH:
            self._finish_last_frames()
        elif way is Closing.HIDE and self.presence.tray is not None:
            self._window.hide()
        elif way is Closing.HIDE:
            self._window.showMinimized()

    def _finish_last_frames(self) -> None:
        if self._reader is None:
            self._stop()
            return
        self._window.say("leaving", leaving_text())
        self.last_frames.wait(self._rendering_jobs, self._reader)
        # Also where it is held already: the owner's answer is waited for.
        self._window.hold.hold()

    def _rendering_jobs(self) -> list[int]:
        jobs = self._window.jobs.model.jobs()
        return [job.id for job in jobs if job.counts[FrameState.RENDERING]]

    def _on_held(self, is_held: bool) -> None:
        """Stay, when the user lets the queue go on although the program was about to quit."""
        if not is_held and self.last_frames.is_waiting:
            self.last_frames.stop()
            self._window.say("leaving", "")

    def _carry_out(self, wish: Wish) -> None:
        """Do what the user wanted done when everything is rendered."""
        from render_manager.execution import computer  # first used long after the first paint

        if wish.what is Afterwards.QUIT:
            self._stop()
            return
        if wish.what is Afterwards.SHUT_DOWN:
            # Last of all: the system asks us to end as well, and must find us ended.
            self._stop(at_last=computer.shut_down)
            return
        actions: dict[Afterwards, Callable[[], None]] = {
            Afterwards.SLEEP: computer.sleep,
            Afterwards.COMMAND: lambda: computer.start_command(wish.command),
        }
        self._spawn(self._act(actions[wish.what]))

    async def _act(self, action: Callable[[], None]) -> None:
        try:
            await self._in_background(action)
        except UserError as error:
            self._window.say("when_done", str(error))


def leaving_text() -> str:
    """Return what is said while the last frames are waited for."""
    return _("The frames that are being rendered are finished, then Render Manager quits.")
