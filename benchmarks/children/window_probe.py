"""Opens a window, says when it was painted, what it held then, and how much memory it takes when at rest.

Run by `cold_start.py` as `window_probe.py bare|ours JOBS SETTLE_S`; prints a word, a time (seconds of the
monotonic clock, which all processes share) and a number on each line, and ends by itself.
"""

import sys
import time

MEGABYTE = 2**20


def say(word, number=0.0):
    """Print what happened and when."""
    sys.stdout.write(f"{word} {time.monotonic():.6f} {number}\n")
    sys.stdout.flush()


def say_memory():
    """Print the memory of this process in MB."""
    import psutil  # not part of the start that is measured

    memory = psutil.Process().memory_full_info()
    say("rss", memory.rss / MEGABYTE)
    say("uss", memory.uss / MEGABYTE)


def open_bare(settle_s):
    """Open a window of PySide6 with nothing in it."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        """Says when it was painted."""

        was_painted = False

        def paintEvent(self, event):  # noqa: N802 - Qt's name
            super().paintEvent(event)
            if not self.was_painted:
                self.was_painted = True
                QTimer.singleShot(0, painted)

    def painted():
        say("painted")
        QTimer.singleShot(round(settle_s * 1000), settled)

    def settled():
        say_memory()
        app.quit()

    app = QApplication(sys.argv[:1])
    window = Window()
    window.resize(1280, 800)
    window.show()
    return app.exec()


def open_ours(jobs, settle_s):
    """Open the program's window the way the program does, with a look at it from outside."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    from render_manager.app import main
    from render_manager.ui.main_window import MainWindow

    class Eye(QObject):
        """Sees when the window is painted, and when its table is with all the jobs."""

        def __init__(self, window):
            super().__init__()
            self.window = window
            self.table = window.jobs.table
            window.installEventFilter(self)

        def eventFilter(self, watched, event):  # noqa: N802 - Qt's name
            if event.type() == QEvent.Type.Paint:
                if watched is self.window:
                    watched.removeEventFilter(self)
                    QTimer.singleShot(0, self.on_painted)
                elif self.table.model().rowCount() >= jobs:
                    watched.removeEventFilter(self)
                    QTimer.singleShot(0, self.on_full)
            return False

        def on_painted(self):
            say("painted")
            if jobs:
                self.table.viewport().installEventFilter(self)
            else:
                self.begin_to_settle()

        def on_full(self):
            say("shown", self.table.model().rowCount())
            self.begin_to_settle()

        def begin_to_settle(self):
            QTimer.singleShot(round(settle_s * 1000), self.on_settled)

        def on_settled(self):
            say_memory()
            self.window.close_wanted.emit()

    build = MainWindow.__init__

    def build_seen(window, **parts):
        build(window, **parts)
        window.eye = Eye(window)

    MainWindow.__init__ = build_seen
    return main([])


if __name__ == "__main__":
    what, jobs_wanted, settle = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    sys.exit(open_bare(settle) if what == "bare" else open_ours(jobs_wanted, settle))
