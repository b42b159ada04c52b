"""Stands in for an engine that does not want to end: ignores signals, and so do its children's children.

Run as `stubborn.py FILE`; writes the pids of all its processes to FILE, then "renders" for ever.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path


def ignore_signals():
    """Ignore everything that can be ignored."""
    for number in (
        signal.SIGTERM,
        signal.SIGINT,
        signal.SIGHUP,
        signal.SIGQUIT,
        signal.SIGPIPE,
        signal.SIGUSR1,
    ):
        signal.signal(number, signal.SIG_IGN)


def note(path):
    """Add this process to the list."""
    with Path(path).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")


def spawn(path, depth):
    """Start a chain of processes, the last ones in a session of their own."""
    if os.fork():
        return
    if depth == 0:
        os.setsid()
    note(path)
    if depth:
        spawn(path, depth - 1)
    while True:
        time.sleep(60)


def main():
    """Take the first frame and never end it."""
    path = sys.argv[1]
    ignore_signals()
    commands = sys.stdin.buffer
    tag = f"@RM-{json.loads(commands.readline())['token']} "
    note(path)
    for _ in range(2):
        spawn(path, 2)

    def send(**values):
        os.write(1, (tag + json.dumps(values) + "\n").encode())

    send(event="hello", blender="3.4.1", python="3.11")
    send(event="ready", scene="Scene", engine="CYCLES")
    frame = json.loads(commands.readline())["frame"]
    send(event="frame_started", frame=frame)
    percent = 0.0
    while True:
        percent = min(percent + 0.1, 99.0)
        send(event="progress", frame=frame, percent=percent, text="Sample 1/1000", remaining_s=None)
        time.sleep(0.05)


main()
