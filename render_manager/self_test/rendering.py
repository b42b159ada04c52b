"""Are frames rendered: by a stand-in through the whole chain, and by a Blender where there is one."""

import json
import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from render_manager.assembly import Core, build_catalog, build_core, plain_pools
from render_manager.domain.changes import ChangeSet, FrameRow
from render_manager.domain.commands import SubmitJob
from render_manager.domain.facts import FrameFailed, JobFinished
from render_manager.domain.jobspec import Existing
from render_manager.domain.states import AttemptOutcome, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.engines.preparing import JobRequest, Preparation, prepare
from render_manager.media import examine
from render_manager.self_test.own_program import stand_in_command
from render_manager.self_test.results import Bench, FailedCheck, SkippedCheck
from render_manager.system.paths import AppPaths, app_paths
from render_manager.system.resources import resource
from render_manager.system.settings import Settings

RENDER_LIMIT_S = 180.0
FRAMES, FAILING = "1-4", 3
ENGINE = "self-test-stand-in"
_DEFINITION = """
id = "{engine}"
name = "Stand-in"
suffixes = [".stand-in"]
[program]
paths = [{program}]
[run]
mode = "batch"
arguments = [
    {arguments}
    ["--scene", "{{scene}}", "--out", "{{staging}}", "--stem", "{{stem}}"],
    ["--first", "{{first}}", "--last", "{{last}}", "--fail-once", "{failing}"],
]
[patterns]
frame_started = '^frame (?P<frame>[0-9]+) begins'
progress = '^progress (?P<percent>[0-9]+) %'
file_written = '^wrote (?P<file>.+)$'
frame_done = '^frame (?P<frame>[0-9]+) ends'
run_done = '^stand-in ends'
[[messages]]
code = "on-purpose"
pattern = '^ERROR: frame (?P<frame>[0-9]+) fails once'
meaning = "Frame {{frame}} failed on purpose."
kind = "fatal"
"""


def check_stand_in(bench: Bench) -> str:
    """Render with this program as the renderer: one frame fails at first and is tried again."""
    folder = bench.place("stand-in 渲染")
    paths = app_paths(folder / "data")
    paths.make()
    paths.own_engines.mkdir(exist_ok=True)
    (paths.own_engines / f"{ENGINE}.toml").write_text(_definition(), "utf-8")
    scene = folder / "scene 场景.stand-in"
    scene.write_text("nothing", "utf-8")
    settings = bench.settings.model_copy(update={"slots": 1, "thumbnail_dir": None})
    request = JobRequest(
        path=scene,
        engine=ENGINE,
        frames=FRAMES,
        output=folder / "frames 帧",
        retries=1,
        retry_delay_s=0.0,
        existing=Existing.OVERWRITE,
    )

    def judge(core: Core, prepared: Preparation, failures: Sequence[FrameFailed]) -> str:
        rows = core.reader.frames(1)
        _judge_states(rows, failures)
        _judge_files(rows, prepared.spec.output_dir)
        _judge_attempts(core)
        return _(
            "{count} frames rendered and one of them tried twice; files, pictures and logs are there"
        ).format(count=len(rows))

    return _rendered(paths, settings, request, judge)


def _definition() -> str:
    """Return the definition of this program as a user's own renderer; strings of JSON are strings of TOML."""
    program, *arguments = (json.dumps(word, ensure_ascii=False) for word in stand_in_command())
    return _DEFINITION.format(
        engine=ENGINE, program=program, arguments="".join(f"{one}, " for one in arguments), failing=FAILING
    )


def _judge_states(rows: Sequence[FrameRow], failures: Sequence[FrameFailed]) -> None:
    tries = {row.number: row.attempts for row in rows}
    if any(row.state is not FrameState.COMPLETED for row in rows) or not rows:
        reasons = " ".join(failure.reason for failure in failures)
        raise FailedCheck(
            _("Not all frames were rendered: {states}. {reasons}").format(
                states=", ".join(f"{row.number} {row.state}" for row in rows), reasons=reasons
            )
        )
    if [failure.frame for failure in failures] != [FAILING] or tries[FAILING] != 2:
        raise FailedCheck(
            _("Frame {frame} should have failed once; it was tried {tries} times.").format(
                frame=FAILING, tries=tries[FAILING]
            )
        )


def _judge_files(rows: Sequence[FrameRow], folder: Path) -> None:
    for row in rows:
        path = Path(row.outputs[0])
        if path.parent != folder:
            raise FailedCheck(_("{path} is not in the folder {folder}.").format(path=path, folder=folder))
        # Raises a sentence about what is wrong with it.
        examine(path)
        if not row.thumbnail or not Path(row.thumbnail).stat().st_size:
            raise FailedCheck(_("There is no thumbnail of {path}.").format(path=path))


def _judge_attempts(core: Core) -> None:
    first, second = sorted(
        (one for one in core.reader.attempts(1) if one.frame == FAILING), key=lambda one: one.number
    )
    if (first.outcome, first.code) != (AttemptOutcome.FAILED, "on-purpose"):
        raise FailedCheck(_("The first try ended with “{reason}”.").format(reason=first.reason))
    for attempt, wanted in ((first, "fails once"), (second, f"frame {FAILING} ends")):
        log = Path(attempt.log_path)
        if wanted not in log.read_text("utf-8", "replace"):
            raise FailedCheck(_("The log {path} does not hold what was said.").format(path=log))


def check_blender(bench: Bench) -> str:
    """Render the sample with a Blender, where one is found."""
    folder = bench.place("blender")
    paths = app_paths(folder / "data")
    paths.make()
    settings = bench.settings.model_copy(update={"slots": 1, "max_retries": 0, "thumbnail_dir": None})
    request = JobRequest(
        path=resource("sample", "sample_scene.blend"),
        frames="1-2",
        output=folder / "frames",
        existing=Existing.OVERWRITE,
        options={"resolution_percent": 20, "samples": 1},
    )

    def judge(core: Core, prepared: Preparation, failures: Sequence[FrameFailed]) -> str:
        done = sum(row.state is FrameState.COMPLETED for row in core.reader.frames(1))
        if done != len(prepared.spec.frames):
            reasons = " ".join(failure.reason for failure in failures)
            raise FailedCheck(reasons or _("{done} of 2 frames were rendered.").format(done=done))
        return _("2 frames rendered by Blender {version}").format(version=prepared.installation.version_text)

    return _rendered(paths, settings, request, judge)


Judge = Callable[[Core, Preparation, Sequence[FrameFailed]], str]


def _rendered(paths: AppPaths, settings: Settings, request: JobRequest, judge: Judge) -> str:
    """Render a job in a core of its own, and return what is judged of it before the core is stopped."""
    catalog = build_catalog(paths, settings)
    catalog.refresh()
    if request.engine != ENGINE and not catalog.installations("blender"):
        raise SkippedCheck(_("No Blender was found; “engines” says where it was looked for."))
    complaints = catalog.complaints()
    if request.engine == ENGINE and complaints:
        raise FailedCheck(" ".join(complaints))
    prepared = prepare(request, catalog=catalog, settings=settings)
    changes: queue.SimpleQueue[ChangeSet] = queue.SimpleQueue()
    core = build_core(
        paths=paths, settings=settings, catalog=catalog, subscribers=[changes.put], pools=plain_pools()
    )
    core.start()
    try:
        core.post(SubmitJob(replace(prepared.spec, priority=5)))
        failures = _wait_for_end(changes)
        return judge(core, prepared, failures)
    finally:
        core.stop()


def _wait_for_end(changes: "queue.SimpleQueue[ChangeSet]") -> list[FrameFailed]:
    """Wait until the job is finished; return what failed."""
    failures: list[FrameFailed] = []
    deadline = time.monotonic() + RENDER_LIMIT_S
    while True:
        try:
            batch = changes.get(timeout=max(deadline - time.monotonic(), 0.01))
        except queue.Empty:
            raise FailedCheck(
                _("Rendering took longer than {limit:.0f} s.").format(limit=RENDER_LIMIT_S)
            ) from None
        for fact in batch.facts:
            if isinstance(fact, FrameFailed):
                failures.append(fact)
            if isinstance(fact, JobFinished):
                return failures
