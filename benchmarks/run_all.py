"""Runs every benchmark and writes a table of the figures in Markdown, for the README.

python benchmarks/run_all.py [--quick] [NAME…]
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common import EXIT_UNAVAILABLE, child_environment, json_lines, machine

HERE = Path(__file__).resolve().parent
SCRIPTS = (
    "overhead",
    "cold_start",
    "grid_open",
    "job_table",
    "gui_gap",
    "analysis_drop",
    "stored_changes",
    "cancel_latency",
    "log_view",
    "scene_inspection",
    "maya_scene",
    "unreal_scan",
    "thumbnail_exr",
    "thumbnail_formats",
    "viewer_open",
    "built_program",
)
HEAD = ("figure", "seen", "compared with", "ratio", "budget", "")


def main() -> None:
    """Run what is asked for and print the table; exit code 1 when a benchmark broke."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="only see whether everything works")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SCRIPTS)}")
    given = parser.parse_args()
    unknown = set(given.names) - set(SCRIPTS)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    found = machine()
    print(
        f"{found['processor']}, {found['cores']} cores, {found['system']}, Python {found['python']}, "
        f"load {found['load']}\n"
    )
    print(line(HEAD))
    print(line(["---"] * len(HEAD)), flush=True)
    broken = [name for name in given.names or SCRIPTS if not run_one(name, is_quick=given.quick)]
    sys.exit(1 if broken else 0)


def run_one(name: str, *, is_quick: bool) -> bool:
    """Run one benchmark and print its rows; return whether it worked, or cannot work here."""
    argv = [sys.executable, str(HERE / f"{name}.py"), "--json"]
    if is_quick:
        argv.append("--quick")
    done = subprocess.run(argv, env=child_environment(), capture_output=True, check=False)
    for figure in json_lines(done.stdout.decode()):
        print(line(row(figure)), flush=True)
    if done.returncode == 0:
        return True
    sys.stderr.write(f"{name}: {done.stderr.decode().strip()[-2000:]}\n")
    return done.returncode == EXIT_UNAVAILABLE


def row(figure: dict[str, Any]) -> list[str]:
    """Return the cells of one figure."""
    reference = figure.get("reference")
    name = figure.get("reference_name", "")
    within = figure.get("within")
    return [
        figure["name"],
        amount(figure["value"], figure["unit"]),
        "" if reference is None else f"{name}: {amount(reference, figure['unit'])}",
        "" if figure.get("ratio") is None else f"{figure['ratio']:.2f}",
        budget_text(figure),
        "" if within is None else "kept" if within else "missed",
    ]


def budget_text(figure: dict[str, Any]) -> str:
    """Return what a figure may be."""
    budget = figure.get("budget")
    if budget is None:
        return ""
    sign = "≥" if figure.get("at_least") else "≤"
    is_value = figure["budget_is"] == "value"
    return f"{sign} {amount(budget, figure['unit'])}" if is_value else f"{sign} {budget:.2f} ×"


def amount(value: float, unit: str) -> str:
    """Return a number with its unit."""
    return f"{value:,} {unit}"


def line(cells: Sequence[str]) -> str:
    """Return a row of the table."""
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


if __name__ == "__main__":
    main()
