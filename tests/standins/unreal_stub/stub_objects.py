"""The ground that the stub of Unreal's Python module stands on: objects, classes made in Python, delegates.

Holds the traps of the real thing: each call from the engine gets a fresh object that has lost its plain
attributes, declared properties have types, an override must override something, a base's property must not
be declared again, and an exception in a callback is logged and nothing more.
"""

import copy
import traceback

import stub_render

REJECTED = []
"""Names of properties that were asked for and are not there, as (class, name)."""
PYTHON_TYPES = {}
"""Classes made in Python, by name."""


class Class:
    """An Unreal class, as `get_class()` returns it."""

    def __init__(self, kind):
        self._kind = kind

    def get_name(self):
        return self._kind.__name__


class Object:
    """Base of all Unreal objects; `properties` of each class are what can be got and set."""

    properties = {}

    def __init__(self, outer=None, name=""):
        values = {}
        for kind in reversed(type(self).__mro__):
            values.update(copy.deepcopy(kind.__dict__.get("properties", {})))
        keep = object.__setattr__
        keep(self, "_values", values)
        keep(self, "_outer", outer)
        keep(self, "_name", name or type(self).__name__ + "_0")
        keep(self, "_inner", {})

    def get_class(self):
        return Class(type(self))

    def get_name(self):
        return self._name

    def get_path_name(self):
        return "/Engine/Transient." + self._name

    def get_editor_property(self, name):
        if name not in self._values:
            raise Exception("%s: Failed to find property '%s'" % (type(self).__name__, name))
        return _given_out(self._values[name])

    def set_editor_property(self, name, value):
        if name not in self._values:
            REJECTED.append((type(self).__name__, name))
            raise Exception("%s: Failed to find property '%s'" % (type(self).__name__, name))
        self._check(name, value)
        self._values[name] = _given_out(value)
        self._changed(name)

    def _check(self, name, value):
        known = self._values[name]
        if isinstance(known, bool) and not isinstance(value, bool):
            raise TypeError("%s.%s is a bool" % (type(self).__name__, name))
        if isinstance(known, int) and not isinstance(known, bool) and type(value) is not int:
            raise TypeError("%s.%s is an int" % (type(self).__name__, name))
        if isinstance(known, Struct) and type(value) is not type(known):
            raise TypeError("%s.%s is a %s" % (type(self).__name__, name, type(known).__name__))

    def _changed(self, name):
        pass

    def __getattr__(self, name):
        values = self.__dict__.get("_values", {})
        if name in values:
            return _given_out(values[name])
        raise AttributeError("%s has no attribute '%s'" % (type(self).__name__, name))

    def __setattr__(self, name, value):
        if name in self._values:
            self.set_editor_property(name, value)
        else:
            REJECTED.append((type(self).__name__, name))
            raise AttributeError("%s has no attribute '%s'" % (type(self).__name__, name))


class Struct:
    """Base of structures, which are handed out and taken as copies."""

    def __eq__(self, other):
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self):
        return hash(tuple(sorted((name, str(value)) for name, value in self.__dict__.items())))


def _given_out(value):
    if isinstance(value, Struct):
        return copy.copy(value)
    return list(value) if isinstance(value, list) else value


class Property:
    """A property declared in a class made in Python; it stays between calls, and has a type."""

    def __init__(self, kind):
        self.kind = kind
        self.name = ""

    def __set_name__(self, _owner, name):
        self.name = name

    def __get__(self, instance, _owner):
        return self if instance is None else instance._values.get("@" + self.name)

    def __set__(self, instance, value):
        if value is not None and not isinstance(value, self.kind):
            raise TypeError("%s cannot hold a %s" % (self.name, type(value).__name__))
        instance._values["@" + self.name] = value


class Scripted(Object):
    """Base of classes that can be continued in Python; takes plain attributes, which get lost."""

    def __setattr__(self, name, value):
        if isinstance(getattr(type(self), name, None), Property):
            object.__setattr__(self, name, value)
        elif name in self._values:
            self.set_editor_property(name, value)
        else:
            self.__dict__[name] = value


def fresh(thing):
    """Return a new Python object for the same Unreal object."""
    new = object.__new__(type(thing))
    for name in ("_values", "_outer", "_name", "_inner"):
        object.__setattr__(new, name, thing.__dict__[name])
    return new


def uproperty(kind):
    return Property(kind)


def ufunction(meta=None, ret=None, params=None, override=False, static=False, pure=False):
    def mark(function):
        function.unreal_function = {"override": override, "params": params}
        return function

    return mark


def uclass():
    def register(kind):
        for name, value in list(kind.__dict__.items()):
            base = kind.__mro__[1]
            if isinstance(value, Property):
                known = {key for one in base.__mro__ for key in one.__dict__.get("properties", {})}
                if name in known:
                    raise Exception("cannot override a property from the base type: %s" % name)
            marks = getattr(value, "unreal_function", None)
            if marks and marks["override"] and not hasattr(base, name):
                raise Exception("%s is no function of the base type" % name)
        if "execute" in kind.__dict__:
            raise Exception("execute is the host's own")
        PYTHON_TYPES[kind.__name__] = kind
        return kind

    return register


class Delegate:
    """A multicast delegate."""

    def __init__(self):
        self._targets = []

    def add_function_unique(self, thing, name):
        function = getattr(type(thing), name, None)
        marks = getattr(function, "unreal_function", None)
        if not marks or marks["params"] is None:
            raise Exception("%s is no function with declared types" % name)
        if (thing._values, name) not in [(one._values, other) for one, other in self._targets]:
            self._targets.append((thing, name))

    def broadcast(self, *arguments):
        for thing, name in list(self._targets):
            call_python(thing, name, *arguments)


def call_python(thing, name, *arguments):
    """Call Python from the engine; what is raised is logged, and the engine goes on."""
    try:
        return getattr(fresh(thing), name)(*arguments)
    except Exception:
        for line in traceback.format_exc().splitlines():
            stub_render.log("LogPython: Error: " + line)
        return None


class Map:
    """Unreal's Map."""

    def __init__(self, pairs):
        self._pairs = list(pairs)

    def __iter__(self):
        return iter([key for key, _value in self._pairs])

    def __getitem__(self, key):
        for known, value in self._pairs:
            if known == key:
                return value
        raise KeyError(key)

    def __len__(self):
        return len(self._pairs)

    def get(self, key, default=None):
        return dict(self._pairs).get(key, default)


class MapWithItems(Map):
    """As it is in newer versions."""

    def items(self):
        return list(self._pairs)


class Enum:
    """One value of an enum; its number differs by version."""

    def __init__(self, kind, name, value):
        self.name = name
        self.value = value
        self._kind = kind

    def __str__(self):
        return "<%s.%s: %d>" % (self._kind, self.name, self.value)

    def __eq__(self, other):
        return isinstance(other, Enum) and (other._kind, other.name) == (self._kind, self.name)

    def __hash__(self):
        return hash((self._kind, self.name))


def make_enum(kind, *names):
    """Return a class with the values as attributes."""
    return type(kind, (), {name: Enum(kind, name, value) for value, name in enumerate(names)})
