"""What lines mean that come while the editor starts and loads: maps, modules, plug-ins, assets."""

import re

from render_manager.engines.rule import N_, error, hopeless, warning

_BUILD = N_("Build the project's editor target with the same engine first.")

START_RULES = (
    hopeless(
        "map-missing",
        "the map specified on the commandline",
        N_("The map {map} is not in the project."),
        N_("Choose a map that the project has."),
        pattern=re.compile(r"The map specified on the commandline '?(?P<map>[^'\s]+)'? could not be found"),
    ),
    hopeless(
        "map-missing",
        "failed to enter ",
        N_("The map {map} could not be opened: {why}."),
        N_("Choose a map that the project has, or open it in the editor to see what is wrong."),
        pattern=re.compile(r"Failed to enter (?P<map>[^\s:]+): (?P<why>.{1,300}?)\.? Please check the log"),
    ),
    hopeless(
        "not-built",
        "missing or built with a different engine version",
        N_("The project's C++ code is not built for this engine."),
        _BUILD,
        pattern=re.compile(r"modules are missing or built with a different engine version"),
    ),
    hopeless(
        "not-built",
        "game module",
        N_("The project's C++ module {name} could not be loaded."),
        _BUILD,
        pattern=re.compile(
            r"game module '(?P<name>[^']{1,100})' could not be (?:loaded|found)", re.IGNORECASE
        ),
    ),
    hopeless(
        "plugin-missing",
        "failed to load because module",
        N_("The plug-in {name} could not be loaded: its module {module} is missing."),
        N_("Install or build the plug-in for this engine, or switch it off in the project."),
        pattern=re.compile(
            r"Plugin '(?P<name>[^']{1,100})' failed to load because module '(?P<module>[^']{1,100})'"
        ),
    ),
    hopeless(
        "plugin-missing",
        "unable to find plugin",
        N_("The plug-in {name} is not on this computer."),
        N_("Install it for this engine, or switch it off in the project."),
        pattern=re.compile(r"Unable to find plugin '(?P<name>[^']{1,100})'"),
    ),
    hopeless(
        "plugin-missing",
        "unable to load plugin",
        N_("The plug-in {name} could not be loaded."),
        N_("Install it for this engine, or switch it off in the project."),
        pattern=re.compile(r"Unable to load plugin '(?P<name>[^']{1,100})'"),
    ),
    hopeless(
        "project-missing",
        "failed to open descriptor file",
        N_("The project file {path} cannot be opened."),
        N_("Check that it is still there."),
        pattern=re.compile(r"Failed to open descriptor file '?(?P<path>[^'\n]{1,400}?)'?\.?\s*$"),
    ),
    hopeless(
        "no-graphics",
        "required to run the engine",
        N_("This computer's graphics card or its driver cannot run the engine: {text}."),
        N_("Update the driver, or render on a computer with a newer graphics card."),
        pattern=re.compile(r"(?P<text>[^:\]]{1,200}? is required to run the engine)"),
    ),
)

CONTENT_RULES = (
    warning(
        "missing-asset",
        "can't find file",
        N_("The asset {path} is missing; the picture may lack it."),
        N_("Restore it, or repair the reference in the editor."),
        pattern=re.compile(
            r"(?P<path>/(?:Game|[A-Z]\w+)/[^\s'\"]{1,200}?)'?[:.]? *Can't find file", re.IGNORECASE
        ),
    ),
    warning(
        "missing-asset",
        "couldn't find file for package",
        N_("The asset {path} is missing; the picture may lack it."),
        N_("Restore it, or repair the reference in the editor."),
        pattern=re.compile(r"Couldn't find file for package (?P<path>/[^\s'\"]{1,200})"),
    ),
    warning(
        "material-failed",
        "failed to compile material",
        N_("The material {name} cannot be compiled; a grey default takes its place."),
        N_("Open the material in the editor and repair it."),
        pattern=re.compile(r"Failed to compile Material (?P<name>[^\s,]{1,300})", re.IGNORECASE),
    ),
    warning(
        "python-error",
        "logpython: error:",
        N_("A Python script in the editor reported an error: {text}."),
        N_("It need not concern the render; look at the lines around it in the log."),
        pattern=re.compile(r"LogPython: Error: (?P<text>.{1,400}?)\.?\s*$"),
    ),
    error(
        "render-error",
        "logmovierenderpipeline",
        N_("Movie Render Queue reported an error: {text}."),
        N_("Render Manager does not know this error; look at the lines around it in the log."),
        pattern=re.compile(r"LogMovieRenderPipeline(?:IO)?: (?:Error|Fatal): (?P<text>.{1,400}?)\.?\s*$"),
    ),
)
"""What may show in the picture, and what only Movie Render Queue itself calls an error."""
