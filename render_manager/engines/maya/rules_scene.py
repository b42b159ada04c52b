"""Rules for lines about the command line, the scene file, plug-ins, cameras, layers and textures.

Wordings: `engines/maya.md` sections 4 and 5; those of missing node types and of `Invalid flag` are in
Amazon's job bundles, those about the scene file are some that the Deadline plug-in takes for fatal. Many
`Error:` lines while a scene is read are harmless, so only those that end a render are fatal here.
"""

import re

from render_manager.domain.diagnosis import Scope
from render_manager.engines.rule import N_, Rule, error, hopeless, warning

PLUGIN_CODES = frozenset({"plugin-missing", "renderer-not-loaded"})
"""Codes of lines about a plug-in; only the plug-in of the job's own renderer is needed to render."""
_COMMAND = N_("Check the job's options, above all the further arguments; the scene is all right.")
_INSTALL = N_("Install the renderer for this version of Maya, or choose an installation that has it.")
_CAMERA = N_("Choose a camera that the scene has, then retry.")
_LAYER = N_("Choose a render layer that the scene has, then retry.")
_SCENE = N_("Open the scene in Maya and save it again; if that fails, go back to a backup.")
_TEXTURE = N_("Check the project folder and that the drive of the textures is connected.")

COMMAND_RULES = (
    # By itself no reason to stop: scripts in scenes have wrong flags too, behind the word "Error".
    Rule(
        "bad-flag",
        "invalid flag",
        N_("Maya's renderer does not know the argument {name}."),
        _COMMAND,
        pattern=re.compile(r"^(?:(?!Error:).)*[Ii]nvalid flag:? *[\"']?(?P<name>-[\w:]+)"),
        permanent=True,
        scope=Scope.JOB,
    ),
    hopeless(
        "bad-flag",
        "usage: ",
        N_("Maya did not understand its arguments, and printed what it takes."),
        _COMMAND,
        pattern=re.compile(r"(?:^\W*|[:>|] *)Usage: (?:\./)?Render\b"),
    ),
    hopeless(
        "project-unusable",
        "cannot open project",
        N_("Maya cannot open the project folder: {text}."),
        N_("Choose the folder that holds workspace.mel."),
        pattern=re.compile(r"(?P<text>Cannot open project.{0,300}?)\.?\s*$"),
    ),
)

PLUGIN_RULES = (
    hopeless(
        "renderer-missing",
        "renderer description file",
        N_("The renderer {name} is not installed in this Maya."),
        _INSTALL,
        pattern=re.compile(r"Cannot open renderer description file \"(?P<name>\w+)Renderer\.xml\""),
    ),
    hopeless(
        "plugin-missing",
        "was not found on maya_plug_in_path",
        N_("The plug-in {name} is not installed in this Maya."),
        N_("Install the plug-in for this version of Maya, or choose an installation that has it."),
        pattern=re.compile(r"Plug-in, \"?(?P<name>[\w.]+)\"?, was not found"),
    ),
    hopeless(
        "plugin-missing",
        "unable to dynamically load",
        N_("The plug-in {name} is there, but cannot be loaded."),
        N_("Install it again for this version of Maya; a part of it, or of the graphics driver, is missing."),
        pattern=re.compile(r"Unable to dynamically load *: *(?P<name>.*\.(?:mll|so|bundle|py))\b"),
    ),
    hopeless(
        "renderer-not-loaded",
        "vraysettingsnode",
        N_("V-Ray was not loaded: it is not installed, or the scene was never set up for it."),
        N_("Install V-Ray for this version of Maya; then set V-Ray in the scene and save it again."),
        pattern=re.compile(r"[Uu]nrecognized node type|[Uu]nknown object type"),
    ),
    hopeless(
        "renderer-not-loaded",
        "redshiftoptions",
        N_("Redshift was not loaded: it is not installed, or the scene was never set up for it."),
        N_("Install Redshift for this version of Maya; then set Redshift in the scene and save it again."),
        pattern=re.compile(r"[Uu]nrecognized node type|[Uu]nknown object type|No object matches name"),
    ),
    hopeless(
        "renderer-not-loaded",
        'cannot find procedure "rs',
        N_("Redshift was not loaded: it is not installed, or the scene was never set up for it."),
        N_("Install Redshift for this version of Maya; then set Redshift in the scene and save it again."),
        pattern=re.compile(r"Cannot find procedure \"rs(?:Preference|Defines|Render\w*)\""),
    ),
    error(
        "library-not-loaded",
        "error loading plugin library",
        N_("V-Ray could not load its library {path}: {reason}."),
        N_("Install V-Ray again if something of it is missing in the pictures."),
        pattern=re.compile(
            r"Error loading plugin library \"(?P<path>[^\"]+)\":? *(?P<reason>.{0,200}?)\.?(?: *#)?\s*$"
        ),
    ),
)

SCENE_RULES = (
    hopeless(
        "camera-missing",
        "does not exist",
        N_("The scene has no camera “{name}”."),
        _CAMERA,
        pattern=re.compile(r"\bCamera (?P<name>.+?) does not exist"),
    ),
    hopeless(
        "no-camera",
        "renderable cameras",
        N_("No camera of the scene is set to be rendered."),
        N_("Choose a camera for the job, or make one renderable in the render settings of the scene."),
        pattern=re.compile(r"No renderable cameras found|not have any renderable cameras"),
    ),
    hopeless(
        "layer-missing",
        "to render layer",
        N_("Redshift could not switch to the render layer {name}."),
        _LAYER,
        # "swtich" is what Redshift really prints.
        pattern=re.compile(r"Unable to sw(?:it|ti)ch to render layer:? *(?P<name>.{0,200}?)\.?\s*$"),
    ),
    Rule(
        "layer-missing",
        "ender layer",
        N_("The scene has no render layer “{name}”."),
        _LAYER,
        pattern=re.compile(
            r"[Rr]ender layer:? *[\"']?(?P<name>[\w:|]+)[\"']? (?:does not exist|was not found|not found)"
        ),
        permanent=True,
        scope=Scope.JOB,
    ),
    Rule(
        "layer-missing",
        "no object matches name",
        N_("The scene has no render layer “{name}”."),
        _LAYER,
        pattern=re.compile(r"No object matches name:? *[\"']?(?P<name>rs_[\w:]+)"),
        permanent=True,
        scope=Scope.JOB,
    ),
    hopeless(
        "scene-unreadable",
        "cannot load scene",
        N_("Maya cannot load the scene: {text}."),
        _SCENE,
        pattern=re.compile(r"(?P<text>Cannot load scene.{0,300}?)\.?\s*$"),
    ),
    hopeless(
        "scene-unreadable",
        "scene was not loaded properly",
        N_("Maya could not load the scene."),
        _SCENE,
    ),
    # The next two may be about a file that the scene refers to, without which it renders all the same.
    Rule(
        "scene-unreadable",
        "error reading file",
        N_("Maya could not read the scene, or a file that it refers to, to its end."),
        _SCENE,
        pattern=re.compile(r"Error reading file\. *:"),
        permanent=True,
        scope=Scope.JOB,
    ),
    Rule(
        "scene-unreadable",
        "could not open file",
        N_("Maya could not open the scene, or a file that it refers to."),
        N_("Check that it is there, that its drive is connected and that you may read it."),
        pattern=re.compile(r"Could not open file\. *:"),
        permanent=True,
        scope=Scope.JOB,
    ),
    error(
        "missing-texture",
        "[texturesys]",
        N_("A texture could not be read: {text}."),
        _TEXTURE,
        pattern=re.compile(r"\[texturesys\] *(?P<text>\S.{0,300}?)\.?\s*$"),
    ),
    error(
        "missing-reference",
        "reference file not found",
        N_("A file that the scene refers to is not there: {text}."),
        N_("Put it back, or correct the reference in the scene."),
        pattern=re.compile(r"(?P<text>Reference file not found.{0,300}?)\.?\s*$", re.IGNORECASE),
    ),
    warning(
        "frame-exists",
        "kipping frame",
        N_("The renderer left out frames whose files were there already."),
        N_("Switch “skip existing” off in the scene to render them anew."),
        pattern=re.compile(r"\b[Ss]kipping frame"),
    ),
    warning(
        "frame-exists",
        "already exists",
        N_("The renderer left out frames whose files were there already."),
        N_("Switch “skip existing” off in the scene to render them anew."),
        pattern=re.compile(r"[Ss]kip\w*\b.*\balready exists"),
    ),
)
