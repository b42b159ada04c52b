"""Reads Unreal's output line by line, and that of our own script inside it.

Lines come with a time and a tick in front, or without; a farm may put more there. A message of many lines
has them on its first one only. So lines are searched and not anchored (`engines/unreal.md` section 3). At the
usual verbosity there is no line for a frame or a file: those come from our script, and by its files.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PureWindowsPath

from render_manager.domain.naming import frame_number
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import (
    EngineEvent,
    EngineGaveUp,
    EngineReady,
    FileWritten,
    FrameAdvanced,
    FrameBegan,
    FrameEnded,
    FrameErred,
    PhaseEntered,
    Remark,
)
from render_manager.engines.unreal.log_ends import LogEnd, remark_at_end
from render_manager.engines.unreal.messages import Message, MessageReader, WrongTypeError
from render_manager.engines.unreal.phases import PhaseWatch
from render_manager.engines.unreal.rules import OWN_CODES, find, is_telling

_LONGEST = 65_536
"""Characters of a line that are looked at."""
_LONGEST_TOLD = 2_000
"""Characters of a line that the rules look at."""
_MOST_REPEATS = 20
"""How often a worker says the same code."""

_JOBS_BEGIN = re.compile(r"MoviePipelineLinearExecutorBase starting ([0-9]{1,6}) jobs")
_DONE = re.compile(
    r"MoviePipelineLinearExecutorBase finished [0-9]+ jobs|Movie Graph Render completed"
    r"|Render Executor: Rendering is complete"
)
_UNREALS = re.compile(
    r"\bLog(?:MovieRenderPipeline|Python|ShaderCompilers|Init|Exit|D3D1[12]RHI|Windows|Stall|RHI|PluginManager"
    r"|Texture|World|Load|Streaming|UObject\w*|Linker|Config|VulkanRHI|Core)\w*:"
    r"|MoviePipeline(?:Linear|InProcess|Python)|^\s*\[\d{4}\.\d\d\.\d\d-\d\d\.\d\d\.\d\d:\d{3}\]\[\s*\d+\]"
)
"""Lines that other programs do not print."""
_RENDERS = (
    "MovieRenderPipeline",
    "MoviePipeline",
    "Camera Cut [",
    "Moving to Finalize",
    " Passes. Total resolution",
)
_CRASHES = frozenset({"crashed", "gpu-lost", "gpu-out-of-memory", "out-of-memory"})
"""Codes of remarks on an editor that goes down: each is said once, and none matters once all is rendered."""
_RANGE = re.compile(r"Registering range: \[(-?[0-9]{1,12}),(-?[0-9]{1,12})\)")


class UnrealParser:
    """One editor's output as events; with an empty token, a log from anywhere. For one thread at a time."""

    def __init__(self, token: str) -> None:
        """Take the token of our script's lines."""
        self._is_ours = bool(token)
        self._messages = MessageReader(token)
        self._phases = PhaseWatch()
        self._begun: set[int] = set()
        self._ended: set[int] = set()
        self._at_work: int | None = None
        self._percent: dict[int, float] = {}
        self._repeats: dict[str, int] = {}
        self._end = LogEnd()
        self._is_unreals = False
        self._is_graph = False
        self._most_jobs = 0
        self._downfalls: set[str] = set()

    @property
    def is_recognised(self) -> bool:
        """Whether a line was read that only Unreal prints."""
        return self._is_unreals or self._messages.has_any

    @property
    def renderer(self) -> str:
        """Name of the part of Unreal that renders, as far as the lines read tell it."""
        if self._is_graph:
            return "Movie Render Graph"
        return "Movie Render Queue" if self._end.has_begun or self._messages.has_any else ""

    @property
    def is_complete(self) -> bool:
        """Whether a line said that the whole render is done, which it may without naming a frame."""
        return self._end.is_done

    def feed(self, line: str) -> Sequence[EngineEvent]:
        """Read one line without its end."""
        if len(line) > _LONGEST:
            line = line[:_LONGEST]
        if "@RM" in line:
            messages = self._messages.read(line)
            if messages is not None:
                return [event for message in messages for event in self._obey(message)]
        return self._read(line)

    def finish(self, outcome: ProcessOutcome | None) -> Sequence[EngineEvent]:
        """Say what it means that the output ends here."""
        self._end.has_messages = self._messages.has_any
        self._end.is_compiling = self._phases.is_compiling
        self._end.shaders_left = self._phases.shaders_left
        remark = remark_at_end(self._end, outcome, is_ours=self._is_ours)
        return () if remark is None else (remark,)

    def _obey(self, message: Message) -> Sequence[EngineEvent]:
        try:
            return self._events(message)
        except WrongTypeError:
            return ()

    def _events(self, message: Message) -> Sequence[EngineEvent]:
        match message.name:
            case "ready":
                return (EngineReady(message.text("unreal", "").partition("-")[0]),)
            case "phase":
                return self._phase(self._phases.enter(message.text("phase"), message.count("total")))
            case "progress":
                return self._progress(message)
            case "files":
                return [_written(path) for path in message.texts("files")]
            case "frame_ended":
                return self._frame_ended(message)
            case "frame_failed":
                frame = message.frame()
                return (*self._begin(frame), FrameErred(frame, message.text("error")))
            case "warning":
                text = message.text("text")
                sentence = text if text.endswith(".") else f"{text}."
                return self._said(Remark(message.text("code"), Severity.WARNING, text, sentence, advice=""))
            case "failed":
                self._end.has_failed = True
                return (EngineGaveUp(message.text("code"), message.text("error")),)
            case "result":
                self._end.has_result = True
                self._end.is_done = message.values.get("success") is True
        return ()

    def _progress(self, message: Message) -> Sequence[EngineEvent]:
        """Read which frame is at work.

        Those that went by unseen do not begin: what the editor goes down at is charged to a frame that began.
        """
        frame, percent = message.frame(), message.percent()
        sample, samples = message.count("sample"), message.count("samples")
        events: list[EngineEvent] = []
        if frame != self._at_work:
            # Before the next one begins, for the frame that is spoken of last is taken for the one at work.
            events += self._rendered(self._at_work)
            events += self._begin(frame)
            self._at_work = frame
        if percent is not None:
            percent = self._percent[frame] = max(percent, self._percent.get(frame, 0.0))
        self._phases.enter("rendering")
        events.append(FrameAdvanced(frame, percent, _doing(sample, samples)))
        return events

    def _rendered(self, frame: int | None) -> Sequence[EngineEvent]:
        """Say of a frame that was at work that its files are on their way to the disk."""
        if frame is None or frame in self._ended:
            return ()
        return (FrameAdvanced(frame, self._percent.get(frame), _("being written")),)

    def _frame_ended(self, message: Message) -> Sequence[EngineEvent]:
        frame = message.frame()
        files = [FileWritten(frame, path) for path in message.texts("files")]
        if frame in self._ended:
            return files
        began = self._begin(frame)
        self._ended.add(frame)
        self._percent.pop(frame, None)
        return (*began, *files, FrameEnded(frame))

    def _begin(self, frame: int) -> Sequence[EngineEvent]:
        if frame in self._begun:
            return ()
        self._begun.add(frame)
        return (FrameBegan(frame),)

    def _phase(self, text: str) -> Sequence[EngineEvent]:
        return (PhaseEntered(text),) if text else ()

    def _read(self, text: str) -> Sequence[EngineEvent]:
        self._is_unreals = self._is_unreals or _UNREALS.search(text) is not None
        is_about_plugin = "LogPluginManager:" in text  # Each editor lists Movie Render Queue among its own.
        if not is_about_plugin and (
            any(piece in text for piece in _RENDERS) or "Render Executor: " in text or "Movie Graph" in text
        ):
            events = self._read_render(text)
            if events:
                return events
        if "LogExit:" in text:
            self._end.has_closed = True
        events = self._phase(self._phases.read(text))
        if is_telling(text.lower()):
            events = (*events, *self._said(find(text[:_LONGEST_TOLD])))
        return events

    def _read_render(self, text: str) -> Sequence[EngineEvent]:
        """Read what Movie Render Queue says about a render as a whole."""
        self._end.has_begun = self._is_unreals = True
        self._is_graph = self._is_graph or "Movie Graph" in text or "MovieGraph" in text
        if _DONE.search(text) is not None:
            self._end.is_done = not self._end.has_failed
            return ()
        match = _RANGE.search(text)
        if match is not None:
            self._end.ticks = (int(match[1]), int(match[2]))
            return ()
        match = _JOBS_BEGIN.search(text)
        if match is None:
            return ()
        self._end.is_done = False
        jobs, most = int(match[1]), self._most_jobs
        self._most_jobs = max(jobs, most)
        if most and jobs > most:
            meaning = _(
                "The queue still holds the jobs of renders before: {jobs} are started now, {most} were then."
            ).format(jobs=jobs, most=most)
            advice = _("Empty the queue before each render, or all of them are rendered again.")
            return self._said(Remark("queue-grows", Severity.WARNING, text.strip(), meaning, advice))
        return ()

    def _said(self, remark: Remark | None) -> Sequence[EngineEvent]:
        if remark is None:
            return ()
        self._is_unreals = self._is_unreals or remark.code in OWN_CODES
        if remark.code in _CRASHES:
            if self._downfalls & {remark.code} or (remark.code == "crashed" and self._downfalls):
                return ()
            self._downfalls.add(remark.code)
            if self._end.is_done:
                remark = _at_exit(remark)
        self._end.has_failed = self._end.has_failed or remark.fatal
        if self._is_ours:
            count = self._repeats.get(remark.code, 0) + 1
            self._repeats[remark.code] = count
            if count > _MOST_REPEATS:
                return ()
        return (remark,)


def _doing(sample: int | None, samples: int | None) -> str:
    if sample is None or not samples or samples < 2:
        return _("rendering")
    return _("sample {sample} of {samples}").format(sample=min(sample + 1, samples), samples=samples)


def _at_exit(remark: Remark) -> Remark:
    """Return what a crash means that came when nothing was left to do."""
    return replace(
        remark,
        code="crashed-at-exit",
        severity=Severity.WARNING,
        fatal=False,
        permanent=False,
        meaning=_("Unreal crashed while it closed, after all was rendered; the frames are good."),
        advice="",
    )


def _written(path: str) -> FileWritten:
    name = PureWindowsPath(path).stem
    return FileWritten(frame_number(name) if len(name) < 250 else None, path)
