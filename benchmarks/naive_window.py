"""The window that `gui_gap.py` compares with: it does what simple programs do.

Every line that means something is a queued signal to the GUI thread, which shows it and commits it.
"""

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from gui_ticks import Seen, Ticker, run_plain_loop
from stand_ins import FLOOD

from render_manager.engines.blender.parser import BlenderParser
from render_manager.execution.lines import LineSplitter

WORKERS = 8
LINES_A_FRAME = 400


def signal_per_event(folder: Path, seconds: float) -> Seen:
    """Flood a window that takes a signal and a commit for each line that means something."""
    from PySide6.QtCore import QObject, Qt, Signal
    from PySide6.QtWidgets import QMainWindow, QTableWidget, QTableWidgetItem

    class Source(QObject):
        """Carries events to the GUI thread."""

        said = Signal(int, object)

    folder.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(folder / "naive.db")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE progress (worker INTEGER PRIMARY KEY, text TEXT)")
    window, table, source = QMainWindow(), QTableWidget(WORKERS, 1), Source()
    window.setCentralWidget(table)
    window.resize(1280, 800)
    window.show()

    def on_said(worker: int, event: object) -> None:
        table.setItem(worker, 0, QTableWidgetItem(str(event)))
        with database:
            database.execute("INSERT OR REPLACE INTO progress VALUES (?, ?)", (worker, str(event)))

    source.said.connect(on_said, Qt.ConnectionType.QueuedConnection)
    stop, counts = threading.Event(), [0] * WORKERS
    readers = [
        threading.Thread(target=_read_naively, args=(number, folder, source, stop, counts))
        for number in range(WORKERS)
    ]
    for reader in readers:
        reader.start()
    ticker = Ticker()
    ticker.start()
    start = time.perf_counter()
    # From another thread: drowned in events, this one may not come to its timers before they end.
    end = threading.Timer(seconds, stop.set)
    end.start()
    run_plain_loop(seconds)
    end.join()
    ticker.stop()
    taken = time.perf_counter() - start
    for reader in readers:
        reader.join()
    source.said.disconnect(on_said)
    window.close()
    database.close()
    # A loop that never came to its timer again has one gap: all the time since.
    gaps = [*ticker.gaps_ms, 1000.0 * max(taken - seconds, 0.0)]
    return Seen(gaps, sum(counts) / taken, 0.0)


def _read_naively(number: int, folder: Path, source: Any, stop: threading.Event, counts: list[int]) -> None:
    """Read one engine and emit every event of it."""
    process = subprocess.Popen(
        [sys.executable, "-S", "-u", str(FLOOD), str(LINES_A_FRAME)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(b'{"token": "naive"}\n')
    parser, splitter, frame = BlenderParser("naive"), LineSplitter(), 0
    order = '{"do": "render", "frame": %d, "folder": "%s", "name": "frame"}\n'
    while not stop.is_set():
        frame += 1
        process.stdin.write((order % (frame, folder / str(number))).encode())
        is_done = False
        while not is_done and not stop.is_set():
            for line in splitter.feed(process.stdout.read(65536)):
                counts[number] += 1
                for event in parser.feed(line.text):
                    source.said.emit(number, event)
                    is_done = is_done or type(event).__name__ == "FrameEnded"
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
