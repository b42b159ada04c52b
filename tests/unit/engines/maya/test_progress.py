"""Which frame is in work: known runs, layers and cameras, guesses and what corrects them."""

from hypothesis import given
from hypothesis import strategies as st
from support.maya_lines import check_order, steps

from render_manager.engines.events import EngineEvent, FileWritten
from render_manager.engines.maya.progress import FrameTracker


def whole_pass(tracker: FrameTracker, path: str, frame: int | None = None) -> list[EngineEvent]:
    return [
        *tracker.begin(frame),
        *tracker.advance(50.0, ""),
        *tracker.wrote(path),
        *tracker.end(None),
    ]


def test_the_next_frame_of_the_run_is_taken_for_the_one_in_work() -> None:
    tracker = FrameTracker([5, 7, 9])
    events = [
        event for name in ("x.0005.exr", "x.0007.exr", "x.0009.exr") for event in whole_pass(tracker, name)
    ]
    assert steps(events) == ["+5", "5:50", "-5", "+7", "7:50", "-7", "+9", "9:50", "-9"]


def test_a_file_that_tells_another_frame_goes_before_the_guess() -> None:
    tracker = FrameTracker([1, 2, 3])
    assert steps(whole_pass(tracker, "x.0002.exr")) == ["+1", "1:50", "+2", "2:50", "-2"]
    # What was only guessed still has to come.
    assert steps(whole_pass(tracker, "x.0001.exr")) == ["1:50", "-1"]


def test_layers_come_one_after_the_other_and_a_frame_ends_with_its_last() -> None:
    tracker = FrameTracker([1, 2], layers=2)
    names = ("a/x.0001.exr", "a/x.0002.exr", "b/x.0001.exr", "b/x.0002.exr")
    events = [event for name in names for event in whole_pass(tracker, name)]
    assert steps(events) == ["+1", "1:25", "+2", "2:25", "1:75", "-1", "2:75", "-2"]


def test_cameras_may_come_frame_by_frame_which_is_learnt() -> None:
    tracker = FrameTracker([1, 2], cameras=2)
    names = ("a/x.0001.exr", "b/x.0001.exr", "a/x.0002.exr", "b/x.0002.exr")
    events = [event for name in names for event in whole_pass(tracker, name)]
    assert steps(events) == ["+1", "1:25", "+2", "2:25", "1:75", "-1", "2:25", "2:75", "-2"]
    check_order(events)


def test_several_files_are_one_frame() -> None:
    tracker = FrameTracker([1])
    events = [*tracker.begin(None), *tracker.wrote("beauty/x.0001.exr"), *tracker.wrote("Z/x.0001.exr")]
    assert steps(events) == ["+1"]
    assert steps(tracker.end(None)) == ["-1"]


def test_passes_that_start_again_at_zero_do_not_go_back() -> None:
    tracker = FrameTracker([1])
    events = [event for part in (0.0, 60.0, 100.0, 0.0, 40.0, 100.0) for event in tracker.advance(part, "")]
    assert steps(events) == ["+1", "1:0", "1:60", "1:100", "1:100", "1:100", "1:100"]


def test_without_a_known_run_a_frame_is_shown_once_its_number_is_told() -> None:
    tracker = FrameTracker()
    events = [*tracker.begin(None), *tracker.advance(70.0, ""), *tracker.wrote("/out/x.0012.exr")]
    assert steps(events) == ["+12", "12:70"]
    assert steps(tracker.end(None)) == ["-12"]


def test_a_frame_without_any_number_is_only_a_file() -> None:
    tracker = FrameTracker()
    events = [
        *tracker.begin(None),
        *tracker.advance(70.0, ""),
        *tracker.wrote("/out/still.exr"),
        *tracker.end(None),
    ]
    assert events == [FileWritten(None, "/out/still.exr")]
    assert tracker.unnumbered_percent == 70.0


def test_a_still_of_a_run_of_one_frame_is_that_frame() -> None:
    tracker = FrameTracker([7])
    assert steps(whole_pass(tracker, "/out/still.exr")) == ["+7", "7:50", "-7"]


def test_a_renderer_without_a_word_for_the_end_ends_a_frame_with_the_next() -> None:
    tracker = FrameTracker([1, 2])
    events = [
        *tracker.begin(1),
        *tracker.wrote("x.0001.exr"),
        *tracker.begin(2),
        *tracker.wrote("x.0002.exr"),
    ]
    assert steps(events) == ["+1", "-1", "+2"]
    assert steps(tracker.complete()) == ["-2"]


def test_a_frame_without_a_file_does_not_end_with_the_run() -> None:
    tracker = FrameTracker([1])
    tracker.begin(1)
    assert tracker.complete() == []


def test_frames_that_are_none_of_the_run_are_not_believed() -> None:
    tracker = FrameTracker([4, 5])
    assert steps(tracker.begin(3)) == ["+4"]
    assert steps(tracker.wrote("x_1080.exr")) == []
    assert steps(tracker.end(99)) == ["-4"]
    # Motion blur names the frame before as well.
    assert steps(tracker.begin(4)) == ["+5"]


def test_a_name_that_ends_in_digits_of_its_own() -> None:
    tracker = FrameTracker([7, 8])
    assert steps(tracker.wrote("/out/sh0100008.exr")) == ["+8"]
    assert FrameTracker([7]).wrote("/out/v2.exr")[-1] == FileWritten(7, "/out/v2.exr")


def test_negative_frames() -> None:
    assert steps(FrameTracker([-3, -2]).wrote("/out/x.-0003.exr")) == ["+-3"]
    assert steps(FrameTracker([3]).wrote("/out/x-0003.exr")) == ["+3"]
    assert steps(FrameTracker().wrote("/out/x-0003.exr")) == ["+3"]
    assert steps(FrameTracker().wrote("/out/x.-0003.exr")) == ["+-3"]


def test_frames_that_are_left_out_move_the_guess_on() -> None:
    tracker = FrameTracker([1, 2, 3])
    tracker.skip(1)
    tracker.skip(None)
    assert steps(tracker.advance(10.0, "")) == ["+3", "3:10"]


CALLS = st.sampled_from(
    ["begin", "begin1", "begin2", "begin9", "advance", "wrote", "wrote1", "wrote2", "end", "end2"]
)


@given(
    st.lists(st.tuples(CALLS, st.floats(-50, 200)), max_size=40),
    st.sampled_from([(), (1, 2, 3)]),
    st.integers(1, 3),
    st.integers(1, 2),
)
def test_whatever_is_said_in_whatever_order_the_frames_make_sense(
    calls: list[tuple[str, float]], frames: tuple[int, ...], layers: int, cameras: int
) -> None:
    tracker = FrameTracker(frames, layers=layers, cameras=cameras)
    events: list[EngineEvent] = []
    for call, number in calls:
        match call:
            case "begin":
                events += tracker.begin(None)
            case "begin1" | "begin2" | "begin9":
                events += tracker.begin(int(call[-1]), is_sure=number > 0)
            case "advance":
                events += tracker.advance(number, "")
            case "wrote":
                events += tracker.wrote("still.exr")
            case "wrote1" | "wrote2":
                events += tracker.wrote(f"x.000{call[-1]}.exr")
            case "end":
                events += tracker.end(None)
            case _:
                events += tracker.end(2)
    events += tracker.cut_off()
    check_order(events)
