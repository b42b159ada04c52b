"""Rules for lines about the scene file, what it links, the command line and what is asked of the scene.

Where a wording comes from: Blender 3.4, 4.5, 5.0 and 5.2 as run for the logs that the tests read, else the
texts these programs hold, else public reports; `test_rules.py` says which for each.
"""

import re

from render_manager.engines.rule import N_, error, hopeless, warning

_COMMAND = N_("Correct the command line; nothing is wrong with the scene.")
_TEXTURE = N_("Find the file again in Blender with File > External Data, or pack all files into the scene.")
_LIBRARY = N_(
    "Put the library back where the scene looks for it, or relink it in Blender, then render again."
)
_NEWER = N_("Render it with the version of Blender that saved it, or a newer one.")
_SCRIPTS = N_("If you trust this file, allow its scripts to run and render again.")

SCENE_FILE_RULES = (
    hopeless(
        "unknown-argument",
        "unknown argument, loading as file",
        N_("Blender does not know the option {name} and took it for a scene file."),
        _COMMAND,
        pattern=re.compile(r"loading as file: *(?P<name>.+)"),
    ),
    hopeless(
        "file-missing",
        "cannot read file",
        N_("The scene {path} is not there."),
        N_("Check the path and whether its drive is connected, then submit the scene again."),
        pattern=re.compile(r"Cannot read file ['\"](?P<path>.+)['\"]: No such file"),
    ),
    hopeless(
        "file-unreadable",
        "cannot read file",
        N_("Blender could not read {path}: {reason}."),
        N_("Check that the file may be read by you and that its drive is connected."),
        pattern=re.compile(r"Cannot read file ['\"](?P<path>.+?)['\"]: (?P<reason>[^.\n]+)"),
    ),
    hopeless(
        "file-unreadable",
        "cannot read file",
        N_("Blender could not read {path}."),
        N_("Check that the file may be read by you and that its drive is connected."),
        pattern=re.compile(r"Cannot read file ['\"](?P<path>.+?)['\"]"),
    ),
    hopeless(
        "not-a-scene",
        "file format is not supported in file",
        N_("{path} is not a Blender scene, or it is damaged from its first byte on."),
        N_("Open it in Blender; if that fails, go back to a backup such as .blend1."),
        pattern=re.compile(r"not supported in file ['\"](?P<path>.+)['\"]"),
    ),
    hopeless(
        "newer-format",
        "not a blend file",
        N_("This Blender does not recognise {path}: it was saved by a newer version, or it is damaged."),
        _NEWER,
        pattern=re.compile(r"read blend file ['\"](?P<path>.+)['\"], not a blend file"),
    ),
    hopeless(
        "newer-format",
        "may be from a newer version",
        N_("This Blender is too old to open {path}."),
        _NEWER,
        pattern=re.compile(r"blend file ['\"](?P<path>.+?)['\"]"),
    ),
    hopeless(
        "newer-format",
        "saved by a newer version",
        N_("This Blender is too old to open the scene."),
        _NEWER,
    ),
    hopeless(
        "file-damaged",
        "failed to read blend file",
        N_("The scene {path} is damaged or was not copied completely."),
        N_("Copy it again, or go back to a backup such as .blend1."),
        pattern=re.compile(r"read blend file ['\"](?P<path>.+)['\"]"),
    ),
    hopeless(
        "file-damaged",
        "missing dna block",
        N_("The scene file is damaged or was not copied completely."),
        N_("Copy it again, or go back to a backup such as .blend1."),
    ),
    warning(
        "newer-file",
        "written by newer blender",
        N_("The scene was saved by a newer Blender ({version}); parts of it may be lost in this one."),
        _NEWER,
        pattern=re.compile(r"newer Blender binary \((?P<version>[0-9.]+)\)"),
    ),
    warning(
        "newer-file",
        "created by a future version",
        N_("The scene was saved by a newer Blender; parts of it may be lost in this one."),
        _NEWER,
    ),
    warning(
        "newer-file",
        "customdatalayer->data is null",
        N_("The scene holds mesh data that this Blender does not know; most likely a newer one saved it."),
        _NEWER,
    ),
    warning(
        "missing-library",
        "unable to open '",
        N_("The linked library {path} cannot be opened; what the scene takes from it is missing."),
        _LIBRARY,
        pattern=re.compile(r"Unable to open '(?P<path>.+?\.blend)'"),
    ),
    warning(
        "missing-library",
        "cannot find lib '",
        N_("The linked library {path} cannot be opened; what the scene takes from it is missing."),
        _LIBRARY,
        pattern=re.compile(r"Cannot find lib '(?P<path>.+?)'"),
    ),
    warning(
        "missing-library",
        "' missing from '",
        N_("The linked library {path} cannot be opened; what the scene takes from it is missing."),
        _LIBRARY,
        pattern=re.compile(r"LIB: .*' missing from '(?P<path>.+?)'"),
    ),
    warning(
        "missing-data",
        "linked data-blocks are missing",
        N_("Missing in the scene: linked libraries {libraries}, things linked from them {blocks}."),
        _LIBRARY,
        pattern=re.compile(r"(?P<libraries>[0-9]+) libraries and (?P<blocks>[0-9]+) linked data-blocks"),
    ),
    warning(
        "missing-texture",
        "image file ",
        N_("The texture {path} is missing; its material renders in flat pink."),
        _TEXTURE,
        pattern=re.compile(r"[Ii]mage file '?(?P<path>.+?)'? does not exist"),
    ),
    warning(
        "broken-texture",
        "image file ",
        N_("The texture {path} is there but cannot be read."),
        N_("Open the texture in an image program and save it again."),
        pattern=re.compile(r"[Ii]mage file '?(?P<path>.+?)'? failed to load"),
    ),
    warning(
        "missing-texture",
        " image file",
        N_("Textures that could not be loaded: {count}; their materials render in flat pink."),
        _TEXTURE,
        pattern=re.compile(r"Failed to load (?P<count>[0-9]+) image files?"),
    ),
    warning(
        "missing-texture",
        "load image ",
        N_("The texture {path} could not be loaded."),
        _TEXTURE,
        pattern=re.compile(
            r"(?:Cannot|Could ?n[o']t|Could not|Unable to|Failed to) load image (?:file |texture )?:? ?"
            r"['\"]?(?P<path>[^'\"]+)"
        ),
    ),
    warning(
        "broken-texture",
        "unknown file",
        N_("The texture {path} has a file format that Blender does not know."),
        N_("Save the texture as PNG, JPEG or EXR and use that file in the scene."),
        pattern=re.compile(r"(?:IMB_\w+|imb_\w+): unknown file-?format \((?P<path>.+)\)", re.IGNORECASE),
    ),
    warning(
        "missing-font",
        "font",
        N_("The font {path} is missing; text renders in another one, or not at all."),
        N_("Install the font or pack it into the scene in Blender with File > External Data."),
        pattern=re.compile(
            r"(?:Font file doesn't exist|Can't find font|Can't load font|Unable to load font): (?P<path>.+)"
        ),
    ),
    warning(
        "missing-file",
        "unable to pack file",
        N_("The file {path}, which the scene uses, is missing."),
        _TEXTURE,
        pattern=re.compile(r"source path '(?P<path>.+?)'"),
    ),
    warning(
        "scripts-disabled",
        "scripts disabled for",
        N_("The script {name} inside the scene was not run."),
        _SCRIPTS,
        pattern=re.compile(r"skipping '(?P<name>.+)'"),
    ),
    warning(
        "scripts-disabled",
        "enable auto-execution to support",
        N_("A driver of the scene uses Python that Blender did not run; what it moves stands still."),
        _SCRIPTS,
    ),
    warning(
        "driver-expression",
        "error in pydriver",
        N_("A driver of the scene could not be worked out: {expression}."),
        N_("Correct the driver in Blender's Drivers Editor; what it moves stands still meanwhile."),
        pattern=re.compile(r"expression failed: (?P<expression>.+)"),
    ),
    warning(
        "dependency-cycle",
        "dependency cycle",
        N_("Objects of the scene depend on each other in a circle, so some may stand in the wrong place."),
        N_("Look for constraints, drivers or parents that point at each other."),
        pattern=re.compile(r"Dependency cycle detected|Detected [0-9]+ dependency cycles"),
    ),
)

COMMAND_RULES = (
    hopeless(
        "no-camera",
        "no camera",
        N_("The scene has no camera to render from."),
        N_("Open it in Blender, add a camera, make it the active one and save."),
        pattern=re.compile(r"Cannot render, no camera|No camera found in scene"),
    ),
    hopeless(
        "camera-missing",
        "is not in the scene; it has",
        N_("The scene has no camera {name}."),
        N_("Choose one of the cameras it has: {names}."),
        pattern=re.compile(r"Camera '(?P<name>.+)' is not in the scene; it has: (?P<names>.+)"),
    ),
    hopeless(
        "layer-missing",
        "is not in the scene; it has",
        N_("The scene has no view layer {name}."),
        N_("Choose from the view layers it has: {names}."),
        pattern=re.compile(r"View layer '(?P<name>.+)' is not in the scene; it has: (?P<names>.+)"),
    ),
    hopeless(
        "layer-missing",
        "cannot render selected view",
        N_("The view layer that was asked for is not in the scene."),
        N_("Choose one of the view layers that the scene has."),
    ),
    hopeless(
        "scene-missing",
        "is not in the file; it has",
        N_("The file has no scene {name}."),
        N_("Choose one of the scenes it has: {names}."),
        pattern=re.compile(r"Scene '(?P<name>.+)' is not in the file; it has: (?P<names>.+)"),
    ),
    hopeless(
        "scene-missing",
        "can't find scene",
        N_("The file {path} has no scene {name}, and Blender renders another one in its place."),
        N_("Choose a scene that the file has; pictures written by this run show the wrong one."),
        pattern=re.compile(r"find scene: '(?P<name>.+?)' in file: '(?P<path>.+)'"),
    ),
    hopeless(
        "engine-missing",
        "engine not found '",
        N_("This Blender has no renderer {name}."),
        N_("Install the add-on of that renderer, or choose Cycles, Eevee or Workbench."),
        pattern=re.compile(r"engine not found '(?P<name>.+?)'"),
    ),
    hopeless(
        "engine-missing",
        '" not found in (',
        N_("This Blender has no renderer {name}."),
        N_("Install the add-on of that renderer, or choose Cycles, Eevee or Workbench."),
        pattern=re.compile(r"enum \"(?P<name>.+?)\" not found in \(.*'(?:CYCLES|BLENDER_\w+)'"),
    ),
    error(
        "engine-unavailable",
        "not available for scene",
        N_("The scene {scene} asks for the renderer {name}, which is missing; Blender uses another one."),
        N_("Install or switch on the add-on of that renderer, then render again."),
        pattern=re.compile(r"Engine '(?P<name>.+?)' not available for scene '(?P<scene>.+?)'"),
    ),
    hopeless(
        "not-a-number",
        "not a number '",
        N_("Blender could not read a number in {argument}, and left that option out."),
        _COMMAND,
        pattern=re.compile(r"not a number '(?P<argument>.+)'"),
    ),
    hopeless(
        "range-reversed",
        "negative range ignored",
        N_("The frame range {argument} runs backwards, and Blender left it out."),
        N_("Write the smaller frame number first."),
        pattern=re.compile(r"ignored '(?P<argument>.+)'"),
    ),
    hopeless(
        "range-reversed",
        "start frame is larger than end frame",
        N_("The first frame of the range is larger than the last one."),
        N_("Write the smaller frame number first."),
    ),
    hopeless(
        "format-unknown",
        "not known or not compiled in this release",
        N_("This Blender cannot write the file format that was asked for, and used the scene's own."),
        N_("Choose another file format."),
    ),
    hopeless(
        "format-unknown",
        "cannot write the file format",
        N_("This Blender cannot write the file format {name}."),
        N_("Choose another file format."),
        pattern=re.compile(r"cannot write the file format (?P<name>\S+)"),
    ),
    error(
        "bad-argument",
        "expected number in [",
        N_("A number on Blender's command line is out of range: {argument}."),
        _COMMAND,
        pattern=re.compile(r"'(?P<argument>.+)', expected number in"),
    ),
    hopeless(
        "bad-argument",
        "error: ",
        N_("Blender's command line is not complete: {text}."),
        _COMMAND,
        pattern=re.compile(
            r"Error: (?P<text>(?:you must specify|no blend loaded|requires four arguments"
            r"|[\w ]+ must follow '|argument has no '\.blend')[^\n]*?)\.?$"
        ),
    ),
    hopeless(
        "nothing-to-render",
        "image too small",
        N_("The picture, or the border drawn in it, is too small to render."),
        N_("Raise the resolution, or remove the render border in the scene."),
    ),
    hopeless(
        "nothing-to-render",
        "no border area selected",
        N_("The render border of the scene is empty."),
        N_("Remove the render border in the scene, or draw it again."),
    ),
    hopeless(
        "nothing-to-render",
        "output node in scene",
        N_("The compositor of the scene has no output, so there is no picture to write."),
        N_("Add an output to the compositing nodes, or switch compositing off."),
        pattern=re.compile(r"No (?:render |group )?output node in scene", re.IGNORECASE),
    ),
    warning(
        "frame-exists",
        "skipping existing frame",
        N_("Blender left out frames whose files were there already, such as {path}."),
        N_("Switch Overwrite on in the scene, or delete the files, to render them anew."),
        pattern=re.compile(r"kipping existing frame \"(?P<path>.+)\""),
    ),
    warning(
        "frame-exists",
        "no frames rendered, skipped",
        N_("Blender left out all frames because their files were there already."),
        N_("Switch Overwrite on in the scene, or delete the files, to render them anew."),
    ),
)
