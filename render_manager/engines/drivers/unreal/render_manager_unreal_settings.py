"""Puts a job together: its sequence, its preset's settings, and ours on top; runs inside Unreal.

The artist's asset is never changed: `set_configuration` copies it, while `set_preset_origin` would have the
pipeline copy it once more over all our changes (`engines/unreal-python-api.md` sections 5 and 6).
"""

import unreal
from render_manager_unreal_guards import Stop, call, class_name, classes, get, is_one_of, put
from render_manager_unreal_sequence import rate_of, ratio

NOT_PICTURES = ("AppleProRes", "AvidDNx", "VideoOutput", "CommandLineEncoder", "WaveOutput", "FCPXML")
KINDS = ("MoviePipelineRenderPass", "MoviePipelineImageSequenceOutputBase", "MoviePipelineCameraSetting")
FOLDER_FIELDS = ("{shot_name}", "{camera_name}", "{render_pass}")


class Configured:
    """What came of setting a job up."""

    def __init__(self):
        self.warnings = []
        self.has_step = True

    def warn(self, code, text):
        self.warnings.append((code, text))


def configure(job, preset, sequence, manifest, frame_range):
    """Set a job up for one range of frames; raises Stop when nothing could come of it."""
    done = Configured()
    if preset is not None:
        job.set_configuration(preset)
    config = job.get_configuration()
    _passes(config, preset, done)
    _outputs(config, preset, manifest, done)
    _warm_up(config, manifest)
    _output_setting(config, sequence, manifest, frame_range, done)
    # Adds what every render needs and no preset has; has to come last.
    config.initialize_transient_settings()
    return done


def settings_of(config):
    """Return the settings a configuration holds that are switched on."""
    found = call(config, "get_all_settings")
    if found is None:
        # Not proven for 4.27; there at least one of each kind that matters is found.
        found = [call(config, "find_setting_by_class", kind) for kind in classes(*KINDS)]
    return [one for one in found if one is not None]


def passes_of(config):
    """Return the render passes of a configuration, None when this engine does not let us tell them."""
    kinds = classes("MoviePipelineRenderPass")
    return [one for one in settings_of(config) if is_one_of(one, kinds)] if kinds else None


def _passes(config, preset, done):
    passes = passes_of(config)
    if preset is None:
        config.find_or_add_setting_by_class(unreal.MoviePipelineDeferredPassBase)
    elif passes is not None and not passes:
        raise Stop("no-passes", "The preset %s has no render pass that is switched on" % preset.get_name())


def _outputs(config, preset, manifest, done):
    base = classes("MoviePipelineImageSequenceOutputBase")
    wanted = manifest.get("image_format", "")
    pictures = []
    for setting in settings_of(config):
        if is_one_of(setting, base):
            pictures.append(setting)
        elif any(piece in class_name(setting) for piece in NOT_PICTURES):
            config.remove_setting(setting)
            done.warn("no-movie", "%s is left out: only single pictures are collected" % class_name(setting))
    if wanted:
        for setting in pictures:
            config.remove_setting(setting)
    elif pictures:
        return
    elif preset is not None:
        done.warn("no-picture-output", "The preset writes no single pictures; PNG files are written")
    name = "MoviePipelineImageSequenceOutput_%s" % (wanted or "PNG")
    kinds = classes(name)
    if not kinds:
        raise Stop("format-unknown", "This engine cannot write the image format %s" % (wanted or "PNG"))
    config.find_or_add_setting_by_class(kinds[0])


def _warm_up(config, manifest):
    frames = manifest.get("warm_up_frames")
    if frames is None:
        return
    setting = config.find_or_add_setting_by_class(unreal.MoviePipelineAntiAliasingSetting)
    put(setting, "engine_warm_up_count", frames)
    put(setting, "render_warm_up_count", frames)


def _output_setting(config, sequence, manifest, frame_range, done):
    output = config.find_or_add_setting_by_class(unreal.MoviePipelineOutputSetting)
    _frame_rate(output, sequence, done)
    if get(output, "handle_frame_count", 0):
        put(output, "handle_frame_count", 0)
        done.warn("no-handles", "The preset's handle frames are left out: they are frames of other shots")
    folders = sub_folders(config, str(get(output, "file_name_format", "") or ""))
    folder = unreal.DirectoryPath()
    folder.path = manifest["output_folder"].replace("\\", "/")
    put(output, "output_directory", folder)
    put(output, "file_name_format", folders + manifest["file_name"])
    put(output, "zero_pad_frame_numbers", manifest["padding"])
    put(output, "frame_number_offset", 0)
    put(output, "override_existing_output", True)
    put(output, "auto_version", False)
    # Whatever crashes at the very end must not take pictures along that wait to be written.
    put(output, "flush_disk_writes_per_shot", True)
    put(output, "use_custom_playback_range", True)
    put(output, "custom_start_frame", frame_range["start"])
    put(output, "custom_end_frame", frame_range["end"])
    done.has_step = put(output, "output_frame_step", frame_range["step"])
    if manifest["width"] and manifest["height"]:
        put(output, "output_resolution", unreal.IntPoint(manifest["width"], manifest["height"]))


def _frame_rate(output, sequence, done):
    """Keep to the sequence's own rate: at another one, frame 10 would no longer be frame 10."""
    if not get(output, "use_custom_frame_rate", False):
        return
    own, wanted = rate_of(sequence), ratio(get(output, "output_frame_rate"))
    if own is not None and own == wanted:
        return
    put(output, "use_custom_frame_rate", False)
    done.warn("frame-rate", "The preset asks for another frame rate; the sequence's own is used")


def sub_folders(config, file_name_format):
    """Return the folders, as Unreal's fields, that keep pictures of one frame apart.

    Flat where one picture a frame comes out; else by pass and camera, and by whatever the preset's own name
    tells apart.
    """
    asked = file_name_format.lower()
    wanted = [name for name in FOLDER_FIELDS if name in asked]
    passes = passes_of(config)
    if passes is None or len(passes) > 1 or any(has_layers(one) for one in passes):
        wanted.append("{render_pass}")
    if any(get(one, "render_all_cameras", False) for one in settings_of(config)):
        wanted.append("{camera_name}")
    return "".join(name + "/" for name in FOLDER_FIELDS if name in wanted)


def has_layers(render_pass):
    """Return whether a pass writes more than one picture a frame."""
    for extra in get(render_pass, "additional_post_process_materials", None) or []:
        if get(extra, "enabled", True):
            return True
    layers = [name for name in ("actor_layers", "stencil_layers", "data_layers") if get(render_pass, name, None)]
    return bool(layers)
