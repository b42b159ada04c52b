"""What the keys of the viewer do to what is looked at, by the names of `key_specs`."""

from collections.abc import Callable

from render_manager.media.look import Channels, ColourView, ViewSet
from render_manager.ui.viewer.canvas import ZOOM_STEP, Canvas
from render_manager.ui.viewer.comparison import Against
from render_manager.ui.viewer.look_bar import LARGEST_GAMMA, LARGEST_STOPS, SMALLEST_GAMMA
from render_manager.ui.viewer.session import Session

KEY_STOPS = 0.5
KEY_GAMMA = 0.1

Deed = Callable[[], object]


def looking_deeds(session: Session, canvas: Canvas) -> dict[str, Deed]:
    """Return everything that concerns the picture alone."""
    return _ways(session) | _sizes(canvas) | _looks(session)


def following_view(current: ColourView, views: ViewSet | None) -> ColourView | None:
    """Return the view after this one, for files with the same primaries; None while views are not known."""
    known = () if views is None else views.views
    if not known:
        return None
    keys = [(view.key, view.display) for _name, view in known]
    mine = (current.key, current.display)
    view = known[(keys.index(mine) + 1) % len(keys) if mine in keys else 0][1]
    return ColourView(view.key, view.display, view.config, current.space)


def _ways(session: Session) -> dict[str, Deed]:
    return {
        "play": session.toggle_playing,
        "previous": lambda: session.step(-1),
        "next": lambda: session.step(1),
        "first": lambda: session.show(0),
        "last": session.show_last,
        "layer_next": lambda: _step_layer(session, 1),
        "layer_previous": lambda: _step_layer(session, -1),
        "wipe": lambda: _toggle_comparison(session, is_difference=False),
        "difference": lambda: _toggle_comparison(session, is_difference=True),
        "reload": session.reload,
    }


def _sizes(canvas: Canvas) -> dict[str, Deed]:
    return {
        "fit": canvas.fit,
        "zoom_1": lambda: canvas.set_zoom(1.0),
        "zoom_2": lambda: canvas.set_zoom(2.0),
        "zoom_in": lambda: canvas.zoom_by(ZOOM_STEP),
        "zoom_out": lambda: canvas.zoom_by(1 / ZOOM_STEP),
    }


def _looks(session: Session) -> dict[str, Deed]:
    return {
        "rgb": lambda: session.set_look(channels=Channels.COLOUR),
        "r": lambda: session.toggle_channels(Channels.RED),
        "g": lambda: session.toggle_channels(Channels.GREEN),
        "b": lambda: session.toggle_channels(Channels.BLUE),
        "a": lambda: session.toggle_channels(Channels.ALPHA),
        "l": lambda: session.toggle_channels(Channels.LUMINANCE),
        "brighter": lambda: _expose(session, KEY_STOPS),
        "darker": lambda: _expose(session, -KEY_STOPS),
        "gamma_up": lambda: _bend(session, KEY_GAMMA),
        "gamma_down": lambda: _bend(session, -KEY_GAMMA),
        "normalise": lambda: session.set_stretched(is_on=not session.is_stretched),
        "reset": lambda: session.set_look(exposure=0.0, gamma=1.0),
    }


def _expose(session: Session, by: float) -> None:
    wanted = session.look.exposure + by
    session.set_look(exposure=min(max(wanted, -LARGEST_STOPS), LARGEST_STOPS))


def _bend(session: Session, by: float) -> None:
    wanted = round(session.look.gamma + by, 2)
    session.set_look(gamma=min(max(wanted, SMALLEST_GAMMA), LARGEST_GAMMA))


def _step_layer(session: Session, by: int) -> None:
    # The layers of a frame are known once it stands still.
    session.flipbook.stop()
    choices, current = session.choices()
    if choices:
        session.choose(choices[(current + by) % len(choices)])


def _toggle_comparison(session: Session, *, is_difference: bool) -> None:
    if session.against is Against.NOTHING:
        session.compare_best(is_difference=is_difference)
    elif session.is_difference is is_difference:
        session.is_difference = False
        session.set_against(Against.NOTHING)
    else:
        session.set_difference(is_on=is_difference)
