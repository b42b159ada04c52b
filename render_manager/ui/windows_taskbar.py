"""Progress on the task bar of Windows: the shell's ITaskbarList3 (shobjidl_core.h), through comtypes."""

import logging
import sys

from PySide6.QtWidgets import QWidget

from render_manager.ui.overall import Overall

assert sys.platform == "win32"

from ctypes import HRESULT, c_int, c_ulonglong, c_void_p

from comtypes import COMMETHOD, GUID, CoCreateInstance, COMError, IUnknown

log = logging.getLogger(__name__)

# Values of TBPFLAG in shobjidl_core.h.
NO_PROGRESS, NORMAL, ERROR, PAUSED = 0x0, 0x2, 0x4, 0x8
_TASKBAR_LIST = GUID("{56FDF344-FD6D-11D0-958A-006097C9A090}")


def _method(name, *types):  # type: ignore[no-untyped-def]  # comtypes has no types
    return COMMETHOD([], HRESULT, name, *((["in"], kind) for kind in types))


class TaskbarList3(IUnknown):  # type: ignore[misc]  # as above
    """The methods of ITaskbarList to ITaskbarList3 up to SetProgressState, in their order."""

    _iid_ = GUID("{EA1AFB91-9E28-4B86-90E9-9E9F8A5EEFAF}")
    _methods_ = (
        _method("HrInit"),
        _method("AddTab", c_void_p),
        _method("DeleteTab", c_void_p),
        _method("ActivateTab", c_void_p),
        _method("SetActiveAlt", c_void_p),
        _method("MarkFullscreenWindow", c_void_p, c_int),
        _method("SetProgressValue", c_void_p, c_ulonglong, c_ulonglong),
        _method("SetProgressState", c_void_p, c_int),
    )


class WindowsTaskbar:
    """Shows progress on a window's button; GUI thread. Raises OSError where the shell has no task bar."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._shown: Overall | None = None
        try:
            self._list = CoCreateInstance(_TASKBAR_LIST, interface=TaskbarList3)
            self._list.HrInit()
        except COMError as error:
            raise OSError(f"the shell has no task bar: {error}") from error

    def show(self, overall: Overall) -> None:
        """Show where the queue stands: green while it renders, red once something failed."""
        if overall == self._shown:
            return
        self._shown = overall
        handle = int(self._window.winId())
        try:
            self._list.SetProgressState(handle, flag_of(overall))
            if not overall.is_idle:
                self._list.SetProgressValue(handle, overall.percent, 100)
        except COMError as error:
            # The shell was started anew: its next one does not know our button.
            log.info("the task bar shows no progress: %s", error)


def flag_of(overall: Overall) -> int:
    """Return how the button is coloured."""
    if overall.is_idle:
        return NO_PROGRESS
    if overall.failed:
        return ERROR
    return NORMAL if overall.running else PAUSED
