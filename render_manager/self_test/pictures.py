"""Are pictures decoded, made small, and developed for the screen."""

from render_manager.domain.texts import gettext as _
from render_manager.media import colour_views, develop, examine, load_view
from render_manager.media.look import RAW, STANDARD, Look
from render_manager.self_test.results import Bench, FailedCheck
from render_manager.system.resources import resource

SMALL_PICTURES = ("small.png", "small.jpg", "small.tif", "half_zip.exr")


def check_pictures(bench: Bench) -> str:
    """Decode a file of each common kind with a thumbnail, and look at the EXR through a view of OCIO."""
    folder = bench.place("pictures")
    seen = []
    for name in SMALL_PICTURES:
        source, thumbnail = resource("selftest", name), folder / f"{name}.thumbnail.jpg"
        picture = examine(source, thumbnail=thumbnail)
        if not picture.thumbnail or not thumbnail.stat().st_size:
            why = picture.thumbnail_error
            raise FailedCheck(_("No thumbnail of {path}: {why}").format(path=source, why=why))
        seen.append(f"{name} {picture.width} x {picture.height}")
    return _("{pictures}, thumbnails made; {view} applied").format(
        pictures=", ".join(seen), view=_developed_through_ocio()
    )


def _developed_through_ocio() -> str:
    """Develop the EXR as the viewer does by default and through the first view of OCIO; return its name."""
    # The studio's own configuration is no part of this installation.
    views = colour_views("")
    through_ocio = [(name, view) for name, view in views.views if view.key not in (STANDARD, RAW)]
    if not through_ocio:
        raise FailedCheck(_("The colour configuration that is built in has no views."))
    name, view = through_ocio[0]
    picture = load_view(resource("selftest", "half_zip.exr"))
    plain, shown = develop(picture, Look()), develop(picture, Look(view=view))
    if len(set(plain.rgb)) < 2 or shown.rgb == plain.rgb:
        raise FailedCheck(_("The view {view} of the colour configuration changes nothing.").format(view=name))
    return name
