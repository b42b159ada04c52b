"""The commands that only look: `inspect`, `engines`, `explain`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from render_manager.domain.errors import UserError
from render_manager.domain.scene import Problem, SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.catalog import Catalog
from render_manager.engines.log_report import LogReport, engine_of_log, explain_log
from render_manager.engines.preparing import absolute, inspect
from render_manager.engines.protocols import Engine
from render_manager.services.cli.session import Speaker

LONGEST_LINE = 1 << 22
"""Characters of a log's line that are looked at; lone carriage returns may be in it, which end none here."""
MOST_CHOICES = 12
"""Names that are shown of each list in the terminal; the JSON holds all."""


def show_scene(speaker: Speaker, catalog: Catalog, path: Path, engine_id: str, scene_name: str) -> None:
    """Say what a scene file says; raises UserError when it is not one."""
    _complain(speaker, catalog)
    scene = inspect(path, catalog, engine_id=engine_id, scene=scene_name)
    values = scene_object(scene)
    if speaker.is_json:
        speaker.object(values)
        return
    speaker.line(str(scene.path))
    unknown = _("the file does not say")
    frames = f"{scene.frame_start}-{scene.frame_end}x{scene.frame_step}"
    # No dictionary: in another language two of the words may be the same.
    rows = [
        (_("engine"), f"{values['engine']} {values['engine_version']}"),
        (_("renderer"), scene.renderer),
        (_("frames"), frames if scene.has_frame_range else unknown),
        (_("frames per second"), f"{scene.fps:g}" if scene.fps else unknown),
        (_("size"), f"{scene.width} x {scene.height}" if scene.width and scene.height else unknown),
        (_("scenes"), ", ".join(scene.scenes)),
        (_("camera"), scene.camera or _("none")),
        (_("cameras"), ", ".join(scene.cameras) or _("none")),
        (_("layers"), ", ".join(scene.layers)),
        (_("output"), f"{scene.output} ({scene.file_format})" if scene.file_format else scene.output),
        *scene.extra.items(),
        *(
            (_("{option} to choose from").format(option=name), _some(names))
            for name, names in scene.choices.items()
        ),
    ]
    rows = [(name, value) for name, value in rows if value]
    width = max(len(name) for name, _value in rows)
    for name, value in rows:
        speaker.line(f"  {name:<{width}}  {value}")
    for problem in scene.problems:
        speaker.line(f"  {problem.severity.value}: {problem.text} {problem.advice}".rstrip())


def scene_object(scene: SceneInfo) -> dict[str, Any]:
    """Return the facts of a scene as JSON values; the names are public and stay."""
    return {
        "engine": scene.engine,
        "frame_start": scene.frame_start,
        "frame_end": scene.frame_end,
        "frame_step": scene.frame_step,
        "fps": scene.fps,
        "width": scene.width,
        "height": scene.height,
        "cameras": list(scene.cameras),
        "layers": list(scene.layers),
        "renderer": scene.renderer,
        "engine_version": scene.engine_version_text,
        "output": scene.output,
        "problems": [_problem_object(problem) for problem in scene.problems],
        "path": str(scene.path),
        "scene": scene.scene,
        "scenes": list(scene.scenes),
        "camera": scene.camera,
        "file_format": scene.file_format,
        "missing_files": list(scene.missing_files),
        "has_frame_range": scene.has_frame_range,
        "choices": {name: list(names) for name, names in scene.choices.items()},
        "extra": dict(scene.extra),
    }


def _some(names: Sequence[str]) -> str:
    """Return the first of many names."""
    return ", ".join(names[:MOST_CHOICES]) + (", …" if len(names) > MOST_CHOICES else "")


def _problem_object(problem: Problem) -> dict[str, str]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "text": problem.text,
        "advice": problem.advice,
    }


def show_engines(speaker: Speaker, catalog: Catalog) -> None:
    """Say which installations there are and where each engine was looked for."""
    catalog.refresh()
    for engine in catalog.engines:
        found = catalog.found(engine.id)
        for one in found.installations:
            if speaker.is_json:
                speaker.object(
                    {
                        "engine": one.engine,
                        "version": one.version_text,
                        "path": str(one.executable),
                        "kind": one.kind.value,
                        "found_by": one.found_by,
                        "key": one.key,
                        "problem": one.problem,
                    }
                )
            else:
                speaker.line(f"{engine.name} {one.version_text}  {one.executable}  ({one.kind.value})")
        for place in found.searched:
            if speaker.is_json:
                speaker.object(
                    {
                        "engine": place.engine,
                        "searched": place.place,
                        "found": place.found,
                        "note": place.note,
                    }
                )
            else:
                mark = _("found") if place.found else _("not found")
                note = f": {place.note}" if place.note else ""
                speaker.line(f"  {mark:<10} {place.place}{note}")
        if not found.installations and not speaker.is_json:
            speaker.line(_("No {engine} was found.").format(engine=engine.name))
    _complain(speaker, catalog)


def _complain(speaker: Speaker, catalog: Catalog) -> None:
    for complaint in catalog.complaints():
        speaker.error(complaint)


def show_log(speaker: Speaker, catalog: Catalog, path: Path, engine_id: str) -> None:
    """Say what an engine's log says; a log of a failed render is a good answer, too.

    Without an engine it is the one that knows a line of it. Raises UserError when none does.
    """
    _complain(speaker, catalog)
    path = absolute(path)
    try:
        engine = catalog.engine(engine_id) if engine_id else _engine_of(catalog, path)
        with _open(path) as lines:
            report = explain_log(engine, bounded_lines(lines))
    except OSError as error:
        raise UserError(
            _("The log {path} cannot be read: {why}.").format(path=path, why=error.strerror)
        ) from error
    if speaker.is_json:
        speaker.object(report.to_json_dict())
    else:
        _tell(speaker, report)


def _open(path: Path) -> IO[str]:
    # Only "\n" ends a line here, so that line numbers are those of the file.
    return path.open(encoding="utf-8", errors="replace", newline="\n")


def bounded_lines(file: IO[str]) -> Iterator[str]:
    """Yield a log's lines; of one that does not end the beginning, however large the file is."""
    while line := file.readline(LONGEST_LINE):
        yield line
        while line and not line.endswith("\n") and len(line) == LONGEST_LINE:
            line = file.readline(LONGEST_LINE)


def _engine_of(catalog: Catalog, path: Path) -> Engine:
    with _open(path) as lines:
        engine = engine_of_log(catalog.engines, bounded_lines(lines))
    if engine is None:
        known = ", ".join(one.id for one in catalog.engines)
        text = _(
            "{path} is the log of no engine that is known. If it is one, name it with --engine: {known}."
        )
        raise UserError(text.format(path=path, known=known))
    return engine


def _tell(speaker: Speaker, report: LogReport) -> None:
    speaker.line(f"{report.engine} {report.renderer}".strip())
    speaker.line(_("frames started: {count}").format(count=len(report.frames_started)))
    speaker.line(_("frames completed: {count}").format(count=len(report.frames_completed)))
    for output in report.outputs:
        speaker.line(f"  {output}")
    for title, entries in ((_("error"), report.errors), (_("warning"), report.warnings)):
        for entry in entries:
            where = _("{title} in line {line}: {text}") if entry.line else "{title}"
            speaker.line(where.format(title=title, line=entry.line, text=entry.text))
            speaker.line(f"  {entry.meaning} {entry.advice}".rstrip())
    speaker.line(_("The render failed.") if report.failed else _("The render is good."))
