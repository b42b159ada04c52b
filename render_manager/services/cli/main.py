"""The commands, their options and their exit codes; each hands over to a module that does the work."""

import io
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer

from render_manager.domain.errors import RenderManagerError
from render_manager.domain.jobspec import Existing
from render_manager.domain.limits import Limits
from render_manager.domain.texts import gettext as _
from render_manager.engines.preparing import JobRequest
from render_manager.services.cli.checking import Checking
from render_manager.services.cli.looking import show_engines, show_log, show_scene
from render_manager.services.cli.quitting import quit_running
from render_manager.services.cli.rendering import RenderSession
from render_manager.services.cli.reporting import Reporting
from render_manager.services.cli.session import (
    EXIT_BAD_INPUT,
    EXIT_FRAMES_FAILED,
    EXIT_GOOD,
    EXIT_INTERRUPTED,
    Composition,
    Speaker,
)
from render_manager.services.cli.stored_queue import StoredQueue
from render_manager.services.cli.terminal import TerminalView
from render_manager.services.sample import sample_request
from render_manager.system.identity import program_and_version
from render_manager.system.logs import start_logging
from render_manager.system.paths import AppPaths, app_paths
from render_manager.system.settings import load_settings

P = ParamSpec("P")


def _folder(text: str) -> Path:
    """Return a folder that was named; an empty name would be the folder one happens to be in."""
    if not text.strip():
        raise typer.BadParameter(_("The name of the folder is empty."))
    return Path(text)


BaseDir = Annotated[
    Path | None,
    typer.Option("--base-dir", parser=_folder, help="Keep all data of this run in one folder."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Frames = Annotated[str, typer.Option("--frames", help="Frames, such as 1-100x5,120.")]
JobId = Annotated[int, typer.Argument(metavar="JOB", help="Number of the job.")]
Slots = Annotated[int | None, typer.Option(min=1, max=64, help="How many engines run at once.")]


def run_command_line(arguments: Sequence[str], composition: Composition) -> int:
    """Run the command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or pipe that cannot hold a character must not end a render.
            stream.reconfigure(errors="backslashreplace")
    app = build_app(composition)
    try:
        app(args=list(arguments), prog_name="render-manager")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return EXIT_GOOD


class Surroundings:
    """What the options before the command say, completed by those behind it."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self.base_dir: Path | None = None
        self.is_verbose = False

    def places(self, base_dir: Path | None) -> AppPaths:
        """Return the folders of this run, which may not be there; nothing is made."""
        return app_paths(base_dir or self.base_dir)

    def paths(self, base_dir: Path | None) -> AppPaths:
        """Return the folders of this run, made, with the log started."""
        paths = self.places(base_dir)
        paths.make()
        start_logging(paths, is_verbose=self.is_verbose)
        return paths

    def session(self, base_dir: Path | None, *, is_json: bool) -> RenderSession:
        """Return what the rendering commands work with."""
        paths = self.paths(base_dir)
        return RenderSession(
            composition=self.composition,
            paths=paths,
            settings=load_settings(paths),
            speaker=Speaker(is_json=is_json),
            view=None if is_json else TerminalView(),
        )

    def stored_queue(self, base_dir: Path | None, *, is_json: bool) -> StoredQueue:
        """Return what the queue commands work with."""
        paths = self.paths(base_dir)
        return StoredQueue(
            composition=self.composition,
            paths=paths,
            settings=load_settings(paths),
            speaker=Speaker(is_json=is_json),
        )


def build_app(composition: Composition) -> typer.Typer:
    """Return the command line with all its commands."""
    around = Surroundings(composition)
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback(invoke_without_command=True)
    def common(
        context: typer.Context,
        base_dir: BaseDir = None,
        verbose: Annotated[bool, typer.Option("--verbose", help="Show the log on standard error.")] = False,
        version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False,
    ) -> None:
        """Render scenes of Blender, Maya, Unreal and others; without a command it opens the window."""
        around.base_dir, around.is_verbose = base_dir, verbose
        if version:
            sys.stdout.write(f"{program_and_version()}\n")
            raise typer.Exit
        if context.invoked_subcommand is None:
            raise typer.Exit(composition.open_window(base_dir, [], False))

    _add_rendering(app, around)
    _add_queue(app, around)
    _add_looking(app, around)
    _add_night(app, around)
    return app


def _command(app: typer.Typer, name: str) -> Callable[[Callable[P, int | None]], Callable[P, None]]:
    """Register a command whose return value is the exit code, and whose errors are sentences."""

    def register(function: Callable[P, int | None]) -> Callable[P, None]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                code = function(*args, **kwargs) or EXIT_GOOD
            except RenderManagerError as error:
                Speaker(is_json=False).error(str(error))
                code = EXIT_BAD_INPUT
            except KeyboardInterrupt:
                code = EXIT_INTERRUPTED
            raise typer.Exit(code)

        app.command(name)(run)
        return run

    return register


def _add_rendering(app: typer.Typer, around: Surroundings) -> None:
    @_command(app, "render")
    def render(
        files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenes to render.")],
        engine: Annotated[str, typer.Option("--engine", metavar="ID", help="Engine, such as blender.")] = "",
        frames: Frames = "",
        output: Annotated[
            Path | None, typer.Option("--output", parser=_folder, help="Folder for the frames.")
        ] = None,
        slots: Slots = None,
        retries: Annotated[int | None, typer.Option(min=0, max=100, help="Tries after the first.")] = None,
        retry_delay: Annotated[
            float | None, typer.Option("--retry-delay", min=0, help="Seconds before a retry.")
        ] = None,
        priority: Annotated[int | None, typer.Option(min=0, max=10, help="0 to 10, high first.")] = None,
        existing: Annotated[
            Existing | None, typer.Option("--existing", help="What to do about files that are there.")
        ] = None,
        options: Annotated[
            list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Option of the engine.")
        ] = None,
        silence: Annotated[
            float | None,
            typer.Option("--silence", min=0, help="Seconds without a sign of life; 0 for ever."),
        ] = None,
        frame_limit: Annotated[
            float | None, typer.Option("--frame-limit", min=0, help="Seconds one frame may take.")
        ] = None,
        memory_limit: Annotated[
            float | None, typer.Option("--memory-limit", min=0, max=1e6, help="Gigabytes an engine may use.")
        ] = None,
        copy_scene: Annotated[
            bool, typer.Option("--copy-scene", help="Render from a copy of the scene.")
        ] = False,
        project: Annotated[str, typer.Option("--project", help="Project the job belongs to.")] = "",
        as_json: AsJson = False,
        base_dir: BaseDir = None,
    ) -> int:
        """Render scenes in this process, without a window."""
        requests = [
            JobRequest(
                path=path,
                engine=engine,
                frames=frames,
                output=output,
                retries=retries,
                retry_delay_s=retry_delay,
                priority=priority,
                existing=existing,
                project=project,
                options=_options(options or []),
                limits=Limits(
                    silence_s=silence,
                    frame_s=frame_limit,
                    memory_bytes=None if memory_limit is None else int(memory_limit * 2**30),
                ),
                keeps_copy=copy_scene,
            )
            for path in files
        ]
        return around.session(base_dir, is_json=as_json).render(requests, slots=slots)

    @_command(app, "resume")
    def resume(slots: Slots = None, as_json: AsJson = False, base_dir: BaseDir = None) -> int:
        """Go on with whatever is unfinished."""
        return around.session(base_dir, is_json=as_json).resume(slots=slots)

    @_command(app, "demo")
    def demo(
        headless: Annotated[bool, typer.Option("--headless", help="In the terminal.")] = False,
        as_json: AsJson = False,
        base_dir: BaseDir = None,
    ) -> int:
        """Render the sample scene, in the window if there is a display."""
        if not headless and not as_json:
            return around.composition.open_window(base_dir or around.base_dir, [], True)
        session = around.session(base_dir, is_json=as_json)
        return session.render([sample_request(session.paths, session.settings)], slots=None)


def _add_queue(app: typer.Typer, around: Surroundings) -> None:
    @_command(app, "jobs")
    def jobs(as_json: AsJson = False, base_dir: BaseDir = None) -> None:
        """List the stored jobs."""
        around.stored_queue(base_dir, is_json=as_json).list_jobs()

    @_command(app, "frames")
    def frames(job: JobId, as_json: AsJson = False, base_dir: BaseDir = None) -> None:
        """List the frames of a job."""
        around.stored_queue(base_dir, is_json=as_json).list_frames(job)

    @_command(app, "retry")
    def retry(
        job: JobId,
        frames: Frames = "",
        failed: Annotated[bool, typer.Option("--failed", help="Only failed and cancelled ones.")] = False,
        as_json: AsJson = False,
        base_dir: BaseDir = None,
    ) -> None:
        """Queue frames of a job again: the failed and cancelled ones, or those named."""
        around.stored_queue(base_dir, is_json=as_json).retry(job, frames, failed_only=failed)

    @_command(app, "cancel")
    def cancel(job: JobId, frames: Frames = "", as_json: AsJson = False, base_dir: BaseDir = None) -> None:
        """Cancel a job, or some of its frames."""
        around.stored_queue(base_dir, is_json=as_json).cancel(job, frames)

    @_command(app, "quit")
    def leave(
        timeout: Annotated[
            float, typer.Option("--timeout", min=0, max=3600, help="Seconds to wait for its end.")
        ] = 60.0,
        as_json: AsJson = False,
        base_dir: BaseDir = None,
    ) -> int:
        """End the Render Manager that runs, as if its window were closed, without a question."""
        return quit_running(around.places(base_dir), Speaker(is_json=as_json), timeout_s=timeout)


def _add_night(app: typer.Typer, around: Surroundings) -> None:
    @_command(app, "check")
    def check(
        test_frame: Annotated[
            bool, typer.Option("--test-frame", help="Also render one frame of each job, for a test.")
        ] = False,
        as_json: AsJson = False,
        base_dir: BaseDir = None,
    ) -> int:
        """Say what would stop the night; exit code 1 when something would."""
        paths = around.paths(base_dir)
        checking = Checking(around.composition, paths, load_settings(paths), Speaker(is_json=as_json))
        return checking.check(tests_frames=test_frame)

    @_command(app, "report")
    def report(
        since: Annotated[
            str, typer.Option("--since", metavar="TIME", help="As 2026-03-07 18:00, 18:00, 12h or 3d.")
        ] = "",
        html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page.")] = None,
        as_json: AsJson = False,
        base_dir: BaseDir = None,
    ) -> None:
        """Say what was rendered and what failed; without --since, since you were last at the window."""
        paths = around.paths(base_dir)
        Reporting(around.composition, paths, Speaker(is_json=as_json)).report(since, html)


def _add_looking(app: typer.Typer, around: Surroundings) -> None:
    def catalog(base_dir: Path | None) -> Any:
        paths = around.paths(base_dir)
        return around.composition.build_catalog(paths, load_settings(paths))

    @_command(app, "inspect")
    def inspect(
        file: Annotated[Path, typer.Argument(metavar="FILE", help="Scene to read.")],
        engine: Annotated[str, typer.Option("--engine", metavar="ID", help="Engine, such as blender.")] = "",
        scene: Annotated[str, typer.Option("--scene", help="One of several scenes in the file.")] = "",
        as_json: AsJson = False,
        base_dir: BaseDir = None,
    ) -> None:
        """Say what a scene file says, without starting its engine."""
        show_scene(Speaker(is_json=as_json), catalog(base_dir), file, engine, scene)

    @_command(app, "engines")
    def engines(as_json: AsJson = False, base_dir: BaseDir = None) -> None:
        """List the engines found, and where each was looked for."""
        show_engines(Speaker(is_json=as_json), catalog(base_dir))

    @_command(app, "self-test")
    def self_test(
        screenshot: Annotated[
            Path | None,
            typer.Option("--screenshot", metavar="FILE", help="Save a picture of the window (PNG)."),
        ] = None,
        as_json: AsJson = False,
        base_dir: BaseDir = None,
    ) -> int:
        """Check this installation end to end; nothing of it is left behind."""
        settings = load_settings(around.places(base_dir))
        is_good = around.composition.self_test(Speaker(is_json=as_json), settings, screenshot)
        return EXIT_GOOD if is_good else EXIT_FRAMES_FAILED

    @_command(app, "explain")
    def explain(
        log: Annotated[Path, typer.Argument(metavar="LOG", help="Log of an engine, from anywhere.")],
        engine: Annotated[str, typer.Option("--engine", metavar="ID", help="Engine that wrote it.")] = "",
        as_json: AsJson = False,
        base_dir: BaseDir = None,
    ) -> None:
        """Say what a log says: frames, files, what went wrong, and what to do."""
        show_log(Speaker(is_json=as_json), catalog(base_dir), log, engine)


def _options(pairs: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise typer.BadParameter(
                _("“{pair}” is not KEY=VALUE, as in --set samples=16.").format(pair=pair)
            )
        values[name.strip().replace("-", "_")] = value
    return values
