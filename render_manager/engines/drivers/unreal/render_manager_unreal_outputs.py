"""Which files a pipeline wrote for which frames, looked up on disk; runs inside Unreal."""

import os
import re

from render_manager_unreal_guards import get, items

NUMBER = re.compile(r"(-?)([0-9]{1,18})(?:_[A-Za-z]{1,8})?$")


class Outputs:
    """The files of one range of frames."""

    def __init__(self):
        self.by_frame = {}
        self.missing = {}
        self.others = []

    @property
    def complete(self):
        """Return the frames of which every file is there, sorted."""
        return sorted(frame for frame in self.by_frame if frame not in self.missing)


def collect(results, asked):
    """Return what a pipeline's result names, as far as it belongs to the frames asked for.

    A frame misses a file when another frame of its shot has one of that pass, or when the file that is named
    is not there or empty.
    """
    outputs = Outputs()
    for shot in shots_of(results):
        passes = []
        for files in shot:
            by_frame = {}
            for path in files:
                frame = frame_of(path, asked)
                if frame is None:
                    outputs.others.append(path)
                else:
                    by_frame.setdefault(frame, []).append(path)
            passes.append(by_frame)
        frames = set(frame for by_frame in passes for frame in by_frame)
        for frame in frames:
            _add(outputs, frame, [by_frame.get(frame, []) for by_frame in passes if by_frame])
    return outputs


def _add(outputs, frame, passes):
    known = outputs.by_frame.setdefault(frame, [])
    for paths in passes:
        if not paths:
            outputs.missing.setdefault(frame, "")
        for path in paths:
            if is_good(path):
                known.append(path)
            else:
                outputs.missing[frame] = path


def shots_of(results):
    """Return, for each shot, the lists of files of its passes; presets and graphs tell it differently."""
    shots = []
    for name, passes in (
        ("shot_data", ("render_pass_data",)),
        ("graph_data", ("render_layer_data", "render_pass_data")),
    ):
        for shot in get(results, name, None) or []:
            found = next((data for data in (get(shot, one, None) for one in passes) if data), None)
            if found is not None:
                shots.append([[str(path) for path in get(data, "file_paths", None) or []] for _, data in items(found)])
    return shots


def frame_of(path, asked):
    """Return the frame a file belongs to, None when it is none of those asked for."""
    stem = os.path.splitext(os.path.basename(path.replace("\\", "/")))[0]
    match = NUMBER.search(stem)
    if match is None:
        return None
    number = int(match.group(2))
    # `shot-0004` may be frame 4 of `shot-####` or frame -4 of `shot####`: where both are asked for, a frame
    # below zero shows by a sign of its own.
    is_hyphen = stem[: match.start()][-1:].isalnum()
    both = (number, -number) if is_hyphen else (-number, number)
    for frame in both if match.group(1) else (number,):
        if frame in asked:
            return frame
    return None


def is_good(path):
    """Return whether a file is there and not empty, as far as can be told."""
    try:
        return os.path.getsize(path) > 0
    except OSError:
        return False
    except ValueError:
        # Python here cannot spell the path, as in an editor that runs in ASCII; whoever started us looks again.
        return True
