"""Definitions read from their files: what a good one holds, and what is said of each kind of wrong one."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.own_engines import FRAME, TOY

from render_manager.domain.errors import UserError
from render_manager.engines.commands.definition import Definition
from render_manager.engines.commands.reading import LARGEST_FILE_BYTES, read_definition

SMALL = """\
suffixes = [".Toy"]
[program]
names = ["toyrender"]
[run]
mode = "frame"
arguments = ["{scene}", "-o", "{staging}/{frame_name}.png"]
"""


def written(folder: Path, text: str | bytes, name: str = "toy.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def complaint(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_definition(path)
    return str(caught.value)


def test_the_least_that_a_definition_needs(tmp_path: Path) -> None:
    read = read_definition(written(tmp_path, SMALL, "Toy Render 2.toml"))
    assert (read.id, read.name, read.suffixes) == ("toy-render-2", "Toy Render 2", (".toy",))
    assert (read.run.mode, read.run.working_folder, read.run.frames_per_run) == ("frame", "{scene_folder}", 0)
    assert read.run.arguments == (("{scene}",), ("-o",), ("{staging}/{frame_name}.png",))
    assert (read.output.name, read.output.suffix) == ("{scene_name}_####", ".png")
    assert (read.limits.stall_s, read.limits.leave_s) == (900.0, 30.0)


@pytest.mark.parametrize("text", [TOY, FRAME])
def test_everything_that_a_definition_may_hold(tmp_path: Path, text: str) -> None:
    read = read_definition(written(tmp_path, text.format(program="/opt/toy")))
    assert read.program.paths == ("/opt/toy",)
    assert read.run.arguments[0][0] == "--scene"
    assert [message.code for message in read.messages] == ["missing-texture", "no-camera"]
    assert read.exit_codes["7"].scope == "job"
    assert read.options["size"].label == "Size"


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_files_as_editors_of_windows_write_them(tmp_path: Path, ends: str, mark: str) -> None:
    text = f"{mark}# für “Toy”\n{SMALL}"
    assert read_definition(written(tmp_path, text.replace("\n", ends))).id == "toy"
    wrong = (text + "mood = 1\n").replace("\n", ends)
    assert "toy.toml, line 8: “run.mood” is not known here" in complaint(written(tmp_path, wrong))


def replaced(old: str, new: str, text: str = SMALL) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


ENDING = 'suffixes = [".Toy"]'
NAMES = 'names = ["toyrender"]'
MODE = 'mode = "frame"'
ARGUMENTS = 'arguments = ["{scene}", "-o", "{staging}/{frame_name}.png"]'

WRONG = {
    # What is no TOML at all.
    "no equals sign": (SMALL + "what is this", 7, "this is not TOML: expected '=' after a key"),
    "open bracket": (replaced(ENDING, 'suffixes = [".toy"'), 2, "this is not TOML: "),
    "open text": (SMALL + 'a = """\n\n', 7, "this is not TOML: "),
    "twice": (SMALL + "mode = 'batch'\n", 7, "this is not TOML: "),
    "a path of Windows": (
        replaced(NAMES, 'paths = ["C:\\Program Files\\Toy\\toy.exe"]'),
        3,
        "this is not TOML: .*; a text with \\\\ goes between single quotation marks",
    ),
    # Entries that are not there, or not known.
    "no ending": (replaced(ENDING, ""), 0, "“suffixes” is missing"),
    "no program": (replaced("[program]\n" + NAMES, ""), 0, "“program” is missing"),
    "no run": (SMALL[: SMALL.index("[run]")], 0, "“run” is missing"),
    "no arguments": (replaced(ARGUMENTS, ""), 4, "“run.arguments” is missing"),
    "mistyped": (
        replaced("names", "nmaes"),
        3,
        "“program.nmaes” is not known here; perhaps “names” is meant",
    ),
    "unknown table": (SMALL + "[patern]\n", 7, "“patern” is not known here; perhaps “patterns” is meant"),
    "unknown entry": (
        SMALL + "[limits]\nzzz = 1\n",
        8,
        "“limits.zzz” is not known here; known are stall_s, leave_s",
    ),
    "unknown in a message": (
        SMALL + "[[messages]]\npattern = 'a'\nmeaning = 'A.'\n[[messages]]\npattern = 'b'\nmeening = 'B.'\n",
        12,
        "“messages.meening” is not known here; perhaps “meaning” is meant",
    ),
    "unknown in an option": (
        SMALL + "[options.size]\nlabel = 'Size'\nkeind = 'text'\n",
        9,
        "“options.size.keind” is not known here; perhaps “kind” is meant",
    ),
    # Values of the wrong kind.
    "a number for text": (
        SMALL + "[output]\nsuffix = 7\n",
        8,
        "output.suffix: it has to be text in quotation marks",
    ),
    "text for a list": (replaced(ENDING, 'suffixes = ".toy"'), 1, "suffixes: it has to be a list such as"),
    "text for a table": (
        replaced("[program]\n" + NAMES, "program = 'toy'"),
        2,
        "program: it has to be a table",
    ),
    "a table for a list": (SMALL + "[messages]\npattern = 'a'\n", 7, "messages: it has to be a list"),
    "a list for a table": (SMALL + "[[options]]\nlabel = 'a'\n", 7, "options: it has to be a table"),
    "text for a whole number": (SMALL + 'frames_per_run = "a few"\n', 7, "it has to be a whole number"),
    "a fraction": (SMALL + "frames_per_run = 1.5\n", 7, "run.frames_per_run: it has to be a whole number"),
    "below nothing": (SMALL + "frames_per_run = -1\n", 7, "run.frames_per_run: it has to be 0 or more"),
    "text for a number": (SMALL + "[limits]\nstall_s = 'long'\n", 8, "limits.stall_s: it has to be a number"),
    "no number": (SMALL + "[limits]\nstall_s = nan\n", 8, "limits.stall_s: it has to be a number"),
    "negative": (SMALL + "[limits]\nleave_s = -0.5\n", 8, "limits.leave_s: it has to be 0 or more"),
    "another mode": (replaced(MODE, 'mode = "fast"'), 5, "run.mode: it has to be one of 'batch' or 'frame'"),
    "no yes": (
        SMALL + "[[messages]]\npattern = 'a'\nmeaning = 'A.'\npermanent = 'mostly'\n",
        10,
        "messages.permanent: it has to be true or false",
    ),
    "empty list": (replaced(ENDING, "suffixes = []"), 1, "suffixes: it may not be empty"),
    "empty text": (
        SMALL + "[[messages]]\npattern = 'a'\nmeaning = ''\n",
        9,
        "messages.meaning: it may not be empty",
    ),
    "a long name": (f"name = '{'x' * 61}'\n" + SMALL, 1, "name: it may have 60 letters"),
    "a long name by the way": (
        SMALL + "[options.a]\nlabel = ''\n",
        8,
        "options.a.label: it may not be empty",
    ),
    # Names.
    "id": (
        f"id = 'My Toy'\n{SMALL}",
        1,
        "id: “My Toy” has to begin with a letter and hold only small letters",
    ),
    "id with a line": (f"id = 'toy\\n'\n{SMALL}", 1, "id: “toy"),
    "ending without a dot": (replaced(".Toy", "toy"), 1, "suffixes: “toy” is no file ending such as .pov"),
    "ending with a star": (replaced(".Toy", "*.toy"), 1, "“\\*.toy” is no file ending"),
    "a path for a name": (replaced(NAMES, "names = ['/opt/toy']"), 3, "“/opt/toy” is no name of a program"),
    "a name for a path": (replaced(NAMES, "paths = ['toyrender']"), 3, "“toyrender” is no whole path"),
    "program without a place": (
        replaced(NAMES, "version_arguments = ['-v']"),
        2,
        "program: program needs names or paths",
    ),
    "code": (
        SMALL + "[[messages]]\npattern = 'a'\nmeaning = 'A.'\ncode = 'No Camera'\n",
        10,
        "messages.code: it may hold only small letters, digits, - and _",
    ),
    "exit code": (SMALL + "[exit_codes.x]\nmeaning = 'A.'\n", 7, "exit_codes.x: “x” is no exit code"),
    "name of an option": (
        SMALL + "[options.Size]\nlabel = 'Size'\n",
        7,
        "the name of an option has small letters, digits and _, not “Size”",
    ),
    "option named as a placeholder": (
        SMALL + "[options.frames]\nlabel = 'Frames'\n",
        7,
        "an option cannot be called “frames”, which has a meaning already",
    ),
    "option that every engine has": (
        SMALL + "[options.executable]\nlabel = 'Program'\n",
        7,
        "an option cannot be called “executable”",
    ),
    "variable": (
        SMALL + "[run.environment]\n'A=B' = 'x'\n",
        8,
        "“A=B” is no name of an environment variable",
    ),
    "NUL": (SMALL + '[run.environment]\nA = "x\\u0000"\n', 8, "no text may hold a NUL byte"),
    # Placeholders.
    "unknown placeholder": (
        replaced('"-o"', '"-o", "{out}"'),
        6,
        "run.arguments: {out} in “{out}” is none of what can be filled in here: .*frame_name.*staging",
    ),
    "lone brace": (
        replaced('"-o"', '"-o}"'),
        6,
        "“-o}” has a brace that stands alone; write {{ or }} for one",
    ),
    "in a list of several lines": (
        replaced(ARGUMENTS, 'arguments = [\n  "{scene}", # the scene\n\n  ["-o",\n   "{oops}"],\n]'),
        9,
        "{oops}",
    ),
    "in the environment": (SMALL + "[run.environment]\nA = '{x}'\n", 8, "run.environment.A: {x} in “{x}”"),
    "in the folder": (SMALL + "working_folder = '{x}'\n", 7, "run.working_folder: {x}"),
    "a folder as seen from itself": (
        SMALL + "working_folder = '{staging_relative}'\n",
        7,
        "{staging_relative}",
    ),
    "in the size": (SMALL + "[output]\nwidth = '{x}'\n", 8, "output.width: {x} .*: an option of this file"),
    "in the lowest frame": (SMALL + "lowest_frame = [0, '{x}']\n", 7, "run.lowest_frame: {x}"),
    "in the highest frame": (SMALL + "highest_frame = '{x}'\n", 7, "run.highest_frame: {x}"),
    "a run without its end": (
        replaced(MODE, 'mode = "batch"'),
        6,
        "run.arguments: nothing tells the program where its run ends: use {last}, {count} or {frames}",
    ),
    # File names.
    "no number in the name": (SMALL + "[output]\nname = 'beauty'\n", 8, "output.name: it has to end in #"),
    "number in the middle": (SMALL + "[output]\nname = 'a_####_b'\n", 8, "output.name: it has to end in #"),
    "folder in the name": (SMALL + "[output]\nname = 'a/b_####'\n", 8, "“a/b_####” is no file name"),
    "a frame in the name": (SMALL + "[output]\nname = '{frame}_####'\n", 8, "output.name: {frame}"),
    # Patterns.
    "pattern": (
        SMALL + "[patterns]\nprogress = '(a'\n",
        8,
        "patterns.progress: “\\(a” is no regular expression: missing",
    ),
    "deep pattern": (
        SMALL + f"[patterns]\nprogress = '{'(' * 2000}{')' * 2000}'\n",
        8,
        "patterns.progress: “\\(+…” is nested too deeply",
    ),
    "no frame": (
        SMALL + "[patterns]\nframe_started = '^frame'\n",
        8,
        "patterns.frame_started: it needs \\(\\?P<frame>…\\) or \\(\\?P<nth>…\\)",
    ),
    "no percent": (
        SMALL + "[patterns]\nprogress = '(?P<done>.)'\n",
        8,
        "patterns.progress: it needs \\(\\?P<percent>…\\) or \\(\\?P<done>…\\) \\(\\?P<total>…\\)",
    ),
    "no file": (SMALL + "[patterns]\nfile_written = 'wrote'\n", 8, "patterns.file_written: it needs"),
    "no group": (SMALL + "[scene]\nfps = 'fps = [0-9]+'\n", 8, "scene.fps: it needs one group \\(…\\)"),
    "two groups": (SMALL + "[scene]\nfps = '(a)(b)'\n", 8, "scene.fps: it needs one group"),
    "pattern of the version": (
        replaced(NAMES, NAMES + "\nversion_pattern = '['"),
        4,
        "program.version_pattern: “\\[” is no regular expression",
    ),
    # Messages.
    "no such group": (
        SMALL
        + "[[messages]]\npattern = '(?P<x>.)'\nmeaning = '{x}.'\n"
        + "[[messages]]\npattern = 'a'\nmeaning = '{x}.'\n",
        12,
        "messages.meaning: {x} is filled by no group \\(\\?P<x>…\\) of the pattern",
    ),
    "no such group in the advice": (
        SMALL + "[[messages]]\npattern = 'a'\nmeaning = 'A.'\nadvice = 'Ask {who}.'\n",
        10,
        "messages.advice: {who} is filled by no group",
    ),
    "lone brace in a message": (
        SMALL + "[[messages]]\npattern = 'a'\nmeaning = 'No }.'\n",
        9,
        "stands alone",
    ),
    "no pattern": (SMALL + "[[messages]]\nmeaning = 'A.'\n", 7, "“messages.pattern” is missing"),
    "a warning that costs the job": (
        SMALL + "[[messages]]\npattern = 'a'\nmeaning = 'A.'\nkind = 'warning'\nscope = 'job'\n",
        10,
        "messages.kind: a warning costs no frame",
    ),
    # Options.
    "choice without choices": (
        SMALL + "[options.a]\nlabel = 'A'\nkind = 'choice'\n",
        7,
        "options.a: a choice needs choices",
    ),
    "flag without a meaning": (
        SMALL + "[options.a]\nlabel = 'A'\nkind = 'flag'\n",
        7,
        "options.a: a flag needs on",
    ),
    "flag that is on": (
        SMALL + "[options.a]\nlabel = 'A'\nkind = 'flag'\non = '-a'\ndefault = true\n",
        11,
        "options.a.default: a flag is off until the artist turns it on",
    ),
    "default that is no choice": (
        SMALL + "[options.a]\nlabel = 'A'\nkind = 'choice'\nchoices = ['1']\ndefault = '2'\n",
        11,
        "options.a.default: “2” is none of the choices",
    ),
    "default that is no number": (
        SMALL + "[options.a]\nlabel = 'A'\nkind = 'number'\ndefault = 1.5\n",
        10,
        "options.a.default: it has to be a whole number from 0 to 1000000",
    ),
    "default above the largest": (
        SMALL + "[options.a]\nlabel = 'A'\nkind = 'number'\nlargest = 5\ndefault = 6\n",
        11,
        "a whole number from 0 to 5",
    ),
    "default that is no text": (
        SMALL + "[options.a]\nlabel = 'A'\ndefault = 1979-05-27\n",
        9,
        "it has to be text",
    ),
    "choices of a text": (
        SMALL + "[options.a]\nlabel = 'A'\nchoices = ['1']\n",
        9,
        "options.a.choices: only an option of kind “choice” has it",
    ),
    "on of a number": (
        SMALL + "[options.a]\nlabel = 'A'\nkind = 'number'\non = '-a'\n",
        10,
        "options.a.on: only an option of kind “flag” has it",
    ),
    "largest of nothing": (
        SMALL + "[options.a]\nlabel = 'A'\nkind = 'number'\nlargest = 0\n",
        10,
        "options.a.largest: it has to be 1 or more",
    ),
    "largest of all": (
        SMALL + "[options.a]\nlabel = 'A'\nkind = 'number'\nlargest = 2_000_000_001\n",
        10,
        "options.a.largest: it has to be 2e",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_definition_is_refused_with_the_line_and_the_reason(tmp_path: Path, name: str) -> None:
    text, line, reason = WRONG[name]
    path = written(tmp_path, text)
    said = complaint(path)
    start = f"{path}, line {line}: " if line else f"{path} cannot be used: "
    assert said.startswith(start), said
    why = said.removeprefix(start)
    assert re.search(reason.replace("{", "\\{").replace("}", "\\}"), why), why
    assert said.endswith(".")
    assert "value_error" not in said
    assert "Input should" not in said


def test_files_that_are_none(tmp_path: Path) -> None:
    assert "gone.toml cannot be used: No such file or directory." in complaint(tmp_path / "gone.toml")
    (tmp_path / "folder.toml").mkdir()
    why = "Permission denied" if sys.platform == "win32" else "Is a directory"
    assert f"folder.toml cannot be used: {why}." in complaint(tmp_path / "folder.toml")
    assert "line 2: it is not text in UTF-8; save it anew as UTF-8." in complaint(
        written(tmp_path, b"# a\n# \xfc\n" + SMALL.encode())
    )
    assert "line 1: it is not text in UTF-8" in complaint(written(tmp_path, SMALL.encode("utf-16")))
    large = SMALL.encode() + b"#" * LARGEST_FILE_BYTES
    assert "cannot be used: it is larger than 256 KB." in complaint(written(tmp_path, large))
    assert "its lists or tables are nested too deeply" in complaint(
        written(tmp_path, "a = " + "[" * 20_000 + "]" * 20_000)
    )
    assert "“suffixes” is missing" in complaint(written(tmp_path, ""))


def test_a_file_whose_name_makes_no_id(tmp_path: Path) -> None:
    assert "cannot be used: “id” is missing." in complaint(written(tmp_path, SMALL, "影.toml"))
    assert read_definition(written(tmp_path, f"id = 'ei'\n{SMALL}", "影.toml")).name == "影"


@given(text=st.text(st.sampled_from("ab=[]{}\"'\\\n#.,1 \t"), max_size=60))
def test_no_text_does_more_harm_than_to_be_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(text.encode())
    with pytest.raises(UserError):
        read_definition(path)


@given(
    place=st.sampled_from(
        ["suffixes", "program", "run", "output", "patterns", "messages", "options", "limits"]
    ),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_no_value_is_refused_in_the_words_of_a_programmer(place: str, value: object) -> None:
    from render_manager.engines.commands import reading

    values = {**tomllib.loads(SMALL), "id": "toy", "name": "Toy", place: value}
    try:
        Definition.model_validate(values)
    except reading.ValidationError as error:
        first = error.errors()[0]
        said = reading._reason(first, reading._place(first))
        assert "Input should" not in said, (first["type"], said)
