"""Small helpers around Unreal's Python interface, whose names differ by version; runs inside Unreal.

What each guard is for: `engines/unreal-python-api.md` section 13.
"""

import math

import unreal


class Stop(Exception):
    """Rendering cannot go on; `code` is a stable word for the program that started us."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def classes(*names):
    """Return the classes of these names that this engine has."""
    found = [getattr(unreal, name, None) for name in names]
    return tuple(one for one in found if one is not None)


def class_name(thing):
    """Return the Unreal class of an object, empty when it does not say."""
    try:
        return str(thing.get_class().get_name())
    except Exception:
        return type(thing).__name__


def is_one_of(thing, kinds):
    """Return whether an object is of one of some classes, which may be none."""
    return bool(kinds) and isinstance(thing, kinds)


def get(thing, name, default=None):
    """Return a property, or a default when there is none of this name."""
    try:
        return thing.get_editor_property(name)
    except Exception:
        return getattr(thing, name, default)


def put(thing, name, value):
    """Set a property; return whether there was one to set."""
    try:
        thing.set_editor_property(name, value)
        return True
    except Exception:
        pass
    if not hasattr(thing, name):
        return False
    try:
        setattr(thing, name, value)
    except Exception as error:
        unreal.log_warning("Render Manager cannot set %s: %s" % (name, error))
        return False
    return True


def call(thing, name, *arguments):
    """Call a method or function that may not be there; return None when it is not, or fails."""
    function = getattr(thing, name, None)
    if function is None:
        return None
    try:
        return function(*arguments)
    except Exception:
        return None


def finite(value):
    """Return a number as float, or None for what is none: it is NaN before shots are set up."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def whole(value):
    """Return a number, or Unreal's FrameNumber, as int, or None."""
    value = getattr(value, "value", value)
    if isinstance(value, bool):
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def enum_name(value):
    """Return an enum value's bare name: its numbers shift between versions."""
    name = getattr(value, "name", None)
    if not isinstance(name, str):
        name = str(value).strip("<>").partition(":")[0].rpartition(".")[2]
    return name.strip().upper()


def load(path):
    """Load an asset; return None when it is not there."""
    if not path:
        return None
    asset = call(unreal, "load_asset", path)
    return asset if asset is not None else call(unreal, "load_object", None, path)


def items(mapping):
    """Yield the pairs of Unreal's Map, whose ways to be walked differ."""
    try:
        return list(mapping.items())
    except Exception:
        return [(key, mapping[key]) for key in mapping]
