"""Rules for lines about writing pictures and about Python: set-up scripts, handlers, add-ons.

Tracebacks run over several lines and are put together in `tracebacks.py`; their last line is read with
these rules as well.
"""

import re

from render_manager.engines.rule import N_, error, fatal, hopeless, warning

_FOLDER = N_("Check that the output folder exists, that you may write to it and that its drive is connected.")
_IMAGE = r"(?:png|jpe?g|exr|tiff?|tga|bmp|webp|hdr|dpx|cin|jp2|j2c|sgi|rgb|iris|avi|mp4|mkv|mov|webm)"
_LASTING = "Not a directory|File exists|Permission denied|Is a directory|Read-only file system"
"""Reasons that stay until somebody acts; a share that is away for a moment says something else."""

OUTPUT_RULES = (
    fatal(
        "disk-full",
        "no space left on device",
        N_("The disk is full, and the picture could not be written completely."),
        N_("Free space on the drive of the output folder, then render the frame again."),
    ),
    fatal(
        "disk-full",
        "could only write",
        # Blender 5 says no more than this, and then that it "cannot save" for no reason ("Success").
        N_("The disk is full, and the picture could not be written completely."),
        N_("Free space on the drive of the output folder, then render the frame again."),
        pattern=re.compile(r"could only write \d+/\d+ bytes"),
    ),
    fatal(
        "disk-full",
        "disk",
        N_("The disk is full, and the picture could not be written completely."),
        N_("Free space on the drive of the output folder, then render the frame again."),
        pattern=re.compile(
            r"[Dd]isk (?:is )?full|not enough (?:disk )?space on the disk|[Dd]isk quota exceeded"
            r"|not enough space on the disk"
        ),
    ),
    hopeless(
        "output-unwritable",
        "cannot save: '",
        N_("Blender could not write {path}: {reason}."),
        _FOLDER,
        pattern=re.compile(rf"\((?P<reason>{_LASTING})\) cannot save: '(?P<path>.+)'"),
    ),
    fatal(
        "output-unwritable",
        "cannot save: '",
        N_("Blender could not write {path}."),
        _FOLDER,
        pattern=re.compile(r"cannot save: '(?P<path>.+)'"),
    ),
    fatal(
        "output-unwritable",
        "open file for writing",
        N_("Blender could not write {path}."),
        _FOLDER,
        pattern=re.compile(r"open file for writing: *'(?P<path>.+)'"),
    ),
    fatal(
        "output-unwritable",
        "open file for writing",
        N_("Blender could not open its output file for writing."),
        _FOLDER,
    ),
    fatal(
        "output-unwritable",
        "create directory for file",
        N_("Blender could not write {path}."),
        _FOLDER,
        pattern=re.compile(r"create directory for file (?P<path>.+?)(?:: [A-Z][^:]*)?$"),
    ),
    fatal(
        "output-unwritable",
        "write image",
        N_("Blender could not write {path}."),
        _FOLDER,
        pattern=re.compile(r"(?:Could not|Cannot|Failed to) write image:? (?P<path>\S.*)"),
    ),
    hopeless(
        "output-unwritable",
        "cannot make folder",
        N_("The folder for the frame could not be made: {reason}."),
        _FOLDER,
        pattern=re.compile(rf"Cannot make folder: (?P<reason>.*(?:{_LASTING}).*?)\.?$"),
    ),
    fatal(
        "output-unwritable",
        "cannot make folder",
        N_("The folder for the frame could not be made: {reason}."),
        _FOLDER,
        pattern=re.compile(r"Cannot make folder: (?P<reason>.+?)\.?$"),
    ),
    hopeless(
        "output-unwritable",
        ": ",
        N_("Blender could not write {path}: {reason}."),
        _FOLDER,
        # What the C library says of a picture that could not be opened for writing. It says "No such file"
        # of a missing texture as well, which is no reason to stop.
        pattern=re.compile(
            rf"(?:^|\s)(?P<path>(?:/|[A-Za-z]:[\\/]|\\\\).+\.{_IMAGE}): (?P<reason>{_LASTING})$",
            re.IGNORECASE,
        ),
    ),
    error(
        "write-error",
        "libpng error: write error",
        N_("The picture could not be written completely."),
        N_("Check the space on the drive of the output folder, and its connection if it is a network drive."),
    ),
    error(
        "movie-failed",
        "error encoding frame",
        N_("A frame could not be put into the movie: {reason}."),
        N_("Render single pictures and make the movie from them afterwards."),
        pattern=re.compile(r"Error encoding frame: (?P<reason>.+)"),
    ),
)

PYTHON_RULES = (
    hopeless(
        "script-failed",
        "script failed, ",
        N_("The Python script {name} failed, and Blender stopped before rendering."),
        N_("Correct the script; the lines before this one say where it failed."),
        pattern=re.compile(r"script failed, (?:file|expr|text): '(?P<name>.+)'"),
    ),
    error(
        "script-missing",
        "could not be opened",
        N_("The Python script {path} is not there, so Blender went on without it."),
        N_("Check the path of the script."),
        pattern=re.compile(r"Python file \"(?P<path>.+?)\" could not be opened"),
    ),
    error(
        "script-missing",
        "text block not found",
        N_("The script {name} is not inside the scene, so Blender went on without it."),
        N_("Check the name of the text inside the scene."),
        pattern=re.compile(r"text block not found (?P<name>.+?)\.?$"),
    ),
    fatal(
        "render-script-error",
        "python script error in ",
        N_("The renderer's own script {name} stopped with an error in the middle of the frame."),
        N_("The lines before this one say why; restart Blender on this frame."),
        pattern=re.compile(r"Python script error in (?P<name>[\w.]+\.(?:render|update|bake)\w*)"),
    ),
    error(
        "python-error",
        "error: python: ",
        N_("A Python script stopped with an error: {text}."),
        N_("Look at what the script was to set up; the picture may lack it."),
        pattern=re.compile(r"Error: Python: (?P<text>[A-Za-z_][\w.]*: .+?)\.?$"),
    ),
    warning(
        "addon-error",
        "exception in module ",
        N_("The add-on {path} could not be switched on."),
        N_("Update the add-on or switch it off; without it parts of the scene may be missing."),
        pattern=re.compile(r"Exception in module (?:un)?register\(\): '?(?P<path>[^']+)"),
    ),
    warning(
        "addon-missing",
        "add-on",
        N_("The add-on {name} is missing or could not be loaded."),
        N_("Install the add-on for this version of Blender; without it parts of the scene may be missing."),
        pattern=re.compile(r"[Aa]dd-on not loaded: \"(?P<name>[^\"]+)\""),
    ),
)
