"""What lines of Movie Render Queue and of our script mean. Wording: `engines/unreal.md` section 3."""

import re

from render_manager.domain.diagnosis import Scope
from render_manager.engines.rule import N_, Rule, error, fatal, hopeless, warning

_CHOOSE = N_("Choose one that the project has; names in the content browser begin with /Game.")

RENDER_RULES = (
    hopeless(
        "resolution-limit",
        "exceeds maximum allowed by gpu",
        N_("The picture size {wanted} is larger than this graphics card can render ({most})."),
        N_("Choose a smaller size, or the high-resolution setting with tiles in the preset."),
        pattern=re.compile(
            r"Resolution (?P<wanted>\S+) exceeds maximum allowed by GPU \((?P<most>[^)]{1,40})\)",
            re.IGNORECASE,
        ),
    ),
    hopeless(
        "no-passes",
        "shot has 0 passes",
        N_("The preset has no render pass, so nothing is written."),
        N_("Add a pass such as Deferred Rendering to the preset, or switch it on."),
        pattern=re.compile(r"\bShot has 0 Passes\b", re.IGNORECASE),
    ),
    hopeless(
        "queue-empty",
        "jobs: 0",
        N_("The queue holds no jobs, so nothing is rendered."),
        N_("Add a job to the queue in the editor and save it, or choose a sequence and a preset instead."),
        pattern=re.compile(r"\bNumJobs: 0\b"),
    ),
    hopeless(
        "queue-empty",
        "starting 0 jobs",
        N_("The queue holds no jobs, so nothing is rendered."),
        N_("Add a job to the queue in the editor and save it, or choose a sequence and a preset instead."),
    ),
    error(
        "no-shots",
        "no shots detected to render",
        N_("No shot was there to render: all are outside of the frames asked for, or switched off."),
        N_("Check the frames against the sequence, and which shots of it are on."),
    ),
    error(
        "empty-range",
        "playback range was zero",
        N_("The frame range was empty: its end is the frame after the last one."),
        N_("Check the frames that the preset asks for."),
    ),
    hopeless(
        "sequence-missing",
        "failed to find movie pipeline sequence asset",
        N_("The level sequence {path} is not in the project."),
        _CHOOSE,
        pattern=re.compile(r"sequence asset to render\b.*Looked for: (?P<path>\S+)"),
    ),
    hopeless(
        "sequence-missing",
        "failed to find movie pipeline sequence asset",
        N_("The level sequence that was named is not in the project."),
        _CHOOSE,
    ),
    hopeless(
        "preset-missing",
        "failed to find pipeline configuration asset",
        N_("The preset or queue {path} is not in the project."),
        _CHOOSE,
        pattern=re.compile(r"Configuration asset to render\b.*Looked for: (?P<path>\S+)"),
    ),
    hopeless(
        "preset-missing",
        "failed to find pipeline configuration asset",
        N_("The preset or queue that was named is not in the project."),
        _CHOOSE,
    ),
    hopeless(
        "preset-missing",
        "unknown config asset path",
        N_("The preset or queue that was named is not in the project."),
        _CHOOSE,
    ),
    hopeless(
        "preset-missing",
        "could not parse text asset package",
        N_("The queue that was handed over as a file could not be read."),
        N_("Save it again from the editor."),
    ),
    hopeless(
        "sequence-missing",
        "failed to load sequence asset from specified path",
        N_("The level sequence {path} cannot be loaded."),
        _CHOOSE,
        pattern=re.compile(r"Attempted to load Path: (?P<path>\S+)"),
    ),
    fatal(
        "write-failed",
        "failed to write image to",
        N_("A picture could not be written: {path}."),
        N_("Check that the disk has room and that the folder can be written to."),
        pattern=re.compile(r"Failed to write image to '(?P<path>[^']{1,400})'"),
    ),
    fatal(
        "disk-full",
        "space left on device",
        N_("The disk is full."),
        N_("Make room on it, or choose another output folder."),
    ),
    fatal(
        "disk-full",
        "not enough space on the disk",
        N_("The disk is full."),
        N_("Make room on it, or choose another output folder."),
    ),
    fatal(
        "export-failed",
        "error exporting frame",
        N_("Movie Render Queue could not export a frame and stopped."),
        N_("Check that the disk has room, then render again."),
    ),
    fatal(
        "executor-error",
        "error caught in executor",
        N_("Movie Render Queue stopped with an error: {text}."),
        N_("Render the sequence from the editor to see more."),
        pattern=re.compile(r"Error caught in Executor\. Error: (?P<text>.{1,400}?)\.?\s*$"),
    ),
    fatal(
        "interrupted",
        "abandoning remaining work",
        N_("The render was stopped before its end; what was left is not rendered."),
        N_("Render the missing frames again."),
    ),
    error(
        "setting-missing",
        "null setting found in config",
        N_("A setting of the preset {name} is missing: the plug-in it comes from is off."),
        N_("Switch that plug-in on in the project."),
        pattern=re.compile(r"Null setting found in config: (?P<name>\S+)"),
    ),
    warning(
        "streamed-level",
        "is set to blueprint streaming",
        N_("The level {name} is streamed by blueprints and is not visible in the render."),
        N_("Add a level visibility track to the sequence."),
        pattern=re.compile(r"Sub-level '(?P<name>[^']{1,200})' is set to blueprint streaming"),
    ),
    warning(
        "pass-names",
        "multiple render passes exported but no {render_pass}",
        N_("The preset's file name does not tell its passes apart; Unreal adds the pass to the names."),
    ),
)

_AGAIN = N_("Check that the disk has room and that no other program takes pictures away, then render again.")

SCRIPT_RULES = (
    fatal(
        "file-missing",
        "but the file is not there or empty",
        N_("Unreal said that it wrote {path}, but the file is not there or empty."),
        _AGAIN,
        pattern=re.compile(r"said that it wrote (?P<path>.{1,500}), but the file is not there or empty"),
    ),
    fatal(
        "pass-missing",
        "lacks a file of one pass that other frames have",
        N_("A picture of one render pass is missing, which other frames have."),
        _AGAIN,
    ),
    fatal(
        "nothing-written",
        "no file of this frame was written",
        N_("Unreal rendered without an error, and wrote no file of this frame."),
        N_("Check that the shot of this frame is on and covers it, then render again."),
    ),
    fatal(
        "render-failed",
        "movie render queue says that it failed",
        N_("Movie Render Queue says that it failed, without saying why."),
        N_("Look at the log of this attempt; rendering the sequence in the editor may show more."),
    ),
    Rule(
        "no-shots",
        "no shot: ",
        N_("No shot covers this frame: {text}."),
        N_("Check the frames against the sequence, and which shots of it are on."),
        re.compile(r"No shot: (?P<text>.{1,300}?)\.?\s*$"),
        fatal=True,
        permanent=True,
        scope=Scope.FRAME,
    ),
    hopeless(
        "script-missing",
        "no class set in python host executor",
        N_("The script that drives the render did not come up inside the editor."),
        N_("Switch on the plug-in Python Editor Script Plugin; look for Python errors above in the log."),
    ),
    hopeless(
        "queue-plugin-off",
        "failed to load specified local executor class",
        N_("The plug-in Movie Render Queue is not switched on."),
        N_("Switch it on in the project, or set the option python to auto."),
    ),
    fatal(
        "script-error",
        "render executor: error:",
        N_("The script that drives the render reported an error: {text}."),
        pattern=re.compile(r"Render Executor: Error: (?P<text>.{1,400}?)\.?\s*$"),
    ),
)
"""Lines of executors in Python, ours and others."""
