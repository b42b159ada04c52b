"""Puts a job with a Movie Render Graph together (5.4 and later); runs inside Unreal.

A graph's settings are nodes of the artist's asset; from outside only those variables can be set that the
graph exposes (`engines/unreal-python-api.md` section 11).
"""

import unreal
from render_manager_unreal_guards import Stop, call

NAMES = {
    "folder": ("outputdirectory", "outputdir", "outputfolder", "outputpath"),
    "name": ("filenameformat", "filename", "outputfilename"),
    "size": ("outputresolution", "resolution"),
    "start": ("customplaybackrangestartframe", "customplaybackrangestart", "startframe", "framestart"),
    "end": ("customplaybackrangeendframe", "customplaybackrangeend", "endframe", "frameend"),
    "warm_up": ("warmupframes", "numwarmupframes", "warmupcount", "warmupframecount"),
}
"""What a variable for each thing may be called, in lower case and without signs."""


def has_graphs():
    """Return whether this engine renders graphs."""
    names = ("MovieGraphConfig", "MovieGraphPipeline", "MovieGraphInitConfig", "MoviePipelineBase")
    names += ("MovieGraphLibrary",)  # From 5.4 on; what 5.3 has does not tell when it is done.
    return all(hasattr(unreal, name) for name in names)


def configure_graph(job, graph, manifest, frame_range):
    """Set a job up for one range; return (warnings, whether the range could be set); raises Stop."""
    if not has_graphs():
        raise Stop("graph-unknown", "This version of Unreal Engine cannot render Movie Render Graphs")
    job.set_graph_preset(graph)
    variables = exposed(graph)
    container = call(job, "get_or_create_variable_overrides", graph)
    if container is None or not _set_folder(container, variables, manifest["output_folder"]):
        raise Stop(
            "graph-closed",
            "The graph %s does not expose its output directory as a variable; add one named OutputDirectory"
            % graph.get_name(),
        )
    warnings = []
    _set_text(container, variables.get("name"), manifest["file_name"])
    has_range = _set_range(container, variables, frame_range)
    if not has_range:
        text = "The graph %s does not expose its frame range; the whole sequence is rendered" % graph.get_name()
        warnings.append(("graph-range", text))
    if manifest["width"] and manifest["height"]:
        size = '(ProfileName="Custom",Resolution=(X=%d,Y=%d))' % (manifest["width"], manifest["height"])
        if not _set_serialized(container, variables.get("size"), size):
            warnings.append(("graph-size", "The graph %s does not expose its resolution" % graph.get_name()))
    if manifest.get("warm_up_frames") is not None:
        if not _set_number(container, variables.get("warm_up"), manifest["warm_up_frames"]):
            warnings.append(("graph-warm-up", "The graph %s does not expose warm-up frames" % graph.get_name()))
    return warnings, has_range


def exposed(graph):
    """Return the graph's variables that we know a use for."""
    found = {}
    for variable in call(graph, "get_variables") or []:
        name = call(variable, "get_member_name") or call(variable, "get_name") or ""
        plain = "".join(letter for letter in str(name).lower() if letter.isalnum())
        for use, names in NAMES.items():
            if plain in names:
                found.setdefault(use, variable)
    return found


def _set_folder(container, variables, folder):
    path = unreal.DirectoryPath()
    path.path = folder.replace("\\", "/")
    text = call(path, "export_text") or '(Path="%s")' % path.path
    variable = variables.get("folder")
    return _set_serialized(container, variable, text) or _set_text(container, variable, path.path)


def _set_range(container, variables, frame_range):
    start, end = variables.get("start"), variables.get("end")
    if start is None or end is None:
        return False
    return _set_number(container, start, frame_range["start"]) and _set_number(container, end, frame_range["end"])


def _set_number(container, variable, value):
    if _set(container, "set_value_int32", variable, value):
        return True
    # A structure from 5.7 on.
    return _set_serialized(container, variable, "(Type=Custom,Value=%d)" % value)


def _set_text(container, variable, text):
    return _set(container, "set_value_string", variable, text)


def _set_serialized(container, variable, text):
    return _set(container, "set_value_serialized_string", variable, text)


def _set(container, method, variable, value):
    """Give a variable a value and switch that on; return whether the value was accepted."""
    if variable is None or call(container, method, variable, value) is not True:
        return False
    call(container, "set_variable_assignment_enable_state", variable, True)
    return True
