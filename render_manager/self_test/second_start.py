"""The second program of one user, as a process of its own: may not own the data, but reaches who does."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from render_manager.services.control import reach_owner
from render_manager.system.ownership import Ownership


def main(arguments: Sequence[str]) -> int:
    """Try to take a lock, then have its owner show a file and end; say as JSON what became of it.

    Raises UserError when the owner does not answer.
    """
    lock, file = (Path(name) for name in arguments)
    ownership = Ownership(lock)
    is_owner = ownership.take()
    ownership.release()
    pid = 0
    if not is_owner:
        with reach_owner(lock) as owner:
            pid = owner.pid
            owner.show([file])
            owner.quit()
    sys.stdout.write(json.dumps({"is_owner": is_owner, "pid": pid}) + "\n")
    sys.stdout.flush()
    return 0
