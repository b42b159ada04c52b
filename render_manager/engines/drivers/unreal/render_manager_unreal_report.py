"""Tells the program that started the editor what happens; runs inside Unreal, Python 3.7 and later.

Each event is one JSON object on a line behind "@RM-<token> ", with a number of its own. It is appended to a
file, for through a pipe on Windows lines come late or only at the end, and logged as well but for those that
come all the time. The end is told by a result file, which appears whole or not at all.
"""

import json
import os
import time

import unreal

FREQUENT = ("progress", "alive")
"""Events that would fill the artist's log; they are logged only when the file cannot be written."""
REPLACE_TRIES = 40
REPLACE_WAIT_S = 0.1


class Reporter:
    """Sends events; never raises for a file that cannot be written.

    That is no OSError where Python cannot spell the path: inside an editor it may be set to ASCII, on Linux.
    """

    def __init__(self, manifest):
        self.tag = "@RM-%s " % manifest["token"] if manifest.get("token") else "@RM "
        self.events_path = manifest.get("events_file", "")
        self.result_path = manifest.get("result_file", "")
        self.number = 0
        self.has_result = False
        self.has_complained = False

    def send(self, event, **values):
        """Report an event."""
        self.number += 1
        message = {"event": event, "n": self.number}
        message.update(values)
        line = self.tag + json.dumps(message, ensure_ascii=True, sort_keys=False)
        is_written = self._append(line)
        if not is_written or event not in FREQUENT:
            unreal.log(line)

    def finish(self, success, **values):
        """Write the result file and report the same; only the first call counts."""
        if self.has_result:
            return
        self.has_result = True
        values["success"] = bool(success)
        self._write_result(values)
        # Long lines are cut off on their way; the file has all of them.
        frames = values.pop("frames", [])
        self.send("result", frames=len(frames), **values)

    def _append(self, line):
        """Add a line to the file; return whether it is there."""
        if not self.events_path:
            return False
        try:
            # Opened for each line: a file that is held open is not seen to grow on some network drives.
            with open(self.events_path, "ab") as file:
                file.write(line.encode("ascii") + b"\n")
            return True
        except (OSError, ValueError) as error:
            self._complain(error)
            return False

    def _write_result(self, values):
        if not self.result_path:
            return
        part = self.result_path + ".part"
        try:
            with open(part, "wb") as file:
                file.write(json.dumps(values, ensure_ascii=True).encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
            replace_patiently(part, self.result_path)
        except (OSError, ValueError) as error:
            self._complain(error)

    def _complain(self, error):
        if not self.has_complained:
            self.has_complained = True
            unreal.log_warning("Render Manager cannot write its status: %s" % error)


def replace_patiently(source, target):
    """Put a file in another's place; on Windows somebody who reads the other makes that fail for a moment."""
    for left in range(REPLACE_TRIES, -1, -1):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if not left:
                raise
            time.sleep(REPLACE_WAIT_S)
