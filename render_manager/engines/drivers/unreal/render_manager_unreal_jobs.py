"""Finds what is to be rendered, and makes a queue with one job of it; runs inside Unreal."""

import unreal
from render_manager_unreal_graph import configure_graph, has_graphs
from render_manager_unreal_guards import Stop, call, class_name, get, load
from render_manager_unreal_settings import configure

PRESET_CLASSES = ("MoviePipelinePrimaryConfig", "MoviePipelineMasterConfig")


class Wanted:
    """The assets of a run."""

    def __init__(self, manifest):
        self.manifest = manifest
        self.sequence_path = manifest.get("sequence", "")
        self.preset = None
        self.graph = None
        self.queue_job = None
        queue = manifest.get("queue", "")
        if queue:
            self._take_queue(load_as(queue, "queue", ("MoviePipelineQueue",)))
        if manifest.get("preset"):
            self.preset = load_as(manifest["preset"], "preset", PRESET_CLASSES)
        if manifest.get("graph"):
            self.graph = load_as(manifest["graph"], "graph", ("MovieGraphConfig",))
        if self.graph is not None and not has_graphs():
            raise Stop("graph-unknown", "This version of Unreal Engine cannot render Movie Render Graphs")
        self.sequence = load(self.sequence_path)
        if self.sequence is None:
            raise Stop("sequence-missing", "The level sequence %s cannot be loaded" % self.sequence_path)

    @property
    def is_graph(self):
        return self.graph is not None

    def _take_queue(self, queue):
        jobs = list(queue.get_jobs())
        if not jobs:
            raise Stop("queue-empty", "The queue %s holds no jobs" % queue.get_name())
        fitting = [job for job in jobs if not self.sequence_path or same_asset(path_of(job), self.sequence_path)]
        on = [job for job in fitting if call(job, "is_enabled") is not False]
        if len(on or fitting) != 1:
            names = ", ".join("%s (%s)" % (get(job, "job_name", ""), path_of(job)) for job in jobs[:10])
            code, text = ("queue-ambiguous", "has several jobs that could be meant")
            if not fitting:
                code, text = ("queue-without", "has no job for %s" % self.sequence_path)
            raise Stop(code, "The queue %s %s: %s" % (queue.get_name(), text, names))
        self.queue_job = (on or fitting)[0]
        self.sequence_path = path_of(self.queue_job)
        if call(self.queue_job, "is_using_basic_configuration") is True:
            raise Stop("queue-basic", "The queue's job uses the basic settings of 5.8; save them as a preset")
        if call(self.queue_job, "is_using_graph_configuration") is True:
            self.graph = call(self.queue_job, "get_graph_preset")
        if self.graph is None:
            self.preset = call(self.queue_job, "get_preset_origin") or self.queue_job.get_configuration()

    def check_map(self, world):
        """Raise Stop when the queue's job is for another map than the one that is open."""
        if self.queue_job is None:
            return
        wanted, opened = text_of(get(self.queue_job, "map", "")), str(world.get_path_name())
        if wanted and not same_asset(wanted, opened):
            text = "The queue's job is for the map %s, and %s is open; choose that map"
            raise Stop("map-differs", text % (package(wanted), package(opened)))

    def make_job(self, executor, frame_range, world):
        """Return (queue, job, warnings, what the job can do) for one range of frames."""
        # A new one for each range: jobs pile up in a queue that is kept, and are all rendered again.
        queue = unreal.new_object(unreal.MoviePipelineQueue, outer=executor)
        job = self._copied(queue) or queue.allocate_new_job(unreal.MoviePipelineExecutorJob)
        job.job_name = "Render Manager"
        if self.queue_job is None:
            # Setting it makes the list of shots anew, and would switch those on again that the queue has off.
            job.sequence = unreal.SoftObjectPath(self.sequence_path)
        job.map = unreal.SoftObjectPath(world.get_path_name())
        if self.is_graph:
            warnings, has_range = configure_graph(job, self.graph, self.manifest, frame_range)
            return queue, job, warnings, (has_range, False)
        done = configure(job, self.preset, self.sequence, self.manifest, frame_range)
        return queue, job, done.warnings, (True, done.has_step)

    def _copied(self, queue):
        return None if self.queue_job is None else call(queue, "duplicate_job", self.queue_job)


def load_as(path, kind, names):
    """Load an asset of one of some classes; raises Stop when it is none."""
    asset = load(path)
    if asset is None:
        raise Stop("%s-missing" % kind, "The %s %s cannot be loaded" % (kind, path))
    found = class_name(asset)
    if found not in names:
        raise Stop("%s-wrong" % kind, "%s is no %s but a %s" % (path, kind, found))
    return asset


def path_of(job):
    """Return the path of a job's sequence."""
    return text_of(get(job, "sequence", ""))


def text_of(path):
    """Return a soft path as text; its ways to tell differ by version."""
    for name in ("export_text", "to_string"):
        text = call(path, name)
        if isinstance(text, str) and text.strip('"').startswith("/"):
            return text.strip('"')
    parts = call(path, "to_tuple")
    if parts:
        return str(parts[0])
    text = str(path)
    return text if text.startswith("/") else ""


def package(path):
    """Return the package of an object's path."""
    return path.partition(".")[0]


def same_asset(one, other):
    """Return whether two paths name one asset; upper and lower case do not matter to Unreal."""
    return package(one).lower() == package(other).lower()
