"""Drives the stub as the editor does: finds the executor class, calls it, ticks, and leaves when asked."""

import sys

import stub_objects
import stub_render
from stub_objects import Property, call_python, fresh


class NoExecutorError(Exception):
    """The class that was named is not there; the real editor ends with a fatal error."""


class Editor:
    """One editor with `-game` and a Python executor."""

    def __init__(self, unreal, project_folder, command_line, map_path):
        self.unreal = unreal
        unreal.STATE.update(project=project_folder, command_line=command_line)
        self.map_path = map_path
        self.executor = None
        self.ticks = 0

    def create(self, class_name):
        """Make the executor as the host does, once Python classes had the time to be defined."""
        kind = stub_objects.PYTHON_TYPES.get(class_name)
        if kind is None:
            raise NoExecutorError(class_name)
        self.executor = kind()
        world = self.unreal.World(None, self.map_path.rpartition("/")[2])
        name = self.map_path.rpartition("/")[2]
        object.__setattr__(world, "get_path_name", lambda: "%s.%s" % (self.map_path, name))
        inner = self.executor._inner
        inner["world"] = None if stub_render.WISHES.get("no_world") else world
        if not stub_render.WISHES.get("no_target_class"):
            self.executor._values["target_pipeline_class"] = self.unreal.MoviePipeline

    def execute(self):
        """Call the entry point."""
        call_python(self.executor, "execute_delayed", None)

    def tick(self):
        """One tick: the executor's turn, then the pipelines'."""
        self.ticks += 1
        stub_render.OUTPUT.tick = self.ticks
        call_python(self.executor, "on_begin_frame")
        pipeline = self.pipeline()
        if pipeline is not None:
            pipeline._tick()

    def pipeline(self):
        """Return the pipeline that a declared property holds; any other would be garbage by now."""
        for name, value in vars(type(self.executor)).items():
            if isinstance(value, Property):
                held = getattr(fresh(self.executor), name)
                if held is not None and hasattr(type(held), "_tick"):
                    return held
        return None

    @property
    def is_exit_requested(self):
        return bool(self.unreal.STATE["is_exit_requested"])

    def run(self, most_ticks=100_000):
        """Tick until the exit is asked for; return whether it was."""
        while not self.is_exit_requested and self.ticks < most_ticks:
            self.tick()
        return self.is_exit_requested


def forget():
    """Take the stub and our scripts out of this Python, so that the next test gets them anew."""
    for name in list(sys.modules):
        if name in ("unreal", "init_unreal") or name.startswith(("stub_", "render_manager_unreal_")):
            del sys.modules[name]
