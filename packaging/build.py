"""Builds the program, its installer and its archive, and tries them; prints one JSON object.

    python packaging/build.py all          everything that can be built on this system
    python packaging/build.py STEP …       only these (with what they need, from earlier runs)
    python packaging/build.py lock         write the lists of libraries anew (needs uv)

On Windows it builds and tries the installer. On Linux it does the same with a Windows Python under wine,
and builds the archive for Linux as well. Exit codes: 0 all passed, 1 something failed, 2 wrong usage, 3
nothing failed but something could not be done here; the report says what and why.
"""

import argparse
import signal
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

from steps import plan  # noqa: E402 - found by the line above
from steps.signing import signer_from_environment  # noqa: E402 - as above
from steps.wheels import PYTHON, write_locks  # noqa: E402 - as above


def main() -> int:
    """Do as the arguments say; return the exit code."""
    names = plan.step_names()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("steps", nargs="+", metavar="STEP", help=f"all, lock, or {', '.join(names)}")
    wanted = parser.parse_args().steps
    if wanted[0] == "sign":
        return _sign([Path(name) for name in wanted[1:]])
    if wanted == ["lock"]:
        print(write_locks({}))
        return 0
    unknown = [name for name in wanted if name not in (*names, "all")]
    if unknown:
        parser.error(f"there is no step {', '.join(unknown)}; there are {', '.join(names)}")
    if sys.version_info[:2] != PYTHON:
        parser.error(
            f"the program is built with Python {PYTHON[0]}.{PYTHON[1]}; this is {sys.version.split()[0]}"
        )
    # Whoever ends it ends what it started as well.
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(1))
    return plan.carry_out(names if "all" in wanted else [name for name in names if name in wanted])


def _sign(paths: list[Path]) -> int:
    """Sign programs; how NSIS has its uninstaller signed."""
    signer = signer_from_environment()
    if signer is None:
        return 1
    for path in paths:
        signer.sign(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
