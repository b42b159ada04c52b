"""What looks wrong or unlikely about a scene, and what is offered to do about it."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor

from qt.drafts import draft_of
from render_manager.domain.errors import UserError
from render_manager.domain.jobspec import Existing
from render_manager.domain.scene import Problem, Severity
from render_manager.engines.outlook import Forecast, Outlook
from render_manager.engines.preparing import JobRequest
from render_manager.engines.protocols import FieldKind, OptionField
from render_manager.ui.concerns import Concern, concerns_of
from render_manager.ui.output_words import names_text, room_text
from render_manager.ui.scene_facts import facts_of
from render_manager.ui.state_looks import FAILED, WARNING
from render_manager.ui.submit_draft import Draft, Health
from render_manager.ui.submit_looks import FIELD_SHARE
from render_manager.ui.theme import DARK, LIGHT, Theme, contrast, mixed


def concern(draft: Draft, code: str) -> Concern:
    found = [one for one in concerns_of(draft) if one.code == code]
    assert found, [one.code for one in concerns_of(draft)]
    return found[0]


def codes(draft: Draft) -> set[str]:
    return {one.code for one in concerns_of(draft)}


def test_a_usual_scene_raises_none() -> None:
    assert concerns_of(draft_of()) == ()


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"frame_end": 250}, "default-range", "frames"),
        ({"frame_end": 1}, "one-frame", "frames"),
        ({"frame_end": 10_001}, "many-frames", "frames"),
        ({"width": 64, "height": 36}, "small-picture", "resolution_percent"),
        ({"width": 20_000}, "large-picture", "resolution_percent"),
        ({"extra": {"resolution_percentage": "50"}}, "percentage", "resolution_percent"),
        ({"engine_version": (4, 5)}, "other-version", "installation"),
        ({"request": {"options": {"resolution_percent": 25}}}, "percentage", "resolution_percent"),
        ({"request": {"options": {"samples": 1}}}, "few-samples", "samples"),
        ({"request": {"output": Path(tempfile.gettempdir(), "x")}}, "temporary-output", "output"),
    ],
)
def test_what_is_unlikely_colours_its_field(values: dict[str, Any], code: str, field: str) -> None:
    found = concern(draft_of(**values), code)
    assert (found.severity, found.field) == (Severity.WARNING, field)
    assert found.choices
    assert found.text.endswith(".")


def test_what_was_asked_for_is_not_doubted() -> None:
    assert not codes(draft_of(frame_end=250, request={"frames": "1-250"}))
    assert not codes(draft_of(frame_end=1, request={"frames": "1"}))
    whole = {"resolution_percent": 100}
    assert not codes(draft_of(extra={"resolution_percentage": "50"}, request={"options": whole}))


def test_nonsense_in_options_does_no_harm() -> None:
    assert not codes(draft_of(request={"options": {"samples": "abc", "resolution_percent": "x"}}))


def test_a_scene_in_the_temporary_folder_may_render_there() -> None:
    assert not codes(draft_of(Path(tempfile.gettempdir(), "shot.blend")))


def test_half_the_size_is_mended_by_one_button() -> None:
    (choice,) = concern(draft_of(extra={"resolution_percentage": "50"}), "percentage").choices
    assert (choice.field, choice.value) == ("resolution_percent", 100)


@pytest.mark.parametrize("now", [Existing.SKIP, Existing.OVERWRITE])
def test_existing_frames_are_told_in_numbers(now: Existing) -> None:
    problem = Problem("existing-frames", Severity.WARNING, "…", "…")
    draft = draft_of(frame_end=250, request={"frames": "1-250"}, existing=120, problems=[problem])
    assert draft.preparation is not None
    draft.result = replace(draft.preparation, spec=replace(draft.preparation.spec, existing=now))
    text = concern(draft, "existing-frames").text
    assert text == "120 of 250 frames are in the output folder already."
    draft.health = Health(120, 40, ("f_0007.png",))
    assert "41 looked at so far" in concern(draft, "existing-frames").text
    draft.health = Health(120, 118, ("f_0007.png", "f_0009.png"))
    found = concern(draft, "existing-frames")
    assert "118 whole, 2 damaged" in found.text
    assert found.details == ("f_0007.png", "f_0009.png")
    skip, overwrite, version = found.choices
    assert "132" in skip.text
    assert "120" in overwrite.text
    assert "250" in version.tip
    assert [choice.is_current for choice in found.choices].index(True) == [*Existing].index(now)
    assert found.field == ("existing" if now is Existing.OVERWRITE else "")


def test_missing_files_are_named_without_their_folders_and_listed_whole() -> None:
    names = ("//textures\\wood.png", "/far/stone.exr", "C:\\x\\metal.tif", "/far/more.png")
    problem = Problem("missing-files", Severity.WARNING, "4 files are missing.", "Put them back.")
    found = concern(draft_of(problems=[problem], missing_files=names), "missing-files")
    assert "wood.png, stone.exr, metal.tif" in found.text
    assert "Put them back." in found.text
    assert found.details == names


def test_two_scenes_of_the_same_files_get_a_folder_of_their_own_offered() -> None:
    problem = Problem("same-files", Severity.ERROR, "a writes the same files as b.", "…")
    found = concern(draft_of(problems=[problem]), "same-files")
    assert found.field == "output"
    assert found.choices[0].value == str(Path("/show/shot_render_shot"))
    assert found.choices[1].field == "browse"


def test_errors_come_first() -> None:
    problem = Problem("no-layers", Severity.ERROR, "No layer.", "")
    assert [one.severity for one in concerns_of(draft_of(frame_end=250, problems=[problem]))] == [
        Severity.ERROR,
        Severity.WARNING,
    ]


def test_refusals_lead_to_the_field_they_are_about() -> None:
    def refused(text: str, **request: Any) -> Concern:
        draft = draft_of()
        draft.request = JobRequest(path=draft.request.path, **request)
        draft.result = UserError(text)
        return concern(draft, "refused")

    assert refused("“abc” are no frames.", frames="abc").field == "frames"
    folder = Path("/full/disk")
    assert refused(f"The disk of {folder} is full.", output=folder).field == "output"
    assert refused("It was saved by Blender 5.0, and the newest here is 3.4.").field == "installation"
    draft = draft_of(engine_version=())
    draft.result = UserError("Nothing here can render it.")
    assert concern(draft, "refused").field == "", "a version nobody knows is in no sentence"
    draft = Draft(JobRequest(path=Path("/x.blend")), result=UserError("/x.blend is damaged."))
    assert concern(draft, "refused").choices == ()


def outlook_with(draft: Draft, low: int, high: int, free: int, *, is_guess: bool = True) -> Outlook:
    assert draft.preparation is not None
    return Outlook(draft.preparation.spec, (), None, 24, free, Forecast(low, high, is_guess))


def test_room_is_told_against_a_forecast_that_is_called_a_guess() -> None:
    draft = draft_of()
    assert room_text(draft) == ""
    draft.outlook = outlook_with(draft, 2 * 10**9, 5 * 10**9, 400 * 10**9)
    text = room_text(draft)
    for part in ("400 GB free", "2.0 GB to 5.0 GB", "guess"):
        assert part in text
    assert not codes(draft)
    draft.outlook = outlook_with(draft, 2 * 10**9, 5 * 10**9, 10**9)
    assert concern(draft, "no-room").field == "output"
    draft.outlook = outlook_with(draft, 10, 20, 10**9)
    assert "less than 1 MB" in room_text(draft)


def test_facts_tell_what_renders_and_with_what() -> None:
    facts = {fact.label: fact for fact in facts_of(draft_of(engine_version=(4, 5), fps=25.0))}
    assert facts["Frames"].value == "1-24  ·  24 frames"
    assert facts["Length"].value == "1.0 s at 25 fps"
    assert facts["Saved with"].value == "Blender 4.5"
    assert facts["Renders with"].is_doubtful
    assert "newer than the scene" in facts["Renders with"].value
    assert "1 other" in facts["Camera"].value
    long = {fact.label: fact for fact in facts_of(draft_of(frame_end=24 * 61))}
    assert long["Length"].value == "1 min 01 s at 24 fps"
    bad = Problem("no-camera", Severity.ERROR, "No camera.")
    none = {fact.label: fact for fact in facts_of(draft_of(camera="", problems=[bad]))}
    assert "Camera" in none


def test_names_of_files_are_told() -> None:
    draft = draft_of()
    assert names_text(draft) == "f_0001.png to f_0024.png"
    draft.outlook = outlook_with(draft, 1, 2, 3)
    assert names_text(draft) == "f_0001.png to f_0024.png; none exists yet"
    job = draft.preparation
    assert job is not None
    folder = Path("/show/shot_v002")
    draft.result = replace(
        job,
        spec=replace(job.spec, existing=Existing.VERSION, output_dir=folder, output_suffix=""),
    )
    assert names_text(draft) == (
        "f_0001 to f_0024 (the ending is known when the first is rendered), in the new folder shot_v002"
    )


def test_several_cameras_are_offered_by_name() -> None:
    problem = Problem("several-cameras", Severity.WARNING, "2 cameras are renderable.", "")
    found = concern(draft_of(problems=[problem]), "several-cameras")
    assert [(choice.field, choice.value) for choice in found.choices] == [
        ("camera", "Camera"),
        ("camera", "Close"),
    ]
    many = concern(draft_of(problems=[problem], cameras=tuple("abcdef")), "several-cameras")
    assert many.choices[-1].value is None, "leads to the field"


def test_an_engine_s_own_word_on_versions_is_not_repeated() -> None:
    problem = Problem("older-scene", Severity.WARNING, "An older scene.", "")
    assert codes(draft_of(engine_version=(4, 5), problems=[problem])) == {"older-scene"}


def test_a_project_without_frames_leads_to_its_sequences() -> None:
    draft = draft_of(has_frame_range=False)
    draft.result = UserError("The project does not say which frames it has.")
    draft.fields = (OptionField("sequence", "Level sequence", FieldKind.CHOICE, (("/Game/A", "A"),)),)
    assert [choice.field for choice in concern(draft, "refused").choices] == ["sequence", "frames"]


def test_problems_lead_to_fields_the_form_has() -> None:
    problem = Problem("renderer-missing", Severity.ERROR, "No Arnold.", "")
    draft = draft_of(problems=[problem])
    assert concern(draft, "renderer-missing").choices == ()
    draft.fields = (OptionField("renderer", "Renderer", FieldKind.CHOICE),)
    (choice,) = concern(draft, "renderer-missing").choices
    assert (choice.text, choice.field) == ("Edit “Renderer”", "renderer")


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("color", [WARNING, FAILED], ids=["warning", "error"])
def test_doubtful_fields_can_be_read(theme: Theme, color: QColor) -> None:
    field = mixed(theme.pane, color, FIELD_SHARE)
    assert contrast(theme.text, field) >= 4.5
    assert contrast(theme.dim_text, field) >= 4.5, "what stands there in grey"
