"""What the window asks about a scene that is not queued yet, answered from engines and disks."""

from collections.abc import Sequence
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.catalog import Catalog
from render_manager.engines.outlook import Outlook, outlook_of
from render_manager.engines.protocols import FieldKind, Installation, OptionField
from render_manager.engines.scene_picture import SavedPreview, ShowsScenes

_INSTALLATION = "installation"


class SceneDesk:
    """Answers for one catalog; `fields_of` at once and on any thread, the others read disks."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def fields_of(self, path: Path, scene: SceneInfo | None) -> Sequence[OptionField]:
        """Return the options that a form offers for a file, the choice of an installation among them."""
        try:
            engine = self._catalog.engine_for(path)
        except UserError:
            return ()
        fields = engine.fields(scene)
        named = {field.name for field in fields}
        if _INSTALLATION in named or _INSTALLATION not in engine.option_help():
            return fields
        return (*fields, _installation_field(self._catalog.installations(engine.id)))

    def outlook(self, spec: JobSpec, layers: int) -> Outlook:
        """Look through the output folder of a job; raises OSError, and UserError for an unknown engine."""
        return outlook_of(spec, self._catalog.engine(spec.engine), layers=layers)

    def preview(self, path: Path) -> SavedPreview | Sequence[Path]:
        """Return the picture that a scene brings along; raises UserError for what is not a good scene."""
        engine = self._catalog.engine_for(path)
        return engine.preview_of(path) if isinstance(engine, ShowsScenes) else ()


def _installation_field(installations: Sequence[Installation]) -> OptionField:
    """Return the choice among the installed versions of an engine, by their programs."""
    return OptionField(
        _INSTALLATION,
        _("Installation"),
        FieldKind.CHOICE,
        tuple((str(one.executable), one.version_text) for one in installations if not one.problem),
        unset=_("the one that fits best"),
        is_rare=True,
    )
