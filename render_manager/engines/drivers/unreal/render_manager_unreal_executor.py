"""Renders ranges of frames of a level sequence with Movie Render Queue; runs inside Unreal's editor.

The editor is started with `-game` and this class as its executor. It is told what to do by a JSON file, and
tells what happens through `render_manager_unreal_report`. Keeps to Python 3.7.

Why things are as they are: `engines/unreal-python-api.md`. Above all: Unreal hands Python a fresh object at
each call, so whatever is kept stands in this module (`RUN`) or in declared properties; an exception in one of
these methods would leave the editor open for ever, so each of them is caught; the next range begins at a
tick and never inside the end of the one before.
"""

import json
import os
import sys
import time
import traceback

import unreal
from render_manager_unreal_guards import Stop, call, get
from render_manager_unreal_jobs import Wanted
from render_manager_unreal_outputs import collect
from render_manager_unreal_progress import Progress, pipeline_state
from render_manager_unreal_report import Reporter
from render_manager_unreal_sequence import facts_of

MANIFEST_VARIABLE = "RENDER_MANAGER_UNREAL_MANIFEST"
MANIFEST_SWITCH = "rendermanagermanifest"
QUIT_AFTER_S = 30.0
FILES_IN_EVENT = 50
"""Long lines are cut off on their way."""
PIPELINE_TYPE = getattr(unreal, "MoviePipelineBase", unreal.MoviePipeline)
"""A graph's pipeline is no child of the older kind; from 5.3 both have this one above them."""


class Run:
    """What is being done; the one thing that stays between calls from Unreal."""

    def __init__(self, manifest):
        self.manifest = manifest
        self.reporter = Reporter(manifest)
        self.ranges = [dict(one) for one in manifest["ranges"]]
        self.place = -1
        self.wanted = None
        self.facts = {}
        self.progress = None
        self.asked = frozenset()
        self.is_rendering = False
        self.wants_next = False
        self.is_over = False
        self.over_at = None
        self.has_quit = False
        self.frames_done = []
        self.frames_failed = []
        self.files = 0
        self.warned = set()
        self.error = ("", "")

    def warn(self, code, text):
        """Report a warning once."""
        if (code, text) not in self.warned:
            self.warned.add((code, text))
            self.reporter.send("warning", code=code, text=text)

    def fail_frames(self, frames, text):
        """Report frames that will not be there."""
        for frame in frames:
            self.frames_failed.append(frame)
            self.reporter.send("frame_failed", frame=frame, error=text)


RUN = None


@unreal.uclass()
class RenderManagerUnrealExecutor(unreal.MoviePipelinePythonHostExecutor):
    """The executor that Unreal makes an object of and calls."""

    rm_pipeline = unreal.uproperty(PIPELINE_TYPE)
    rm_queue = unreal.uproperty(unreal.MoviePipelineQueue)

    @unreal.ufunction(override=True)
    def execute_delayed(self, queue):
        guarded(self, begin, queue)

    @unreal.ufunction(override=True)
    def on_begin_frame(self):
        try:
            super(RenderManagerUnrealExecutor, self).on_begin_frame()
        finally:
            # It only serves sockets that we do not use; our own work is due all the same.
            guarded(self, tick)

    @unreal.ufunction(override=True)
    def is_rendering(self):
        return RUN is not None and RUN.is_rendering

    @unreal.ufunction(ret=None, params=[unreal.MoviePipelineOutputData])
    def rm_on_work_finished(self, results):
        guarded(self, work_finished, results)

    @unreal.ufunction(ret=None, params=[unreal.MoviePipelineOutputData])
    def rm_on_shot_finished(self, results):
        guarded(self, shot_finished, results)


def guarded(executor, function, *arguments):
    """Call a function of ours; whatever goes wrong in it is reported and ends the run."""
    try:
        function(executor, *arguments)
    except Stop as stop:
        fail(executor, stop.code, str(stop))
    except Exception as error:
        unreal.log_error(traceback.format_exc())
        fail(executor, "script-error", "%s: %s" % (type(error).__name__, error))


def begin(executor, queue):
    """Read what is to be done, load it, and start the first range."""
    global RUN
    RUN = None
    if queue is not None:
        unreal.log_warning("Render Manager: the queue of -MoviePipelineConfig is left alone")
    RUN = Run(read_manifest())
    send = RUN.reporter.send
    send("hello", unreal=engine_version(), python=sys.version.split()[0])
    send("phase", phase="loading")
    RUN.wanted = Wanted(RUN.manifest)
    RUN.wanted.check_map(world_of(executor))
    start_next(executor)


def read_manifest():
    """Return what the program that started the editor wants."""
    path = os.environ.get(MANIFEST_VARIABLE) or switches().get(MANIFEST_SWITCH, "")
    if not path:
        raise Stop("no-manifest", "Neither %s nor -RenderManagerManifest is given" % MANIFEST_VARIABLE)
    try:
        with open(path, "rb") as file:
            manifest = json.loads(file.read().decode("utf-8"))
    except (OSError, ValueError) as error:
        raise Stop("no-manifest", "The manifest %s cannot be read: %s" % (path, error))
    if not manifest.get("ranges"):
        raise Stop("no-manifest", "The manifest %s names no frames" % path)
    return manifest


def switches():
    """Return the editor's own arguments by name in lower case."""
    line = unreal.SystemLibrary.get_command_line()
    _tokens, _switches, parameters = unreal.SystemLibrary.parse_command_line(line)
    return {str(name).lower(): str(parameters[name]).strip('"') for name in parameters}


def engine_version():
    """Return the engine's version, empty when it does not say."""
    return str(call(unreal.SystemLibrary, "get_engine_version") or "")


def world_of(executor):
    """Return the world that is open, which every pipeline has to belong to."""
    world = executor.get_last_loaded_world()
    if world is None:
        raise Stop("no-world", "The editor has no map open")
    return world


def frames_in(one):
    """Return the frames of a range."""
    return range(one["start"], one["end"], max(one["step"], 1))


def start_next(executor):
    """Start the next range, or end when there is none."""
    RUN.wants_next = False
    RUN.place += 1
    if RUN.place >= len(RUN.ranges):
        finish(executor)
        return
    frame_range = RUN.ranges[RUN.place]
    RUN.asked = frozenset(frames_in(frame_range))
    world = world_of(executor)
    queue, job, warnings, (has_range, has_step) = RUN.wanted.make_job(executor, frame_range, world)
    executor.rm_queue = queue
    for code, text in warnings:
        RUN.warn(code, text)
    note_sequence(job)
    span = frames_in(frame_range) if has_step else range(frame_range["start"], frame_range["end"])
    if not has_range:
        span = render_all_at_once()
    elif frame_range["step"] > 1 and not has_step and not RUN.wanted.is_graph:
        split_steps()
        start_next(executor)
        return
    RUN.progress = Progress(RUN.reporter, span, RUN.asked, RUN.wanted.is_graph)
    start_pipeline(executor, job, world)


def note_sequence(job):
    """Report once what the sequence says of itself, before a custom range takes its place in memory."""
    if RUN.facts:
        return
    RUN.facts = facts_of(RUN.wanted.sequence, job)
    RUN.reporter.send("sequence", path=RUN.wanted.sequence_path, **RUN.facts)
    start, end = RUN.facts["start"], RUN.facts["end"]
    if start is None:
        return
    outside = sorted(frame for one in RUN.ranges for frame in frames_in(one) if not start <= frame < end)
    if outside:
        text = "Frames %d to %d are outside of the sequence, which has frames %d to %d"
        RUN.warn("frames-outside", text % (outside[0], outside[-1], start, end - 1))


def render_all_at_once():
    """Take all frames in one go, where the range is the graph's own and each go would be the same.

    Return the range that is rendered.
    """
    wanted = [frame for one in RUN.ranges[RUN.place :] for frame in frames_in(one)]
    RUN.asked = frozenset(wanted)
    start, end = RUN.facts.get("start"), RUN.facts.get("end")
    if start is None:
        start, end = wanted[0], wanted[-1] + 1
    # Nothing is left to come after this one.
    del RUN.ranges[RUN.place + 1 :]
    return range(start, end)


def split_steps():
    """Replace a range with a step by its frames, where the engine knows no step; the range itself is dropped."""
    singles = [{"start": frame, "end": frame + 1, "step": 1} for frame in frames_in(RUN.ranges[RUN.place])]
    RUN.ranges[RUN.place : RUN.place + 1] = singles
    RUN.place -= 1


def start_pipeline(executor, job, world):
    """Make a pipeline for a job and let it begin."""
    pipeline = new_pipeline(executor, world)
    executor.rm_pipeline = pipeline
    pipeline.on_movie_pipeline_work_finished_delegate.add_function_unique(executor, "rm_on_work_finished")
    shots = getattr(pipeline, "on_movie_pipeline_shot_work_finished_delegate", None)
    if shots is not None:
        shots.add_function_unique(executor, "rm_on_shot_finished")
    place = RUN.place
    RUN.is_rendering = True
    if RUN.wanted.is_graph:
        pipeline.initialize(job, unreal.MovieGraphInitConfig())
    else:
        pipeline.initialize(job)
    # With nothing to do it ends inside the call, and what follows is the next range's business.
    if not RUN.is_rendering or RUN.place != place:
        return
    if pipeline_state(pipeline, getattr(unreal, "MoviePipelineLibrary", None)) == "UNINITIALIZED":
        RUN.is_rendering = False
        raise Stop("not-initialized", "Movie Render Queue refused the job without a word")
    if RUN.place == 0:
        RUN.reporter.send("ready", unreal=engine_version())


def new_pipeline(executor, world):
    """Return a pipeline of the kind the job needs; its outer has to be the world."""
    if RUN.wanted.is_graph:
        return unreal.new_object(unreal.MovieGraphPipeline, outer=world, base_type=unreal.MoviePipelineBase)
    kind = get(executor, "target_pipeline_class") or unreal.MoviePipeline
    return unreal.new_object(kind, outer=world, base_type=unreal.MoviePipeline)


def tick(executor):
    """Do what is due: report progress, start the next range, leave."""
    if RUN is None:
        return
    if RUN.is_over:
        leave(executor)
    elif RUN.wants_next:
        start_next(executor)
    elif RUN.is_rendering and executor.rm_pipeline is not None:
        idle_s = RUN.progress.tick(executor.rm_pipeline)
        limit_s = RUN.manifest.get("stall_s") or 0
        if limit_s and idle_s > limit_s:
            RUN.is_rendering = False
            raise Stop("stalled", "Movie Render Queue has ticked for %d s without getting on" % idle_s)


def shot_finished(executor, results):
    """Report a shot's files as soon as they are written."""
    if RUN is None or not RUN.is_rendering:
        return
    outputs = collect(results, RUN.asked)
    paths = [path for frame in outputs.complete for path in outputs.by_frame[frame]]
    for first in range(0, len(paths), FILES_IN_EVENT):
        RUN.reporter.send("files", files=paths[first : first + FILES_IN_EVENT])


def work_finished(executor, results):
    """Report a range's files and frames, then ask for the next range."""
    if RUN is None or not RUN.is_rendering:
        return
    RUN.is_rendering = False
    executor.rm_pipeline = None
    outputs = collect(results, RUN.asked)
    complete = set(outputs.complete)
    for frame in outputs.complete:
        paths = outputs.by_frame[frame]
        RUN.files += len(paths)
        RUN.reporter.send("frame_ended", frame=frame, files=paths[:FILES_IN_EVENT])
    RUN.frames_done += outputs.complete
    for frame in sorted(outputs.missing):
        path = outputs.missing[frame]
        text = "Unreal said that it wrote %s, but the file is not there or empty" % path if path else ""
        RUN.fail_frames([frame], text or "Frame %d lacks a file of one pass that other frames have" % frame)
    missing = sorted(RUN.asked - complete - set(outputs.missing))
    if missing:
        RUN.fail_frames(missing, why_missing(missing, outputs, get(results, "success", True)))
    RUN.wants_next = True


def why_missing(missing, outputs, success):
    """Return a sentence: why frames of a range were not written."""
    if not success:
        return "Movie Render Queue says that it failed"
    start, end = RUN.facts.get("start"), RUN.facts.get("end")
    if start is not None and all(not start <= frame < end for frame in missing):
        return "No shot: the sequence has frames %d to %d only" % (start, end - 1)
    if not outputs.by_frame and not outputs.others:
        return "No shot: Movie Render Queue ended without a file; no shot covers these frames, or all are off"
    return "No file of this frame was written"


def finish(executor):
    """Say that all is done, once."""
    failed = sorted(set(RUN.frames_failed) - set(RUN.frames_done))
    end(executor, not failed, code="frames-missing" if failed else "", error="")


def fail(executor, code, text):
    """Say that nothing more will come, once."""
    try:
        unreal.log_error("Render Manager: %s" % text)
        if RUN is not None and not RUN.is_over:
            RUN.reporter.send("failed", code=code, error=text)
    finally:
        end(executor, False, code=code, error=text)


def end(executor, success, code, error):
    """Write the result and let the editor leave; exactly once, whatever happens."""
    if RUN is None:
        # Nothing is known of who started us; the editor must not stay open all the same.
        executor.on_executor_finished_impl()
        return
    if RUN.is_over:
        return
    RUN.is_over, RUN.is_rendering, RUN.over_at = True, False, time.monotonic()
    try:
        executor.rm_pipeline = None
        frames = sorted(set(RUN.frames_done))
        RUN.reporter.finish(success, code=code, error=error, frames=frames, files=RUN.files)
    finally:
        # Whatever fails above, the editor must not stay open.
        executor.on_executor_finished_impl()


def leave(executor):
    """Ask once more when the editor is still there long after it was told that all is done."""
    if RUN.has_quit or time.monotonic() - RUN.over_at < QUIT_AFTER_S:
        return
    RUN.has_quit = True
    preference = getattr(unreal, "QuitPreference", None)
    if preference is not None:
        call(unreal.SystemLibrary, "quit_game", executor.get_last_loaded_world(), None, preference.QUIT, False)
