"""Scripts of the Windows command prompt, which read their arguments in a way of their own."""

from collections.abc import Sequence

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _

_MEANINGS = frozenset('<>|&^%!"\r\n')
"""Characters that mean something to the Windows command prompt, in quotes or not."""


def check_arguments_of_script(argv: Sequence[str], instead: str) -> None:
    """Raise UserError where a script of the command prompt would be called with what means something to it.

    Windows has such a script run by its command prompt, which takes `<RenderLayer>` for files and `&` for the
    next command. `instead` is a sentence: what to do.
    """
    if not argv[0].lower().endswith((".bat", ".cmd")):
        return
    for argument in argv[1:]:
        if not _MEANINGS.isdisjoint(argument):
            text = _(
                "{program} is a script of the Windows command prompt and cannot be given {argument}."
            ).format(program=argv[0], argument=argument)
            raise UserError(f"{text} {instead}")
