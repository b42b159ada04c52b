"""Looks like UnrealEditor-Cmd to Render Manager, and misbehaves on request; standard library only.

Runs our executor script, found by `UE_PYTHONPATH` as the real editor does, against the stub of Unreal's
Python module in `unreal_stub/`. What to do wrong stands as JSON in the environment variable STAND_IN_UNREAL:

version                     of the engine, such as "5.4.4": which names the stub has
delay, start_delay          seconds a frame, the start takes
sample_delay                seconds each sample of a frame takes
gate                        file without which no frame is finished
crash_at, fatal_at, gpu_lost_at, video_memory_at, hang_at, stall_at    frames at which the editor goes down,
                            stops, or ticks without getting on
no_file_at, empty_at, truncate_at, half_at, missing_pass_at     frames whose files go wrong; `half_at` also hangs
once                        folder for marks: each thing goes wrong only the first time
crash_at_exit               goes down while it closes, with all frames on disk
zero_passes, no_shots, not_successful, silent_initialize    what Movie Render Queue makes of the job
no_world, no_target_class, no_scripting, no_sequence_methods, only_percentage, no_step, old_pass_names
                            what this engine lacks
shaders                     how many shaders are compiled first
silent                      standard output comes only at the end, as through a pipe on Windows
no_result                   the editor ends with 0 as soon as the first range is being written
exit_code                   code to end with
flood                       bytes of output before each frame
invalid_utf8                prints bytes that are no text
ignore_terminate            does not react to SIGTERM
ignore_exit                 stays open after it was asked to end
children                    starts ShaderCompileWorker, CrashReportClient and zenserver, which stay
no_script                   our executor class does not come up
log, pids                   files to which every picture, every process is added
"""

import json
import os
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "unreal_stub"))

import stub_render  # noqa: E402 - the path comes first
from stub_render import WISHES, log, note  # noqa: E402

CHILDREN = ("ShaderCompileWorker", "CrashReportClient", "zenserver")
TICK_S = 0.001
HOST = "/Script/MovieRenderPipelineCore.MoviePipelinePythonHostExecutor"


def main():
    arguments = sys.argv[1:]
    note("pids", "%d editor" % os.getpid())
    if WISHES.get("ignore_terminate"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if WISHES.get("children"):
        start_children()
    switches = {}
    for word in arguments:
        if word.startswith("-"):
            name, _equals, value = word[1:].partition("=")
            switches[name.lower()] = value
    names = [word for word in arguments if not word.startswith("-")]
    if not names or not os.path.isfile(names[0]):
        log("LogInit: Error: Failed to open descriptor file '%s'." % (names[0] if names else ""))
        return 1
    return run(names, switches, arguments)


def run(names, switches, arguments):
    """Start, load and render as the real editor does, with its lines."""
    project, opened = names[0], (names[1] if len(names) > 1 else "").partition("?")[0]
    log("LogInit: Display: Running engine for game: %s" % os.path.basename(project))
    log(
        "LogMovieRenderPipeline: Detected that the user intends to render a movie. Waiting until engine loop init "
    )
    time.sleep(WISHES.get("start_delay", 0))
    if "game" not in switches:
        log("LogInit: Display: Engine is initialized. Leaving FEngineLoop::Init()")
        return 0
    if switches.get("moviepipelinelocalexecutorclass") != HOST or not has_plugin(
        project, switches, "MovieRenderPipeline"
    ):
        stub_render.crash(
            "LogMovieRenderPipeline: Fatal: Failed to load specified Local Executor class. Executor Class: %s"
            % switches.get("moviepipelinelocalexecutorclass"),
            code=1,
        )
    compile_shaders()
    if not map_file(project, opened):
        log("LogLoad: Error: Failed to enter %s: not found. Please check the log for errors." % opened)
        log("Message dialog: The map specified on the commandline '%s' could not be found. Exiting." % opened)
        return 1
    return render(project, opened, switches, arguments)


def map_file(project, package):
    path = os.path.join(os.path.dirname(project), "Content", *package.split("/")[2:]) + ".umap"
    return package.startswith("/Engine/") or os.path.isfile(path)


def render(project, opened, switches, arguments):
    import stub_editor
    import unreal

    if has_plugin(project, switches, "PythonScriptPlugin"):
        run_init_scripts()
    log(
        "LogMovieRenderPipeline: Successfully detected and loaded required movie arguments. Rendering will begin once the map is loaded."
    )
    log("LogMovieRenderPipeline: ExecutorClass: MoviePipelinePythonHostExecutor")
    editor = stub_editor.Editor(unreal, os.path.dirname(project), " ".join(arguments), opened)
    try:
        if WISHES.get("no_script"):
            raise stub_editor.NoExecutorError
        editor.create(switches.get("executorpythonclass", "").rpartition(".")[2])
    except stub_editor.NoExecutorError:
        stub_render.crash(
            "LogMovieRenderPipeline: Fatal: No class set in Python Host Executor. This does nothing without "
            "setting a class",
            code=1,
        )
    log("LogInit: Display: Engine is initialized. Leaving FEngineLoop::Init()")
    editor.execute()
    while not editor.is_exit_requested:
        editor.tick()
        time.sleep(TICK_S)
        if WISHES.get("no_result") and has_written(editor):
            stub_render.OUTPUT.flush()
            os._exit(0)
    return leave()


def has_written(editor):
    pipeline = editor.pipeline()
    return pipeline is not None and pipeline.get_pipeline_state().name == "EXPORT"


def run_init_scripts():
    """Run each `init_unreal.py` of the search path; the real editor's Python does not read PYTHONPATH."""
    for folder in os.environ.get("UE_PYTHONPATH", "").split(os.pathsep):
        path = os.path.join(folder, "init_unreal.py")
        if folder and os.path.isfile(path):
            sys.path.insert(1, folder)
            with open(path, encoding="utf-8") as file:
                exec(compile(file.read(), path, "exec"), {"__name__": "init_unreal"})


def has_plugin(project, switches, name):
    """Return whether a plug-in is on: by the command line, else as the project says."""
    if name in switches.get("enableplugins", "").split(","):
        return True
    with open(project, encoding="utf-8-sig") as file:
        plugins = json.load(file).get("Plugins", [])
    return any(one.get("Name") == name and one.get("Enabled") for one in plugins)


def compile_shaders():
    left = WISHES.get("shaders", 0)
    while left > 0:
        log("LogShaderCompilers: Display: Worker (1/9): shaders left to compile %d" % left)
        left -= max(WISHES["shaders"] // 10, 1)
        time.sleep(0.002)


def start_children():
    folder = os.path.dirname(os.environ.get("STAND_IN_PROGRAM", sys.argv[0]))
    for name in CHILDREN:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            child = subprocess.Popen([path], start_new_session=True, stdin=subprocess.DEVNULL)
            note("pids", "%d %s" % (child.pid, name))


def leave():
    log("LogExit: Preparing to exit.")
    if WISHES.get("ignore_exit"):
        stub_render.wait_for_ever()
    if stub_render.goes_wrong("crash_at_exit"):
        stub_render.crash(
            "LogWindows: Error: appError called: Assertion failed: !bIsShuttingDown [File:D3D12RHI.cpp] [Line: 41]",
            "LogWindows: Error: === Critical error: ===",
        )
    log("LogShaderCompilers: Display: Shaders left to compile 0")
    log("LogExit: Object subsystem successfully closed.")
    return WISHES.get("exit_code", 0)


if __name__ == "__main__":
    code = main()
    stub_render.OUTPUT.flush()
    os._exit(code)
