"""Why Windows did not start a program, in words; its own have gaps such as `%1`, and are in its language."""

from pathlib import Path

from render_manager.domain.texts import gettext as _


def reason_on_windows(error: OSError, program: str) -> str:
    """Return why a program was not started, the numbers being Microsoft's list of system error codes."""
    may_not = _("this user may not run it")
    if Path(program).is_dir():
        return may_not
    absent = (
        _("something it needs to run does not exist") if Path(program).exists() else _("it does not exist")
    )
    no_program = _("it is not a program for this computer")
    no_memory = _("there is not enough memory")
    known = {
        **dict.fromkeys((2, 3, 123), absent),
        **dict.fromkeys((5, 740, 1260), may_not),
        **dict.fromkeys((193, 216), no_program),
        **dict.fromkeys((8, 14, 1455), no_memory),
        206: _("its path or its arguments are too long"),
        14001: absent,
    }
    code = getattr(error, "winerror", None)
    return known.get(code, error.strerror or str(error)) if code is not None else str(error)
