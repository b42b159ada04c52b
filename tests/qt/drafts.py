"""Drafts as the analysis page has them, with jobs that a test describes."""

from pathlib import Path
from typing import Any

from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.scene import SceneInfo
from render_manager.engines.preparing import JobRequest, Preparation
from render_manager.engines.protocols import Installation, InstallationKind
from render_manager.ui.submit_draft import Draft

INSTALLATION = Installation(
    "blender", "blender:/b", (5, 0, 1), "5.0.1", Path("/b"), InstallationKind.PROGRAM, "PATH"
)


def scene_of(path: Path, **values: Any) -> SceneInfo:
    defaults: dict[str, Any] = {
        "path": path,
        "engine": "blender",
        "engine_version": (5, 0),
        "frame_start": 1,
        "frame_end": 24,
        "frame_step": 1,
        "fps": 24.0,
        "width": 1920,
        "height": 1080,
        "scene": "Shot",
        "scenes": ("Shot", "Other"),
        "camera": "Camera",
        "cameras": ("Camera", "Close"),
        "layers": ("Beauty",),
        "renderer": "CYCLES",
        "output": "//out/f_####",
        "file_format": "PNG",
    }
    return SceneInfo(**{**defaults, **values})


def prepared(request: JobRequest, *, existing: int = 0, problems: Any = (), **scene: Any) -> Preparation:
    info = scene_of(request.path, **scene)
    text = request.frames or f"{info.frame_start}-{info.frame_end}"
    spec = JobSpec(
        name=request.path.stem,
        scene=request.path,
        engine="blender",
        installation=INSTALLATION.key,
        frames=FrameSet.parse(text),
        output_dir=request.output or request.path.parent / f"{request.path.stem}_render",
        output_name="f_####",
        output_suffix=".png",
        options=request.options,
        width=info.width,
        height=info.height,
    )
    return Preparation(spec, info, INSTALLATION, tuple(problems), existing)


def draft_of(path: Path = Path("/show/shot.blend"), *, request: Any = None, **values: Any) -> Draft:
    wish = JobRequest(path=path, **(request or {}))
    job = prepared(wish, **values)
    return Draft(wish, scene=job.scene, result=job)
