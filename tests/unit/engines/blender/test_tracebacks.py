import pytest

from render_manager.domain.scene import Severity
from render_manager.engines.blender.parser import BlenderParser
from render_manager.engines.blender.tracebacks import begins
from render_manager.engines.events import Remark


def remarks(text: str) -> list[Remark]:
    parser = BlenderParser("")
    events = [event for line in text.splitlines() for event in parser.feed(line)]
    return [event for event in (*events, *parser.finish(None)) if isinstance(event, Remark)]


def codes(text: str) -> list[tuple[str, str]]:
    return [(remark.code, remark.line) for remark in remarks(text)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Traceback (most recent call last):", True),
        ("Error: Python: Traceback (most recent call last):", True),
        ('Error: Python:   File "<string>", line 1', True),
        ("[12:00] Traceback (most recent call last):", True),
        ('  File "/proj/setup.py", line 3, in <module>', False),
        ("Error: Python: OSError: x", False),
    ],
)
def test_first_lines(line: str, expected: bool) -> None:
    assert begins(line) is expected


def test_last_line_is_what_is_said() -> None:
    text = """Traceback (most recent call last):
  File "/proj/setup.py", line 3, in <module>
    bpy.context.scene.nothere.foo = 1
    ^^^^^^^^^^^^^^^^^^^^^^^^^
AttributeError: 'Scene' object has no attribute 'nothere'
Saved: '/proj/x_0001.png'"""
    (remark,) = remarks(text)
    assert remark.code == "python-error"
    assert remark.severity is Severity.ERROR
    assert "'Scene' object has no attribute 'nothere'" in remark.meaning


def test_times_of_a_farm_in_front_of_each_line() -> None:
    text = """12:00:01 task 7 > Error: Python: Traceback (most recent call last):
12:00:01 task 7 >   File "/proj/setup.py", line 3, in <module>
12:00:02 task 7 >     boom()
12:00:02 task 7 > studio.errors.Offline: asset database
12:00:03 task 7 > Blender quit"""
    assert codes(text) == [("python-error", "studio.errors.Offline: asset database")]


def test_counters_of_a_farm_that_grow_a_digit() -> None:
    text = """[9] Traceback (most recent call last):
[10]   File "/proj/setup.py", line 3, in <module>
[11] ValueError: bad"""
    assert codes(text) == [("python-error", "ValueError: bad")]


def test_syntax_error_has_no_traceback_line() -> None:
    text = """Error: Python:   File "<string>", line 1
    import bpy;; x
               ^
SyntaxError: invalid syntax"""
    assert codes(text) == [("python-error", "SyntaxError: invalid syntax")]


def test_known_reason_in_the_last_line_is_the_reason() -> None:
    text = """Traceback (most recent call last):
  File "/proj/run.py", line 18, in <module>
    bpy.ops.render.render(animation=True)
RuntimeError: Error: Cannot render, no camera
"""
    assert codes(text) == [("no-camera", "RuntimeError: Error: Cannot render, no camera")]


@pytest.mark.parametrize(
    ("last", "code"), [("KeyboardInterrupt", "interrupted"), ("MemoryError", "out-of-memory")]
)
def test_exception_without_a_text(last: str, code: str) -> None:
    assert codes(f'Traceback (most recent call last):\n  File "a.py", line 1, in f\n{last}') == [(code, last)]


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("/usr/share/blender/scripts/modules/addon_utils.py", "addon-error"),
        ("/proj/config/scripts/addons/tool/__init__.py", "addon-error"),
        ("C:\\proj\\extensions\\user_default\\tool\\__init__.py", "addon-error"),
        ("/opt/bpy/5.0/scripts/addons_core/cycles/__init__.py", "python-error"),
        ("/opt/blender/3.4/scripts/addons/cycles/engine.py", "python-error"),
        ("/proj/setup.py", "python-error"),
    ],
)
def test_addons_only_warn(place: str, code: str) -> None:
    text = (
        f'Traceback (most recent call last):\n  File "{place}", line 3, in register\n    x()\nValueError: bad'
    )
    (remark,) = remarks(text)
    assert remark.code == code
    assert (remark.severity is Severity.WARNING) is (code == "addon-error")


def test_what_python_throws_away_is_not_told() -> None:
    text = """Exception ignored in: <function CyclesRender.__del__ at 0x7f26555999e0>
Traceback (most recent call last):
  File "/opt/bpy/cycles/__init__.py", line 56, in __del__
    engine.free(self)
ReferenceError: StructRNA of type CyclesRender has been removed
Traceback (most recent call last):
  File "/proj/setup.py", line 3, in <module>
ValueError: bad"""
    assert codes(text) == [("python-error", "ValueError: bad")]


def test_lines_of_other_threads_in_between_are_read_as_always() -> None:
    text = """Traceback (most recent call last):
  File "/proj/setup.py", line 3, in <module>
Fra:1 Mem:9M (Peak 9M) | Time:00:00.01 | Syncing Cube
Warning: the camera is far away
Saved: '/proj/x_0001.png'
    boom()
ValueError: bad"""
    assert codes(text) == [
        ("engine-warning", "Warning: the camera is far away"),
        ("python-error", "ValueError: bad"),
    ]


def test_each_of_two_chained_tracebacks_is_told() -> None:
    text = """Traceback (most recent call last):
  File "a.py", line 1, in f
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 3, in f
ValueError: bad"""
    assert codes(text) == [("python-error", "KeyError: 'x'"), ("python-error", "ValueError: bad")]


def test_a_traceback_without_an_end_is_left_after_a_while() -> None:
    text = (
        "Traceback (most recent call last):\n"
        + "  more\n" * 300
        + "ValueError: bad\nError: Cannot render, no camera"
    )
    assert [code for code, _line in codes(text)] == ["no-camera"]
