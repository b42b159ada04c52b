"""What the window says of the engines that were found; part of the composition root."""

from typing import TYPE_CHECKING

from render_manager.domain.texts import gettext as _
from render_manager.engines.downloads import DOWNLOADS
from render_manager.ui.main_window import MainWindow

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.engines.catalog import Catalog

SAMPLE_ENGINE = "blender"


def say_engines(window: MainWindow, catalog: "Catalog") -> None:
    """Tell what was found, what was named and cannot be used, and whether the sample can be rendered."""
    window.say("complaints", " ".join(catalog.complaints()))
    found = [engine for engine in catalog.engines if catalog.installations(engine.id)]
    versions = [f"{engine.name} {catalog.installations(engine.id)[0].version_text}" for engine in found]
    has_sample = any(engine.id == SAMPLE_ENGINE for engine in found)
    window.jobs.empty.show_engines(
        [version.strip() for version in versions],
        [(engine.name, DOWNLOADS[engine.id]) for engine in catalog.engines if engine.id in DOWNLOADS],
        has_sample=has_sample,
    )
    no_sample = _("The sample needs Blender or the bpy wheel, which was not found.")
    window.actions_by_name.allow("sample", "" if has_sample else no_sample)
    no_engine = _("No engine was found. The settings say where each was looked for.")
    window.say("engines", "" if found else no_engine)
