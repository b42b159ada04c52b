"""Watches a pipeline from the editor's tick and reports what changed; runs inside Unreal.

The engine's tick is not the movie's frame: warm-up and temporal samples tick as well. So the movie's frame is
asked for (`engines/unreal-python-api.md` section 8); of all calls only the overall percentage is proven
everywhere, so each may be missing.
"""

import time

import unreal
from render_manager_unreal_guards import call, enum_name, finite, get, whole

HEART_BEAT_S = 20.0
WITHIN_FRAME_EVERY_S = 0.5
LONGEST_TICK_S = 5.0
"""A longer gap between ticks is one in which the engine did something else, such as compile shaders."""
PHASES = {"FINALIZE": "finalising", "EXPORT": "exporting", "FINISHED": "finished"}
NO_SAMPLES = (0, 0)
SEGMENT_PHASES = {"UNINITIALIZED": "preparing", "WARMING_UP": "warming-up", "COOLING_DOWN": "rendering"}


class Progress:
    """Follows one pipeline through one range of frames.

    `span` is the range of frames that the pipeline renders; `asked` are the frames of it that matter.
    """

    def __init__(self, reporter, span, asked, is_graph):
        self.reporter = reporter
        self.span = span
        self.asked = frozenset(asked)
        self.library = getattr(unreal, "MovieGraphLibrary" if is_graph else "MoviePipelineLibrary", None)
        self.frame = None
        self.phase = ""
        self.samples = NO_SAMPLES
        self.seen = None
        self.ticked_s = 0.0
        self.last_tick = self.last_sent = time.monotonic()

    def tick(self, pipeline):
        """Look at the pipeline and report; return the seconds it has ticked without getting on."""
        now = time.monotonic()
        self.ticked_s += min(now - self.last_tick, LONGEST_TICK_S)
        self.last_tick = now
        state = pipeline_state(pipeline, self.library)
        segment = enum_name(call(self.library, "get_current_segment_state", pipeline) or "")
        metrics = call(self.library, "get_current_segment_work_metrics", pipeline)
        index = self._index(pipeline)
        self._note_change((state, segment, index, self._marks(metrics)))
        self._report_phase(state, segment, metrics, now)
        if state in ("PRODUCING_FRAMES", "") and segment not in SEGMENT_PHASES:
            self._report_frame(self._frame(pipeline, index), samples_of(metrics), now)
        if now - self.last_sent > HEART_BEAT_S:
            self._send(now, "alive", phase=self.phase)
        return self.ticked_s

    def _note_change(self, seen):
        if seen != self.seen:
            self.seen = seen
            self.ticked_s = 0.0

    def _marks(self, metrics):
        names = ("output_frame_index", "output_sub_sample_index", "engine_warm_up_frame_index")
        return tuple(whole(get(metrics, name)) for name in names) if metrics is not None else ()

    def _index(self, pipeline):
        """Return how many frames of the range come before the one at work, None when it is not told."""
        counts = call(self.library, "get_overall_output_frames", pipeline)
        if isinstance(counts, (tuple, list)) and counts:
            return whole(counts[0])
        percent = finite(call(self.library, "get_completion_percentage", pipeline))
        if percent is None:
            return None
        return int(min(max(percent, 0.0), 1.0) * len(self.span) + 1e-6)

    def _frame(self, pipeline, index):
        """Return the movie's frame at work, None when it is none of those asked for."""
        root = None
        for name in ("get_root_frame_number", "get_master_frame_number"):
            root = whole(call(self.library, name, pipeline)) if root is None else root
        if root is None or not self.span.start <= root < self.span.stop:
            is_inside = index is not None and 0 <= index < len(self.span)
            root = self.span[index] if is_inside else None
        return root if root in self.asked else None

    def _report_phase(self, state, segment, metrics, now):
        phase = PHASES.get(state) or SEGMENT_PHASES.get(segment) or "rendering"
        if state == "UNINITIALIZED":
            phase = "preparing"
        values = {}
        if phase == "warming-up" and metrics is not None:
            values["total"] = whole(get(metrics, "total_engine_warm_up_frame_count"))
        if phase != self.phase:
            self.phase = phase
            self._send(now, "phase", phase=phase, **values)

    def _report_frame(self, frame, samples, now):
        if frame is None:
            return
        if frame == self.frame and (samples == self.samples or now - self.last_sent < WITHIN_FRAME_EVERY_S):
            return
        self.frame, self.samples = frame, samples
        done, total = samples
        values = {"percent": round(100.0 * done / total, 1), "sample": done, "samples": total} if total else {}
        self._send(now, "progress", frame=frame, **values)

    def _send(self, now, event, **values):
        self.last_sent = now
        self.reporter.send(event, **values)


def samples_of(metrics):
    """Return how many samples of the frame at work are done, and of how many; zeros when it is not told."""
    if metrics is None:
        return NO_SAMPLES
    done, total = whole(get(metrics, "output_sub_sample_index")), whole(get(metrics, "total_sub_sample_count"))
    if not total or total < 2 or done is None or done < 0:
        return NO_SAMPLES
    return min(done, total), total


def pipeline_state(pipeline, library):
    """Return the name of a pipeline's state, empty when it cannot be told."""
    state = call(pipeline, "get_pipeline_state")
    if state is None:
        state = call(library, "get_pipeline_state", pipeline)
    return "" if state is None else enum_name(state)
