"""Tries readers with damaged files for as long as it is told, and prints what it found as JSON.

    python tests/fuzz/run.py --minutes 15 [--reader NAME …] [--how atheris|hypothesis] [--keep DIR]

Each reader runs in a process of its own with a limit on its memory, so that a crash of a library and a reader
that hangs are findings like any other. With `atheris` new paths through the code guide the damage; without
it, and for formats whose start has to be right, good files are damaged at random. `--keep` stores the inputs
of findings.
"""

import argparse
import base64
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
for place in (TESTS / "unit/engines/maya", TESTS / "unit/engines/blender", TESTS, TESTS.parent):
    sys.path.insert(0, str(place))

MEMORY_LIMIT_BYTES = 4 << 30
"""Address space of a reader's process: libraries of pictures and threads reserve far more than they use."""
MOST_SECONDS = 20.0
"""An example that takes longer is taken for one that hangs."""


def main() -> int:
    arguments = _arguments().parse_args()
    if arguments.child:
        return _child(arguments.child, arguments.seconds, arguments.seed, arguments.how)
    names = arguments.reader or _names()
    share_s = arguments.minutes * 60 / len(names)
    results = [_run_reader(name, share_s, arguments.seed, arguments.how, arguments.keep) for name in names]
    found = sum(len(result["findings"]) for result in results)
    runs = sum(result["executions"] for result in results)
    print(json.dumps({"readers": results, "executions": runs, "findings": found}, indent=1))
    return 1 if found else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="altogether, shared by all readers")
    parser.add_argument("--reader", action="append", help="one reader; may be given several times")
    parser.add_argument("--how", choices=("atheris", "hypothesis", "auto"), default="auto")
    parser.add_argument("--seed", type=int, default=None, help="to repeat a run; else one by the clock")
    parser.add_argument("--keep", type=Path, default=None, help="folder for the inputs of findings")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=10.0, help=argparse.SUPPRESS)
    return parser


def _names() -> list[str]:
    from fuzz.readers import READERS  # the libraries of all readers are imported only where they are needed

    return list(READERS)


def _run_reader(name: str, seconds: float, seed: int | None, how: str, keep: Path | None) -> dict:
    """Run one reader until its time is over, beginning anew after each input that ended its process."""
    until, executions, findings, used = time.monotonic() + seconds, 0, [], ""
    seed = time.time_ns() % (1 << 31) if seed is None else seed
    while (left := until - time.monotonic()) > 0.5 or not executions:
        lines, ending = _run_child(name, max(left, 1.0), seed, how)
        told = [line for line in lines if "executions" in line]
        executions += told[-1]["executions"] if told else 0
        used = told[-1]["how"] if told else used
        findings += [line for line in lines if "error" in line]
        if ending:
            findings.append(ending)
        if not told and not ending:
            break
        seed += 1
    unique = {finding["where"]: finding for finding in findings}
    for finding in unique.values():
        _keep(finding, name, keep)
    return {"reader": name, "how": used, "executions": executions, "findings": list(unique.values())}


def _run_child(name: str, seconds: float, seed: int, how: str) -> tuple[list[dict], dict | None]:
    """Return the lines a child printed, and a finding if its process did not end by itself."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        last = Path(folder) / "last"
        argv = [sys.executable, __file__, "--child", name, "--seconds", str(seconds), "--seed", str(seed)]
        process = subprocess.Popen(
            [*argv, "--how", how], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            out, err = process.communicate(timeout=seconds + 60 + MOST_SECONDS)
            why = f"ended with {process.returncode}"
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            why = "hangs"
        lines = [json.loads(line) for line in out.splitlines() if line.startswith(b"{")]
        if process.returncode == 0:
            return lines, None
        tail = err.decode("utf-8", "replace")[-2000:]
        data = last.read_bytes() if last.exists() else b""
        digest = hashlib.sha256(tail.encode()).hexdigest()[:8]
        ending = {"error": f"the process {why}", "where": f"{why} {digest}", "trace": tail}
        return lines, {**ending, "input": base64.b64encode(data).decode()}


def _keep(finding: dict, name: str, folder: Path | None) -> None:
    data = base64.b64decode(finding.pop("input", ""))
    finding["bytes"] = len(data)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
        path.write_bytes(data)
        finding["kept_as"] = path.name


def _child(name: str, seconds: float, seed: int, how: str) -> int:
    is_guided = how in ("atheris", "auto") and _has_atheris()
    if how == "atheris" and not is_guided:
        sys.stderr.write("atheris is not installed\n")
        return 2
    with _instrumented() if is_guided else nullcontext():
        from fuzz.readers import READERS  # as above
    _limit_memory()
    session = Session(READERS[name], seconds)
    return _with_atheris(session, seed) if is_guided else _at_random(session, seed)


def _instrumented() -> AbstractContextManager[object]:
    """Have atheris see which ways the code of this program takes that is imported meanwhile."""
    import atheris  # a library that is not always there

    guided: AbstractContextManager[object] = atheris.instrument_imports(
        include=["render_manager.engines", "render_manager.domain", "render_manager.media"]
    )
    return guided


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource  # of POSIX only

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


def _has_atheris() -> bool:
    import importlib.util

    return importlib.util.find_spec("atheris") is not None


class Session:
    """Tries inputs until the time is over, and prints each new finding."""

    def __init__(self, reader, seconds: float) -> None:  # type: ignore[no-untyped-def]
        self.reader = reader
        self.until = time.monotonic() + seconds
        self.executions = 0
        self.taken = 0
        self._known: set[str] = set()
        self._folder = Path.cwd() / "work"
        self._folder.mkdir()

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.until

    def attempt(self, data: bytes) -> None:
        # Where the parent finds it if this process does not survive it.
        Path("last").write_bytes(data)
        self.executions += 1
        began = time.monotonic()
        try:
            with _watched():
                self.taken += self.reader.try_out(data, self._folder)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            self._report(error, data)
        if time.monotonic() - began > MOST_SECONDS / 2:
            self._report(TimeoutError(f"took {time.monotonic() - began:.1f} s"), data)

    def _report(self, error: Exception, data: bytes) -> None:
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if "render_manager" in frame.filename
        ]
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
        where = f"{type(error).__name__} in {place}"
        if where in self._known:
            return
        self._known.add(where)
        trace = "".join(traceback.format_exception(error))[-3000:]
        told = {"error": repr(error)[:500], "where": where, "trace": trace}
        print(json.dumps({**told, "input": base64.b64encode(data).decode()}), flush=True)

    def tell(self, how: str) -> None:
        print(json.dumps({"executions": self.executions, "taken": self.taken, "how": how}), flush=True)


@contextmanager
def _watched() -> Iterator[None]:
    """Raise TimeoutError in an example that takes too long, as far as Python notices."""
    if sys.platform == "win32":
        yield
        return
    import signal

    def stop(*_arguments: object) -> None:
        raise RuntimeError(f"takes longer than {MOST_SECONDS:.0f} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _at_random(session: Session, seed: int) -> int:
    from hypothesis import HealthCheck, given, settings  # the parent does without it
    from hypothesis import strategies as st

    from fuzz.damage import damage  # beside this file, found by the path set above

    bases = session.reader.bases()

    @settings(
        max_examples=1000,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    @given(st.integers(0, len(bases) - 1), st.integers(0, 1 << 62))
    def attempt(base: int, number: int) -> None:
        if not session.is_over:
            session.attempt(damage(bases[base], random.Random(number + seed), session.reader.words))

    while not session.is_over:
        attempt()
    session.tell("hypothesis")
    return 0


def _with_atheris(session: Session, seed: int) -> int:
    import atheris  # a library that is not always there

    from fuzz.damage import LARGEST_BYTES, damage  # beside this file, found by the path set above

    corpus = Path("corpus")
    corpus.mkdir()
    for number, base in enumerate(session.reader.bases()):
        (corpus / str(number)).write_bytes(base[:LARGEST_BYTES])

    class Over(BaseException):
        """The time is over."""

    def attempt(data: bytes) -> None:
        if session.is_over:
            session.tell("atheris")
            sys.stdout.flush()
            import os

            os._exit(0)  # libFuzzer has no other end that is not a crash
        session.attempt(data)

    def mutate(data: bytes, most: int, number: int) -> bytes:
        dice = random.Random(number)
        changed = (
            damage(data, dice, session.reader.words) if dice.random() < 0.5 else atheris.Mutate(data, most)
        )
        return bytes(changed[:most])

    flags = [
        f"-seed={seed % (1 << 31) or 1}",
        f"-max_len={LARGEST_BYTES}",
        "-timeout=60",
        "-rss_limit_mb=3000",
    ]
    atheris.Setup(["fuzz", *flags, str(corpus)], attempt, custom_mutator=mutate)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
