"""What is common to all renderers, and that nothing a program prints does harm."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.maya_lines import check_order, codes, of, parse, parser_for, steps

from render_manager.domain.outcome import ProcessOutcome
from render_manager.engines.events import EngineEvent, EngineReady, PhaseEntered, Remark
from render_manager.engines.maya.parser import MayaParser

START = 'Starting "C:\\Program Files\\Autodesk\\Maya2024\\bin\\mayabatch.exe"'
AT = "00:00:09   514MB         | "


def test_phases_before_the_first_frame() -> None:
    events = parse([START, "File read in  4.5 seconds.", "Result: C:/a.ma"], parser_for("sw", [1]))
    assert events == [PhaseEntered("starting Maya"), EngineReady(""), PhaseEntered("scene loaded")]


@pytest.mark.parametrize(
    "line", ["File read in 0 seconds.", "# File read in  4.5 seconds.", "mel: File read in  1 seconds."]
)
def test_a_scene_is_loaded_once(line: str) -> None:
    assert of(EngineReady, parse([line, line])) == [EngineReady("")]


def test_the_scenes_path_is_echoed_and_means_nothing() -> None:
    """It comes after loading, and again right before a crash."""
    lines = ["Result: /proj/a.ma", "Result: /proj/a.ma"]
    assert steps(parse(lines, parser_for("arnold", [1]))) == []
    assert codes(parse(lines, parser_for("arnold", [1]))) == []


def test_the_scene_completed_is_no_frame_but_ends_one_whose_file_is_there() -> None:
    parser = parser_for("renderman", [1])
    lines = ["rfm Notice: Rendering perspShape at 1", '"/o/x.0001.exr" (mode = rgba)']
    assert steps(parse([*lines, "Scene /proj/a b.ma completed."], parser)) == ["+1", "-1"]
    assert parser.is_complete


def test_a_licence_abort_that_says_completed_ends_no_frame() -> None:
    lines = ["[clm.v1] generic license checkout error (22)", "Scene /proj/a.ma completed."]
    assert steps(parse(lines, parser_for("arnold", [1]))) == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("// Maya exited with status 210", "render failed"),
        ("// Maya exited with status 211", "could not read the scene"),
        ("// Maya exited with status 1", "ended with exit code 1"),
        ("// Maya exited with status -1073741819", "0xC0000005"),
        ("// Maya exited with status 3221225477", "0xC0000005"),
    ],
)
def test_mayas_own_last_line_tells_its_code(line: str, code: str) -> None:
    (remark,) = of(Remark, parse([line]))
    assert remark.code == "exit-code"
    assert code in remark.meaning.replace("could not render (exit", "render failed (exit")
    assert not remark.fatal
    assert codes(parse(["// Maya exited with status 0"])) == []


@pytest.mark.parametrize(
    "line",
    [
        "maya encountered a fatal error",
        "Signal: 11 (Unknown Signal)\rSegmentation fault (core dumped)",
        "Fatal Error. Attempting to save in C:/Users/artist/AppData/Local/Temp/artist.20160720.1239.ma",
        "\u81f4\u547d\u9519\u8bef\u3002\u5c1d\u8bd5\u5728 C:/Temp/a.20210906.2300.ma \u4e2d\u4fdd\u5b58",
        "mel: maya encountered a fatal error",
        "Stack trace:",
        "*** Error in `/usr/autodesk/maya/bin/maya.bin': munmap_chunk(): invalid pointer: 0x0 ***",
    ],
)
def test_crashes_in_any_language(line: str) -> None:
    remarks = of(Remark, parse([line]))
    assert [(remark.code, remark.fatal, remark.permanent) for remark in remarks] == [("crashed", True, False)]


def test_the_renderer_is_told_by_its_lines() -> None:
    for lines, name in (
        ([f"{AT}  0% done - 3 rays/pixel"], "Arnold"),
        (["[clm.v1] generic license checkout error (22)"], "Arnold"),
        (["[Redshift] anything"], "Redshift"),
        (["V-Ray: anything"], "V-Ray"),
        (["R90000   24%"], "RenderMan"),
        (["Constructing shading groups."], "Maya Software"),
        (["progr: 5.0% rendered"], "mental ray"),
        ([START], ""),
        (["hello"], ""),
    ):
        parser = MayaParser("")
        parse(lines, parser)
        assert parser.renderer == name


@pytest.mark.parametrize(
    ("line", "is_recognised"),
    [
        (START, True),
        ("File read in  4.5 seconds.", True),
        ("// Maya exited with status 0", True),
        ("Scene /a/b.mb completed.", True),
        ("Error: makeCameraRenderable.mel line 34: Camera [None] does not exist.", True),
        ("R90000   24%", True),
        ("Fra:1 Mem:9M | Sample 1/4", False),
        ("Error: something", False),
        ("Segmentation fault (core dumped)", False),
        ("out of memory", False),
        ("LogInit: Display: Unreal", False),
        ("00:00.860  render           | Rendering frame 2", False),
        ("copying: 50% done", False),
        ("Finished Rendering pipeline.", False),
        ("Finished Rendering /o/x.0001.iff.", True),
        ("LogPlugins: Mounting plugin V-Ray", False),
        ("64.5.mb", False),
        ("", False),
    ],
)
def test_what_only_maya_prints(line: str, is_recognised: bool) -> None:
    parser = MayaParser("")
    parse([line], parser)
    assert parser.is_recognised is is_recognised


def test_the_command_line_in_a_log_tells_the_frames() -> None:
    command = "# /usr/autodesk/maya2024/bin/Render -r arnold -s 5 -e 9 -b 2 -rd /out -im x /proj/a.ma"
    lines = [command, f"{AT}  40% done - 3 rays/pixel"]
    assert steps(parse(lines)) == ["+5", "5:40"]
    farm = '0: INFO: Full Command: "C:\\Maya2024\\bin\\Render.exe" -r file -s 7 -e 7 -b 1 "a.ma"'
    assert steps(parse([farm, f"{AT}  40% done - 3 rays/pixel"])) == ["+7", "7:40"]
    # A worker knows better.
    assert steps(parse([command, f"{AT}  40% done"], parser_for("arnold", [1]))) == ["+1", "1:40"]


@pytest.mark.parametrize(
    ("plugin", "renderer", "is_fatal"),
    [
        ("mtoa", "arnold", True),
        ("mtoa", "vray", False),
        ("maxwell", "arnold", False),
        ("AbcImport", "", False),
        ("mtoa", "", False),
    ],
)
def test_only_the_plug_in_of_the_jobs_renderer_is_needed(plugin: str, renderer: str, is_fatal: bool) -> None:
    line = f'Error: file: /a.ma line 12: Plug-in, "{plugin}", was not found on MAYA_PLUG_IN_PATH.'
    (remark,) = of(Remark, parse([line], parser_for(renderer, [1])))
    assert (remark.code, remark.fatal, remark.permanent) == ("plugin-missing", is_fatal, is_fatal)
    assert plugin in remark.meaning


@pytest.mark.parametrize(
    ("line", "renderer", "is_fatal"),
    [
        ("Error: Unrecognized node type 'VRaySettingsNode'", "vray", True),
        ("Error: Unrecognized node type 'VRaySettingsNode'", "arnold", False),
        ("Error: Unknown object type: RedshiftOptions", "redshift", True),
        ('Error: Cannot find procedure "rsPreference".', "redshift", True),
        ('Error: Cannot find procedure "rsPreference".', "sw", False),
        ("# RuntimeError: Unable to dynamically load : C:/x/redshift4maya.mll", "redshift", True),
        ("# RuntimeError: Unable to dynamically load : C:/x/redshift4maya.mll", "arnold", False),
    ],
)
def test_renderers_that_were_not_loaded(line: str, renderer: str, is_fatal: bool) -> None:
    (remark,) = of(Remark, parse([line], parser_for(renderer, [1])))
    assert (remark.fatal, remark.permanent) == (is_fatal, is_fatal)


def test_a_flood_of_one_error_is_told_some_times_and_always_when_explaining() -> None:
    flood = ["Warning: line 1: again and again."] * 500
    frame = ["Starting Rendering /o/x.0001.iff.", "Finished Rendering /o/x.0001.iff."]
    assert len(of(Remark, parse([*flood, *frame, *flood], parser_for("sw", [1, 2])))) == 40
    assert len(of(Remark, parse(flood))) == 500


def test_the_end_of_a_process_is_explained_elsewhere() -> None:
    parser = parser_for("arnold", [1])
    parser.feed(START)
    assert parser.finish(ProcessOutcome(1)) == ()
    assert parser.finish(None) == ()


def test_a_log_that_stops_before_any_frame_says_so() -> None:
    (remark,) = of(Remark, parse([START, "File read in 0 seconds.", "API 0.0  0 MB warn : what"]))
    assert remark.code == "log-ends"
    assert remark.line == "API 0.0  0 MB warn : what"
    assert codes(parse([START, "// Maya exited with status 210"])) == ["exit-code"]
    assert codes(parse([START, "No renderable cameras found."])) == ["no-camera"]


RUN = [
    START,
    "File read in  0.1 seconds.",
    *(
        line
        for number in (1, 2, 3)
        for line in (
            f"{AT}     0% done - 64 rays/pixel",
            f"{AT}    55% done - 64 rays/pixel",
            f"{AT}   100% done - 64 rays/pixel",
            f"{AT} [driver_exr] writing file `/out/x.{number:04d}.exr'",
            f"{AT}render done",
            f"{AT}  Tile: 120384 main cache misses (1.34482%)",
        )
    ),
    "Scene /proj/a.ma completed.",
]


@pytest.mark.parametrize("seed", range(20))
def test_output_cut_at_random_places_invents_no_frame(seed: int) -> None:
    chance = random.Random(seed)
    pieces: list[str] = []
    for line in RUN:
        cut = chance.randrange(len(line) + 1)
        pieces += [line[:cut], line[cut:]] if chance.random() < 0.3 else [line]
    events = parse(pieces, parser_for("arnold", [1, 2, 3]))
    check_order(events)
    assert {step for step in steps(events) if step[0] in "+-"} <= {"+1", "-1", "+2", "-2", "+3", "-3"}


def test_bytes_that_are_no_text_and_localised_letters() -> None:
    lines = [line.replace("done", "done\ufffd\ufffd") if "Tile" in line else line for line in RUN]
    assert steps(parse([f"\ufffd{line}" for line in lines]))[-1] == "-3"


PIECES = st.sampled_from(
    [
        *RUN[:8],
        "V-Ray: Updating frame at time ",
        "Rendering layer 'a', frame ",
        "Frame done - total time for frame ",
        "Starting Rendering ",
        "Finished Rendering /o/x.0001.iff.",
        "[Redshift] Block 3/4 (1,1) rendered by",
        "progr: 12.5% rendered",
        'Plug-in, "mtoa", was not found on MAYA_PLUG_IN_PATH',
        "Error: ",
        "{SEVERE} ",
        "Scene x completed.",
        "Render -s 1 -e 5 -b 1",
        "1",
        "-7",
        "%",
        "\r",
        "\x00",
        "²",
    ]
)


@given(st.lists(st.lists(PIECES | st.text(max_size=6), max_size=6).map("".join), max_size=25), st.booleans())
def test_no_text_raises_and_frames_make_sense(lines: list[str], is_live: bool) -> None:
    parser = parser_for("", [1, 2, 3]) if is_live else MayaParser("")
    check_order(parse(lines, parser))
    assert isinstance(parser.renderer, str)


@given(st.text())
def test_no_single_line_raises(line: str) -> None:
    check_order(parse([line]))


@pytest.mark.parametrize(
    "line",
    [
        "Error: " * 10_000,
        "Starting Rendering " * 4_000,
        "V-Ray: Rendering image...: " * 3_000,
        "[clm" * 15_000,
        "Rendering layer '" * 4_000,
        'Render -s 1 -e 2 -b "' * 3_000,
        "Plug-in, " * 8_000,
        "Scene " * 10_000 + "failed to render",
        "Error: file: " * 5_000,
        "{SEVERE} License " * 4_000,
        "\r" * 60_000,
        "x" * 1_000_000,
    ],
)
def test_huge_lines_are_read_without_harm(line: str) -> None:
    events: list[EngineEvent] = parse([line, line])
    check_order(events)


@pytest.mark.parametrize(
    "line",
    [
        "Render -s 1 " * 5000 + " -e",
        "[Redshift] " + "Block 1/2 " * 6000 + "rendered",
        "progr:  writing image file " * 2400,
        "rfm Notice: Rendering " * 2900,
    ],
    ids=["arguments", "redshift", "mental-ray", "renderman"],
)
@pytest.mark.timeout(30)
def test_no_line_takes_for_ever(line: str) -> None:
    # A pattern that tries every way to read a line would take hours for these.
    MayaParser("").feed(line)
