"""What docs/own-commands.md says of definitions is so."""

import os
import re
from pathlib import Path

import pytest

from render_manager.domain.errors import UserError
from render_manager.engines.commands.definition import RESERVED_OPTIONS, Definition
from render_manager.engines.commands.reading import _model_in, read_definition
from render_manager.engines.commands.template import PLACEHOLDERS
from render_manager.system.paths import app_paths

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "own-commands.md").read_text("utf-8")
EXAMPLE = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1]  # type: ignore[index]


def read(folder: Path, text: str = EXAMPLE) -> Definition:
    path = folder / "toyrender.toml"
    path.write_text(text, "utf-8")
    return read_definition(path)


def test_the_example_is_a_good_one(tmp_path: Path) -> None:
    definition = read(tmp_path)
    assert (definition.id, definition.run.mode) == ("toyrender", "frame")
    assert definition.options["width"].default == 1920


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("names =", "nmaes ="),
        ("{staging}/", "{out}/"),
        ("(?P<percent>", "(?P<per>"),
    ],
)
def test_what_a_wrong_one_says(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, EXAMPLE.replace(old, new))
    said = str(caught.value).replace(f"{tmp_path}{os.sep}", "…/engines/")
    shown = [
        line.split("left out. ")[1] for line in PAGE.splitlines() if line.startswith("An engine of your own")
    ]
    assert any(said.startswith(line.removesuffix("…")) for line in shown), said


def entries() -> list[str]:
    names = []
    for name, field in Definition.model_fields.items():
        model = _model_in(field.annotation)
        names += [name] if model is None else list(model.model_fields)
    return names


def test_every_entry_and_every_placeholder_is_explained() -> None:
    table = "\n".join(line for line in PAGE.splitlines() if line.startswith("|"))
    assert [name for name in entries() if f"`{name}`" not in table] == []
    assert [name for name in sorted(PLACEHOLDERS) if f"`{{{name}}}`" not in table] == []
    assert {"label", "largest", "meaning", "stall_s", "names"} <= set(entries())
    for name in RESERVED_OPTIONS:
        assert f"`{name}`" in PAGE


def test_the_folder_is_where_the_page_says(tmp_path: Path) -> None:
    paths = app_paths(tmp_path)
    assert paths.own_engines == paths.settings.parent / "engines"
