"""How the stub's Movie Render Queue renders: from a job's settings to pictures, a tick at a time.

Behaves as `engines/unreal-python-api.md` section 7 says, traps included: `initialize` may end the whole thing
before it returns, or fail without a word; files are written some ticks after their frame.
"""

import os
import time

import stub_render
from stub_render import WISHES, log

WRITE_LAG = 2
"""Ticks between a frame and its file."""


class Shot:
    """Frames of one shot."""

    def __init__(self, name, frames, cameras):
        self.name = name
        self.frames = frames
        self.cameras = cameras
        self.files = {}


class Plan:
    """What is to be rendered."""

    def __init__(self, shots, passes, suffixes, folder, name, padding, step, warm_up, samples, flushes):
        self.shots = [shot for shot in shots if shot.frames]
        self.passes = passes
        self.suffixes = suffixes
        self.folder = folder
        self.name = name
        self.padding = padding
        self.step = max(step, 1)
        self.warm_up = warm_up
        self.samples = max(samples, 1)
        self.flushes = flushes

    @property
    def total(self):
        return sum(len(shot.frames) for shot in self.shots)


class Work:
    """Goes through a plan; one call of `tick` is one tick of the engine."""

    def __init__(self, plan):
        self.plan = plan
        self.state = "PRODUCING_FRAMES"
        self.segment = "UNINITIALIZED"
        self.shot = 0
        self.place = 0
        self.index = 0
        self.sample = 0
        self.warmed = 0
        self.ending = 0
        self.waiting = []
        self.ticks = 0
        self.finished_shots = []
        self.stalled = False
        self.announce(0)

    @property
    def frame(self):
        frames = self.plan.shots[min(self.shot, len(self.plan.shots) - 1)].frames
        return frames[min(self.place, len(frames) - 1)]

    def announce(self, number):
        """Print what Movie Render Queue says when a shot begins."""
        shot, count = self.plan.shots[number], len(self.plan.shots)
        log(
            "LogMovieRenderPipeline: [%d] Initializing Camera Cut [%d/%d] in [%s] CameraCut."
            % (3, number + 1, count, shot.name)
        )
        log(
            "LogMovieRenderPipeline: Shot has %d Passes. Total resolution: (64x36) Individual tile resolution: "
            "(64x36). Tile count: (1x1)" % len(self.plan.passes)
        )
        log("LogMovieRenderPipeline: [4] Finished initializing Camera Cut [%d/%d]." % (number + 1, count))

    def tick(self):
        """Go on by one tick; return whether all is finished."""
        self.ticks += 1
        self._write_due()
        if self.state == "PRODUCING_FRAMES":
            self._produce()
        elif self.state == "FINALIZE":
            self.ending += 1
            if self.ending > 2:
                self._write_due(all_of_them=True)
                self.state = "EXPORT"
        elif self.state == "EXPORT":
            self.state = "FINISHED"
            return True
        return False

    def _produce(self):
        if self.stalled or stub_render.goes_wrong("stall_at", self.frame):
            self.stalled = True
            return
        if self.warmed < self.plan.warm_up:
            self.segment = "WARMING_UP"
            self.warmed += 1
            return
        self.segment = "RENDERING"
        time.sleep(WISHES.get("sample_delay", 0))
        self.sample += 1
        if self.sample < self.plan.samples:
            return
        self.sample = 0
        if self.index % self.plan.step == 0:
            self._render(self.frame)
        self.index += 1
        self.place += 1
        if self.place == len(self.plan.shots[self.shot].frames):
            self._end_shot()

    def _render(self, frame):
        stub_render.strike(frame)
        shot = self.plan.shots[self.shot]
        for camera in shot.cameras:
            for number, name in enumerate(self.plan.passes):
                if number and stub_render.goes_wrong("missing_pass_at", frame):
                    continue
                for suffix in self.plan.suffixes:
                    path = self.path_of(shot, camera, name, frame, suffix)
                    shot.files.setdefault((camera, name), []).append(path)
                    self.waiting.append((self.ticks + WRITE_LAG, frame, path))

    def path_of(self, shot, camera, render_pass, frame, suffix):
        """Fill in a file name's fields as the engine does."""
        name = self.plan.name
        several = len(self.plan.passes) > 1
        if several and "{render_pass}" not in name:
            if WISHES.get("old_pass_names"):
                name += "{render_pass}"
            else:
                name = name.replace("{frame_number}", "{render_pass}.{frame_number}")
        fields = {
            "frame_number": "%0*d" % (self.plan.padding, frame),
            "render_pass": render_pass,
            "camera_name": camera,
            "shot_name": shot.name,
            "sequence_name": "Seq",
        }
        for field, value in fields.items():
            name = name.replace("{%s}" % field, value)
        return os.path.join(self.plan.folder, name) + suffix

    def _end_shot(self):
        log(
            "LogMovieRenderPipeline: [41] Finished processing Camera Cut [%d/%d]."
            % (self.shot + 1, len(self.plan.shots))
        )
        if self.plan.flushes:
            self._write_due(all_of_them=True)
            self.finished_shots.append(self.plan.shots[self.shot])
        self.shot += 1
        self.place = 0
        self.warmed = 0
        if self.shot == len(self.plan.shots):
            self.segment = "FINISHED"
            self.state = "FINALIZE"
            log(
                "LogMovieRenderPipeline: [41] Finished rendering last shot. Moving to Finalize to finish writing "
                "items to disk."
            )
        else:
            self.announce(self.shot)

    def _write_due(self, all_of_them=False):
        due = [entry for entry in self.waiting if all_of_them or entry[0] <= self.ticks]
        self.waiting = [entry for entry in self.waiting if entry not in due]
        for _tick, frame, path in due:
            stub_render.write(frame, path)
