"""A small stand-in for the Python module inside Unreal's editor: the documented names, and their traps.

Which names there are depends on `version` in STAND_IN_UNREAL, as in section 13 of
`engines/unreal-python-api.md`. Assets are the fake ones of `tests/support/unreal.py`, whose files hold JSON.
Standard library only.
"""

import json
import os

import stub_render
from stub_objects import (
    Delegate,
    Map,
    MapWithItems,
    Object,
    Scripted,
    Struct,
    make_enum,
    uclass,
    ufunction,
    uproperty,
)
from stub_pipeline import Plan, Shot, Work
from stub_render import WISHES

VERSION = tuple(int(part) for part in WISHES.get("version", "5.4.4").split("."))
NEW_MAP = MapWithItems if VERSION >= (5, 1) else Map
__all__ = ["uclass", "ufunction", "uproperty"]

STATE = {"project": "", "command_line": "", "is_exit_requested": 0, "quits": 0, "ensures": []}
"""The editor's own state, set by whoever drives the stub."""


def log(text):
    for line in str(text).split("\n"):
        stub_render.log("LogPython: " + line)


def log_warning(text):
    for line in str(text).split("\n"):
        stub_render.log("LogPython: Warning: " + line)


def log_error(text):
    for line in str(text).split("\n"):
        stub_render.log("LogPython: Error: " + line)


class DirectoryPath(Struct):
    def __init__(self, path=""):
        self.path = path

    def export_text(self):
        return '(Path="%s")' % self.path


class IntPoint(Struct):
    def __init__(self, x=0, y=0):
        self.x, self.y = x, y


class FrameRate(Struct):
    def __init__(self, numerator=24, denominator=1):
        self.numerator, self.denominator = numerator, denominator


class FrameNumber(Struct):
    def __init__(self, value=0):
        self.value = value


class SoftObjectPath(Struct):
    def __init__(self, path=""):
        self._path = path

    def export_text(self):
        return self._path


class PostProcessPass(Struct):
    def __init__(self, name, enabled):
        self.name, self.enabled = name, enabled


class World(Object):
    pass


class LevelSequence(Object):
    pass


class Settings(Object):
    """Base of all settings of a configuration."""


class MoviePipelineSetting(Settings):
    properties = {"enabled": True}

    def is_enabled(self):
        return self._values["enabled"]

    def set_is_enabled(self, value):
        self._values["enabled"] = value

    def _changed(self, name):
        config = self._inner.get("config")
        if config is not None:
            config._inner["is_ready"] = False


class MoviePipelineOutputSetting(MoviePipelineSetting):
    properties = {
        "output_directory": DirectoryPath("{project_dir}/Saved/MovieRenders/"),
        "file_name_format": "{sequence_name}.{frame_number}",
        "output_resolution": IntPoint(1920, 1080),
        "use_custom_frame_rate": False,
        "output_frame_rate": FrameRate(24, 1),
        "override_existing_output": True,
        "zero_pad_frame_numbers": 4,
        "frame_number_offset": 0,
        "handle_frame_count": 0,
        "output_frame_step": 1,
        "use_custom_playback_range": False,
        "custom_start_frame": 0,
        "custom_end_frame": 0,
        "auto_version": True,
        "version_number": 1,
        "flush_disk_writes_per_shot": False,
    }


if WISHES.get("no_step"):
    del MoviePipelineOutputSetting.properties["output_frame_step"]


class MoviePipelineAntiAliasingSetting(MoviePipelineSetting):
    properties = {
        "spatial_sample_count": 1,
        "temporal_sample_count": 1,
        "engine_warm_up_count": 0,
        "render_warm_up_count": 0,
        "use_camera_cut_for_warm_up": False,
        "render_warm_up_frames": False,
    }


class MoviePipelineCameraSetting(MoviePipelineSetting):
    properties = {"render_all_cameras": False}


class MoviePipelineGameOverrideSetting(MoviePipelineSetting):
    pass


class MoviePipelineRenderPass(MoviePipelineSetting):
    pass


class MoviePipelineDeferredPassBase(MoviePipelineRenderPass):
    properties = {"additional_post_process_materials": [], "actor_layers": [], "stencil_layers": []}
    label = "FinalImage"


class MoviePipelineDeferredPass_PathTracer(MoviePipelineDeferredPassBase):
    label = "PathTracer"


class MoviePipelineObjectIdRenderPass(MoviePipelineRenderPass):
    label = "ObjectId"


class MoviePipelineOutputBase(MoviePipelineSetting):
    pass


class MoviePipelineImageSequenceOutputBase(MoviePipelineOutputBase):
    suffix = ""


class MoviePipelineImageSequenceOutput_PNG(MoviePipelineImageSequenceOutputBase):
    suffix = ".png"


class MoviePipelineImageSequenceOutput_JPG(MoviePipelineImageSequenceOutputBase):
    suffix = ".jpeg"


class MoviePipelineImageSequenceOutput_BMP(MoviePipelineImageSequenceOutputBase):
    suffix = ".bmp"


class MoviePipelineImageSequenceOutput_EXR(MoviePipelineImageSequenceOutputBase):
    suffix = ".exr"


class MoviePipelineAppleProResOutput(MoviePipelineOutputBase):
    pass


class MoviePipelineWaveOutput(MoviePipelineOutputBase):
    pass


class _Config(Object):
    """A preset, or a job's own settings."""

    def __init__(self, outer=None, name=""):
        super().__init__(outer, name)
        self._inner.update(settings=[], is_ready=False)
        self._add(MoviePipelineOutputSetting)

    def _add(self, kind):
        setting = kind(self)
        setting._inner["config"] = self
        self._inner["settings"].append(setting)
        self._inner["is_ready"] = False
        return setting

    def find_setting_by_class(self, kind, include_disabled_settings=False):
        for setting in self._inner["settings"]:
            if isinstance(setting, kind) and (include_disabled_settings or setting.is_enabled()):
                return setting
        return None

    def find_or_add_setting_by_class(self, kind, include_disabled_settings=False, exact_match=False):
        if exact_match and VERSION < (5, 3):
            raise TypeError("find_or_add_setting_by_class() takes 2 arguments")
        return self.find_setting_by_class(kind, include_disabled_settings) or self._add(kind)

    def get_all_settings(self, include_disabled_settings=False):
        return [one for one in self._inner["settings"] if include_disabled_settings or one.is_enabled()]

    def remove_setting(self, setting):
        self._inner["settings"].remove(setting)

    def initialize_transient_settings(self):
        self.find_or_add_setting_by_class(MoviePipelineGameOverrideSetting)
        self._inner["is_ready"] = True

    def copy_from(self, other):
        if other is self:
            return
        self._inner["settings"] = []
        for setting in other._inner["settings"]:
            new = self._add(type(setting))
            new._values.clear()
            new._values.update(setting._values)


class MoviePipelinePrimaryConfig(_Config):
    pass


class MoviePipelineMasterConfig(_Config):
    pass


CONFIG_TYPE = MoviePipelinePrimaryConfig if VERSION >= (5, 1) else MoviePipelineMasterConfig
if VERSION < (5, 1):
    del MoviePipelinePrimaryConfig
elif VERSION >= (5, 6):
    del MoviePipelineMasterConfig
if VERSION < (5, 0):
    del _Config.get_all_settings


class MoviePipelineExecutorShot(Object):
    properties = {"outer_name": "", "inner_name": "", "enabled": True}


class MoviePipelineExecutorJob(Object):
    properties = {
        "job_name": "",
        "author": "",
        "comment": "",
        "user_data": "",
        "sequence": SoftObjectPath(),
        "map": SoftObjectPath(),
        "shot_info": [],
    }

    def __init__(self, outer=None, name=""):
        super().__init__(outer, name)
        self._inner.update(config=CONFIG_TYPE(self), origin=None, graph=None, enabled=True, variables={})

    def _changed(self, name):
        if name == "sequence":
            self._values["shot_info"] = []
            sequence = load_asset(self._values["sequence"]._path)
            if sequence is not None:
                _update_shots(sequence, self)

    def get_configuration(self):
        return self._inner["config"]

    def set_configuration(self, preset):
        self._inner["config"].copy_from(preset)
        self._inner["origin"] = None

    def set_preset_origin(self, preset):
        self._inner["config"].copy_from(preset)
        self._inner["origin"] = preset

    def get_preset_origin(self):
        return self._inner["origin"]

    def is_enabled(self):
        return self._inner["enabled"]

    def set_graph_preset(self, graph, update_variable_assignments=True):
        self._inner["graph"] = graph

    def get_graph_preset(self):
        return self._inner["graph"]

    def is_using_graph_configuration(self):
        return self._inner["graph"] is not None

    def get_or_create_variable_overrides(self, graph):
        return VariableContainer(self._inner["variables"], graph)


if (5, 3) <= VERSION < (5, 4):

    def _set_graph_preset_5_3(self, graph):
        self._inner["graph"] = graph

    MoviePipelineExecutorJob.set_graph_preset = _set_graph_preset_5_3
elif VERSION < (5, 3):
    for _name in (
        "set_graph_preset",
        "get_graph_preset",
        "is_using_graph_configuration",
        "get_or_create_variable_overrides",
        "is_enabled",
    ):
        delattr(MoviePipelineExecutorJob, _name)


class VariableContainer:
    """Values of a graph's variables for one job."""

    def __init__(self, values, graph):
        self._values, self._graph = values, graph

    def _set(self, variable, kind, value):
        if variable is None or variable.kind != kind:
            return False
        self._values[variable.get_member_name()] = [value, False]
        return True

    def set_value_serialized_string(self, variable, text):
        return self._set(variable, "struct", text)

    def set_value_string(self, variable, text):
        return self._set(variable, "string", text)

    def set_value_int32(self, variable, value):
        return self._set(variable, "int", value)

    def set_variable_assignment_enable_state(self, variable, state):
        self._values[variable.get_member_name()][1] = state
        return True


class GraphVariable:
    """A variable that a graph exposes."""

    def __init__(self, name, kind):
        self._name, self.kind = name, kind

    def get_member_name(self):
        return self._name

    def get_name(self):
        return "MovieGraphVariable_0"


class MovieGraphConfig(Object):
    def get_variables(self):
        return [GraphVariable(name, kind) for name, kind in self._inner["facts"].get("variables", {}).items()]

    def get_variable_by_name(self, name):
        return next((one for one in self.get_variables() if one.get_member_name() == name), None)


class MovieGraphInitConfig(Struct):
    pass


class MoviePipelineQueue(Object):
    def __init__(self, outer=None, name=""):
        super().__init__(outer, name)
        self._inner["jobs"] = []

    def allocate_new_job(self, kind=None):
        if kind is None:
            STATE["ensures"].append("allocate_new_job without a class")
            kind = MoviePipelineExecutorJob
        job = kind(self)
        self._inner["jobs"].append(job)
        return job

    def get_jobs(self):
        return list(self._inner["jobs"])

    def delete_all_jobs(self):
        self._inner["jobs"].clear()

    def duplicate_job(self, job):
        new = MoviePipelineExecutorJob(self)
        new._values.update(job._values)
        new._values["shot_info"] = list(job._values["shot_info"])
        new._inner.update(origin=job._inner["origin"], graph=job._inner["graph"])
        new._inner["config"].copy_from(job._inner["config"])
        self._inner["jobs"].append(new)
        return new


MovieRenderPipelineState = make_enum(
    "MovieRenderPipelineState", "UNINITIALIZED", "PRODUCING_FRAMES", "FINALIZE", "EXPORT", "FINISHED"
)
MovieRenderShotState = make_enum(
    "MovieRenderShotState",
    *["UNINITIALIZED", "WARMING_UP", "MOTION_BLUR", "RENDERING"],
    *(["COOLING_DOWN"] if VERSION >= (5, 7) else []),
    "FINISHED",
)
QuitPreference = make_enum("QuitPreference", "QUIT", "BACKGROUND")


class MoviePipelineOutputData(Object):
    properties = {"pipeline": None, "job": None, "success": True, "shot_data": []}


if VERSION >= (5, 4):
    MoviePipelineOutputData.properties["graph_data"] = []


class MoviePipelineShotOutputData(Object):
    properties = {"shot": None, "render_pass_data": None}


class MovieGraphRenderOutputData(Object):
    properties = {"shot": None, "render_layer_data": None}


class MoviePipelineRenderPassOutputData(Object):
    properties = {"file_paths": []}


class MoviePipelinePassIdentifier(Struct):
    def __init__(self, name="", camera_name=""):
        self.name, self.camera_name = name, camera_name


class _Metrics(Object):
    properties = {
        "segment_name": "",
        "output_frame_index": 0,
        "total_output_frame_count": 0,
        "output_sub_sample_index": 0,
        "total_sub_sample_count": 0,
        "engine_warm_up_frame_index": 0,
        "total_engine_warm_up_frame_count": 0,
    }


class MoviePipelineBase(Object):
    """What both kinds of pipelines do."""

    def __init__(self, outer=None, name=""):
        super().__init__(outer, name)
        self._inner.update(
            work=None,
            is_used=False,
            is_finished=False,
            finished=Delegate(),
            shot_finished=Delegate(),
            failed=False,
        )

    @property
    def on_movie_pipeline_work_finished_delegate(self):
        return self._inner["finished"]

    @property
    def on_movie_pipeline_shot_work_finished_delegate(self):
        return self._inner["shot_finished"]

    def get_pipeline_state(self):
        if self._inner["is_finished"]:
            return MovieRenderPipelineState.FINISHED
        work = self._inner["work"]
        return (
            MovieRenderPipelineState.UNINITIALIZED
            if work is None
            else getattr(MovieRenderPipelineState, work.state)
        )

    def is_shutdown_requested(self):
        return self._inner["failed"]

    def request_shutdown(self, is_error=False):
        self._inner["failed"] = self._inner["failed"] or is_error

    def _may_begin(self, job):
        """Return whether to go on; else nothing more is ever heard of this pipeline."""
        stub_render.log("LogMovieRenderPipeline: [3] Initializing overall Movie Pipeline")
        if self._inner["is_used"]:
            STATE["ensures"].append("Pipeline cannot be reused")
            return False
        self._inner["is_used"] = True
        sequence = None if job is None else load_asset(job._values["sequence"]._path)
        if (
            not isinstance(self._outer, World)
            or sequence is None
            or stub_render.goes_wrong("silent_initialize")
        ):
            STATE["ensures"].append("initialize refused")
            return False
        return True

    def _begin(self, plan):
        if not plan.shots:
            stub_render.log(
                "LogMovieRenderPipeline: Warning: [3] No shots detected to render. Either all outside playback "
                "range, or disabled via shot mask, bailing."
            )
            self._end()
            return
        self._inner["work"] = Work(plan)

    def _tick(self):
        """Go on by one tick of the engine."""
        work = self._inner["work"]
        if work is None or self._inner["is_finished"]:
            return
        is_done = work.tick()
        while work.finished_shots:
            self._inner["shot_finished"].broadcast(self._results([work.finished_shots.pop(0)]))
        if is_done:
            self._end()

    def _end(self):
        work = self._inner["work"]
        self._inner["is_finished"] = True
        self._inner["finished"].broadcast(self._results([] if work is None else work.plan.shots))

    def _results(self, shots):
        results = MoviePipelineOutputData()
        results._values["success"] = not self._inner["failed"] and not WISHES.get("not_successful")
        results._values[self.results_name] = [self._shot_data(shot) for shot in shots]
        return results

    def _shot_data(self, shot):
        pairs = []
        for (camera, name), paths in shot.files.items():
            data = MoviePipelineRenderPassOutputData()
            data._values["file_paths"] = list(paths)
            pairs.append((MoviePipelinePassIdentifier(name, camera), data))
        found = self.shot_type()
        found._values[self.passes_name] = NEW_MAP(pairs)
        return found


class MoviePipeline(MoviePipelineBase if VERSION >= (5, 3) else Object):
    results_name, passes_name, shot_type = "shot_data", "render_pass_data", MoviePipelineShotOutputData

    def initialize(self, job):
        if not self._may_begin(job):
            return
        if job._inner["origin"] is not None:
            stub_render.log(
                "LogMovieRenderPipeline: Job has a primary preset specified, updating local primary configuration "
                "from preset."
            )
            job._inner["config"].copy_from(job._inner["origin"])
            job._inner["config"]._inner["is_ready"] = True
        config = job._inner["config"]
        if not config._inner["is_ready"]:
            STATE["ensures"].append("initialize_transient_settings was not the last change")
        self._begin(_plan(job, config))


if VERSION < (5, 3):
    for _name, _value in list(MoviePipelineBase.__dict__.items()):
        if _name not in ("__doc__", "__module__", "__dict__", "__weakref__", "properties"):
            setattr(MoviePipeline, _name, _value)

    def _init_without_base(self, outer=None, name=""):
        Object.__init__(self, outer, name)
        self._inner.update(
            work=None,
            is_used=False,
            is_finished=False,
            finished=Delegate(),
            shot_finished=Delegate(),
            failed=False,
        )

    MoviePipeline.__init__ = _init_without_base


class MovieGraphPipeline(MoviePipelineBase):
    results_name, passes_name, shot_type = "graph_data", "render_layer_data", MovieGraphRenderOutputData

    def initialize(self, job, init_config):
        if self._may_begin(job):
            self._begin(_graph_plan(job, job._inner["graph"]))


if VERSION < (5, 3):
    del MoviePipelineBase, MovieGraphPipeline, MovieGraphConfig, MovieGraphInitConfig


def _shots(job, start, end):
    """Return the shots of a job's sequence between two frames."""
    facts = load_asset(job._values["sequence"]._path)._inner["facts"]
    cameras = facts.get("cameras", ["Cam"])
    if "shots" not in facts:
        return [Shot("CameraCut", list(range(start, end)), cameras)]
    infos = {info._values["outer_name"]: info._values["enabled"] for info in job._values["shot_info"]}
    return [
        Shot(name, [frame for frame in range(first, after) if start <= frame < end], cameras)
        for name, first, after in facts["shots"]
        if infos.get(name, True) and not stub_render.goes_wrong("no_shots")
    ]


def _plan(job, config):
    output = config.find_setting_by_class(MoviePipelineOutputSetting)._values
    samples = config.find_setting_by_class(MoviePipelineAntiAliasingSetting)
    samples = samples._values if samples is not None else MoviePipelineAntiAliasingSetting.properties
    facts = load_asset(job._values["sequence"]._path)._inner["facts"]
    start, end = facts.get("start", 0), facts.get("end", 24)
    if output["use_custom_playback_range"]:
        start, end = output["custom_start_frame"], output["custom_end_frame"]
    passes = []
    for one in config._inner["settings"]:
        if isinstance(one, MoviePipelineRenderPass) and one.is_enabled():
            passes.append(one.label)
            passes += [
                extra.name
                for extra in one._values.get("additional_post_process_materials", [])
                if extra.enabled
            ]
    if stub_render.goes_wrong("zero_passes"):
        passes = []
    shots = _shots(job, start, end)
    camera_setting = config.find_setting_by_class(MoviePipelineCameraSetting)
    if camera_setting is None or not camera_setting._values["render_all_cameras"]:
        for shot in shots:
            shot.cameras = shot.cameras[:1]
    return Plan(
        shots,
        passes,
        [
            one.suffix
            for one in config._inner["settings"]
            if isinstance(one, MoviePipelineImageSequenceOutputBase)
        ],
        output["output_directory"].path,
        output["file_name_format"],
        output["zero_pad_frame_numbers"],
        output.get("output_frame_step", 1),
        samples["engine_warm_up_count"],
        samples["temporal_sample_count"],
        output["flush_disk_writes_per_shot"],
    )


def _graph_plan(job, graph):
    values = {name: value for name, (value, is_on) in job._inner["variables"].items() if is_on}
    facts = load_asset(job._values["sequence"]._path)._inner["facts"]
    folder = str(values.get("OutputDirectory", "")).replace('(Path="', "").replace('")', "")
    start = _number(values.get("StartFrame"), facts.get("start", 0))
    end = _number(values.get("EndFrame"), facts.get("end", 24))
    name = values.get("FileNameFormat", "{sequence_name}.{frame_number}")
    shots = _shots(job, start, end)
    return Plan(shots, ["Beauty"], [".exr"], folder, name, 4, 1, 0, 1, True)


def _number(value, default):
    if isinstance(value, str):
        return int(value.partition("Value=")[2].rstrip(")"))
    return default if value is None else value


def _update_shots(sequence, job):
    """Make a job's list of shots anew; what is off stays off."""
    known = {shot._values["outer_name"]: shot for shot in job._values["shot_info"]}
    shots = []
    for name, _start, _end in sequence._inner["facts"].get("shots", []):
        shot = known.get(name) or MoviePipelineExecutorShot(job)
        shot._values.update(outer_name=name, inner_name="CameraCut")
        shots.append(shot)
    job._values["shot_info"] = shots


class MoviePipelineLibrary:
    """Questions about a pipeline."""

    @staticmethod
    def get_completion_percentage(pipeline):
        work = pipeline._inner["work"]
        return float("nan") if work is None else min(work.index / work.plan.total, 1.0)

    @staticmethod
    def get_pipeline_state(pipeline):
        return pipeline.get_pipeline_state()

    @staticmethod
    def get_overall_output_frames(pipeline):
        work = pipeline._inner["work"]
        return (0, 0) if work is None else (work.index, work.plan.total)

    @staticmethod
    def get_root_frame_number(pipeline):
        work = pipeline._inner["work"]
        return FrameNumber(-1 if work is None else work.frame)

    @staticmethod
    def get_current_segment_state(pipeline):
        work = pipeline._inner["work"]
        return getattr(MovieRenderShotState, "UNINITIALIZED" if work is None else work.segment)

    @staticmethod
    def get_current_segment_work_metrics(pipeline):
        metrics, work = _Metrics(), pipeline._inner["work"]
        if work is not None:
            metrics._values.update(
                output_frame_index=work.place,
                total_output_frame_count=work.plan.total,
                output_sub_sample_index=work.sample,
                total_sub_sample_count=work.plan.samples,
                engine_warm_up_frame_index=work.warmed,
                total_engine_warm_up_frame_count=work.plan.warm_up,
            )
        return metrics

    @staticmethod
    def update_job_shot_list_from_sequence(sequence, job):
        _update_shots(sequence, job)
        return True


class MovieGraphLibrary:
    """The same questions about a graph's pipeline."""

    get_completion_percentage = staticmethod(MoviePipelineLibrary.get_completion_percentage)
    get_overall_output_frames = staticmethod(MoviePipelineLibrary.get_overall_output_frames)
    get_pipeline_state = staticmethod(MoviePipelineLibrary.get_pipeline_state)
    get_root_frame_number = staticmethod(MoviePipelineLibrary.get_root_frame_number)


if VERSION < (5, 4):
    del MovieGraphLibrary
if VERSION < (5, 2):
    del MoviePipelineLibrary.get_overall_output_frames, MoviePipelineLibrary.get_root_frame_number
if VERSION < (5, 0):
    del (
        MoviePipelineLibrary.get_current_segment_state,
        MoviePipelineLibrary.update_job_shot_list_from_sequence,
    )
if WISHES.get("only_percentage"):
    for _name in list(MoviePipelineLibrary.__dict__):
        if _name.startswith(("get_", "update_")) and _name != "get_completion_percentage":
            delattr(MoviePipelineLibrary, _name)


class MovieSceneSequenceExtensions:
    """What the plug-in SequencerScripting tells of sequences."""

    @staticmethod
    def get_playback_start(sequence):
        return sequence._inner["facts"].get("start", 0)

    @staticmethod
    def get_playback_end(sequence):
        return sequence._inner["facts"].get("end", 24)

    @staticmethod
    def get_display_rate(sequence):
        return FrameRate(*sequence._inner["facts"].get("fps", (24, 1)))


if WISHES.get("no_scripting"):
    del MovieSceneSequenceExtensions
elif not WISHES.get("no_sequence_methods"):
    for _name in ("get_playback_start", "get_playback_end", "get_display_rate"):
        setattr(LevelSequence, _name, getattr(MovieSceneSequenceExtensions, _name))


class MoviePipelineExecutorBase(Scripted):
    properties = {"pipeline_queue": None, "user_data": "", "target_pipeline_class": None}

    def on_begin_frame(self):
        self._inner["begun_frames"] = self._inner.get("begun_frames", 0) + 1

    def is_rendering(self):
        return False

    def on_executor_finished_impl(self):
        STATE["is_exit_requested"] += 1


class MoviePipelinePythonHostExecutor(MoviePipelineExecutorBase):
    def execute_delayed(self, queue):
        raise NotImplementedError

    def get_last_loaded_world(self):
        return self._inner.get("world")


class SystemLibrary:
    """Functions about the editor itself."""

    @staticmethod
    def get_command_line():
        return STATE["command_line"]

    @staticmethod
    def parse_command_line(line):
        tokens, switches, parameters = [], [], []
        for word in line.split():
            if not word.startswith("-"):
                tokens.append(word)
            elif "=" in word:
                name, _equals, value = word[1:].partition("=")
                parameters.append((name, value))
            else:
                switches.append(word[1:])
        return tokens, switches, NEW_MAP(parameters)

    @staticmethod
    def get_engine_version():
        return ".".join(map(str, VERSION)) + "-12345+++UE5+Release"

    @staticmethod
    def quit_game(world, player, preference, ignore_platform_restrictions):
        STATE["quits"] += 1


def new_object(kind, outer=None, name="", base_type=None):
    if kind is None:
        raise TypeError("new_object needs a class")
    return kind(outer, name)


def load_asset(path):
    if not isinstance(path, str):
        raise TypeError("load_asset needs a text")
    package = path.partition(".")[0]
    file = os.path.join(STATE["project"], "Content", *package.split("/")[2:]) + ".uasset"
    if not package.startswith("/Game/") or not os.path.isfile(file):
        return None
    with open(file, "rb") as stream:
        data = stream.read()
    if b"STAND-IN:" not in data:
        return None
    return _make_asset(package, json.loads(data.partition(b"STAND-IN:")[2].decode()))


def _make_asset(package, facts):
    name = package.rpartition("/")[2]
    if facts["kind"] == "sequence":
        asset = LevelSequence(None, name)
    elif facts["kind"] == "preset":
        asset = _fill(CONFIG_TYPE(None, name), facts)
    elif facts["kind"] == "graph" and VERSION >= (5, 3):
        asset = MovieGraphConfig(None, name)
    elif facts["kind"] == "queue":
        asset = _make_queue(name, facts)
    else:
        asset = Object(None, name)
    asset._inner["facts"] = facts
    return asset


def _fill(config, facts):
    for kind in facts.get("passes", ["MoviePipelineDeferredPassBase"]):
        config._add(globals()[kind])
    for name in facts.get("layers", []):
        config._inner["settings"][1]._values["additional_post_process_materials"].append(
            PostProcessPass(name, True)
        )
    for kind in facts.get("outputs", ["MoviePipelineImageSequenceOutput_PNG"]):
        config._add(globals()[kind])
    for kind, values in facts.get("settings", {}).items():
        setting = config.find_or_add_setting_by_class(globals()[kind])
        for key, value in values.items():
            setting._values[key] = FrameRate(*value) if key == "output_frame_rate" else value
    return config


def _make_queue(name, facts):
    queue = MoviePipelineQueue(None, name)
    for one in facts.get("jobs", []):
        job = queue.allocate_new_job(MoviePipelineExecutorJob)
        job._values["job_name"] = one.get("name", "job")
        job.sequence = SoftObjectPath(one["sequence"])
        job._values["map"] = SoftObjectPath(one.get("map", ""))
        job._inner["enabled"] = one.get("enabled", True)
        if one.get("preset"):
            job.set_preset_origin(load_asset(one["preset"]))
        elif one.get("graph"):
            job._inner["graph"] = load_asset(one["graph"])
        else:
            _fill(job._inner["config"], one)
        for shot in job._values["shot_info"]:
            shot._values["enabled"] = shot._values["outer_name"] not in one.get("off", [])
    return queue
