"""What the exit codes of Maya's `Render` mean (`engines/maya.md` section 5).

Code 0 means nothing: Arnold and Redshift end so when they have no licence. Windows gives negative codes as
large positive ones; `domain.outcome` knows both.
"""

from dataclasses import dataclass

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.texts import gettext as _
from render_manager.engines.rule import N_


@dataclass(frozen=True, slots=True)
class ExitCode:
    """One exit code."""

    code: str
    """A stable word."""
    text: str
    advice: str
    permanent: bool = False
    scope: Scope = Scope.FRAME

    def diagnosis(self) -> Diagnosis:
        """Return it as the reason for a failed attempt."""
        return Diagnosis(self.code, _(self.text), _(self.advice), self.permanent, self.scope)


_ARGUMENTS = N_("Check the job's options, above all the further arguments; the scene is all right.")

EXIT_CODES: dict[int, ExitCode] = {
    204: ExitCode(
        "bad-flag",
        N_("Maya did not understand one of its arguments (exit code 204)."),
        _ARGUMENTS,
        permanent=True,
        scope=Scope.JOB,
    ),
    206: ExitCode(
        "bad-command",
        N_("Maya could not use its arguments (exit code 206): most often the project folder is wrong."),
        N_("Choose the folder that holds workspace.mel, and no output folder that is a whole drive."),
        permanent=True,
        scope=Scope.JOB,
    ),
    210: ExitCode(
        "render-failed",
        N_("Maya could not render (exit code 210): a camera is missing, or a script of the scene failed."),
        N_("Look for “Error” in the log; check the camera, and the scripts that run before rendering."),
    ),
    211: ExitCode(
        "scene-unreadable",
        N_("Maya could not read the scene, or read it with errors (exit code 211)."),
        N_("Open it in this Maya and look what is missing: a plug-in, a reference, or the file itself."),
        permanent=True,
        scope=Scope.JOB,
    ),
    255: ExitCode(
        "not-working",
        N_("Maya ended at once without a word (exit code 255): a part of its installation is missing."),
        N_("Start this Maya by hand and see what it says; if it does not start, install it again."),
        scope=Scope.JOB,
    ),
    304: ExitCode(
        "out-of-memory",
        N_("Maya could not even start (exit code 304): the computer has no memory left."),
        N_("Run fewer renders at once, and close other programs."),
    ),
}
"""By number; 206 is the Deadline plug-in's finding."""


def explain_exit(number: int) -> ExitCode:
    """Return what any exit code other than 0 means, as far as it is known."""
    known = EXIT_CODES.get(number)
    if known is not None:
        return known
    if number < 0 or number >= 0xC0000000:
        text = _("Maya crashed (exit code {number}, 0x{code:08X}).")
        advice = _("Try the frame again; if it crashes again, open the scene in Maya at this frame.")
        return ExitCode("crashed", text.format(number=number, code=number & 0xFFFFFFFF), advice)
    text = _("Maya ended with exit code {number}.").format(number=number)
    return ExitCode("exit-code", text, _("Look at the lines before this one in the log."))
