"""How the program leaves, or works on without its window: part of the composition root.

Closing with frames under way, going on in the tray, what is done at the end, keeping the computer awake.
"""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

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
        stop: Callable[[], None],
        show: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        in_background: Callable[[Callable[[], None]], Coroutine[Any, Any, None]],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._reader: StateReader | None = None
        self._stop = stop
        self._spawn = spawn
        self._in_background = in_background
        self.presence = Presence(
            window=window,
            keep_awake=lambda is_awake: wakefulness.want(is_awake=is_awake),
            sound=resource("sounds", "done.wav"),
        )
        self.last_frames = LastFrames(window.errands, self)
        self.last_frames.done.connect(stop)
        self.presence.opened.connect(show)
        self.presence.quit_wanted.connect(self.close)
        bridge.changed.connect(self.presence.take)
        bridge.changed.connect(self.last_frames.take)
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
        if not rendering or self.last_frames.is_waiting:
            self._stop()
            return
        has_tray = self.presence.tray is not None
        ask_how_to_close(self._window, rendering=rendering, has_tray=has_tray, then=self._close_in_this_way)

    def end(self) -> None:
        """Leave the tray, and hear nothing more."""
        self._bridge.changed.disconnect(self.presence.take)
        self._bridge.changed.disconnect(self.last_frames.take)
        self.last_frames.stop()
        self.presence.close()

    def _close_in_this_way(self, way: Closing) -> None:
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
        if not self._window.hold.is_held:
            self._window.hold.toggle()
        text = _("The frames that are being rendered are finished, then Render Manager quits.")
        self._window.say("leaving", text)
        jobs = [job for job in self._window.jobs.model.jobs() if job.counts[FrameState.RENDERING]]
        self.last_frames.wait(tuple(job.id for job in jobs), self._reader)

    def _on_held(self, is_held: bool) -> None:
        """Stay, when the user lets the queue go on although the program was about to quit."""
        if not is_held and self.last_frames.is_waiting:
            self.last_frames.stop()
            self._window.say("leaving", "")

    def _carry_out(self, wish: Wish) -> None:
        """Do what the user wanted done when everything is rendered."""
        if wish.what is Afterwards.QUIT:
            self._stop()
            return
        from render_manager.execution import computer  # first used long after the first paint

        actions: dict[Afterwards, Callable[[], None]] = {
            Afterwards.SLEEP: computer.sleep,
            Afterwards.SHUT_DOWN: computer.shut_down,
            Afterwards.COMMAND: lambda: computer.start_command(wish.command),
        }
        self._spawn(self._act(actions[wish.what]))

    async def _act(self, action: Callable[[], None]) -> None:
        try:
            await self._in_background(action)
        except UserError as error:
            self._window.say("when_done", str(error))
