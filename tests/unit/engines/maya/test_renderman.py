"""RenderMan's lines, and the few of renderers Maya had once (`engines/maya.md` section 4)."""

from support.maya_lines import check_order, codes, of, parse, parser_for, steps

from render_manager.engines.events import FileWritten


def frame(number: int) -> list[str]:
    return [
        f"rfm Notice: Rendering perspShape at {number}",
        "R90000   24%",
        "R90000 PROGRESS: 100%",
        f'"C:/out/x.{number:04d}.exr" (mode = rgba)',
        f"'C:/out/x_Z.{number:04d}.exr' (mode = z)",
    ]


def test_a_frame_is_done_when_the_next_begins_or_all_is() -> None:
    lines = [*frame(1), *frame(2), "Scene C:/proj/a.ma completed."]
    events = parse(lines, parser_for("renderman", [1, 2]))
    check_order(events)
    assert steps(events) == ["+1", "1:24", "1:100", "-1", "+2", "2:24", "2:100", "-2"]
    assert len(of(FileWritten, events)) == 4


def test_a_log_from_anywhere() -> None:
    assert steps(parse([*frame(7), *frame(8)])) == ["+7", "7:24", "7:100", "-7", "+8", "8:24", "8:100", "-8"]


def test_severe_lines() -> None:
    lines = [
        "G32001\t{SEVERE}  Out of memory allocating tessellation cache.",
        "R50005 {SEVERE} License error",
        "R50009 {SEVERE} License location /opt/pixar.license could not be read.",
        "T02001 {SEVERE} Something else broke.",
        "Error: rman Fatal: no luck",
    ]
    assert codes(parse(lines)) == [
        "out-of-memory",
        "no-licence",
        "no-licence",
        "renderman-error",
        "render-aborted",
    ]


def test_mental_ray() -> None:
    lines = [
        "progr: 12.5% rendered",
        "progr: 62.5% rendered",
        "progr: writing image file /out/x.0012.iff (frame 12)",
        "progr: rendering finished",
    ]
    assert steps(parse(lines)) == ["+12", "12:62", "-12"]
    assert steps(parse(lines, parser_for("mentalRay", [12]))) == ["+12", "12:12", "12:62", "-12"]


def test_3delight_tells_only_what_it_begins() -> None:
    assert steps(parse(["Frame 12: caching geometry:"])) == ["+12"]
    assert codes(parse(["3DL ERROR P1168: no licence"]))[:1] == ["render-aborted"]
