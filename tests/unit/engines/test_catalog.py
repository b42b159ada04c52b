"""Which engines there are and what is installed of them."""

from pathlib import Path

import pytest

from render_manager.domain.errors import UserError
from render_manager.engines.catalog import Catalog
from render_manager.engines.protocols import FoundInstallations, Installation, InstallationKind, SearchedPlace


class ToyEngine:
    def __init__(self, engine_id: str, suffix: str, program: Path) -> None:
        self.id, self.name, self.suffixes = engine_id, engine_id.title(), (suffix,)
        self.installation = Installation(
            engine_id,
            f"{engine_id}:{program}",
            (1, 2),
            "1.2",
            program,
            InstallationKind.PROGRAM,
            "PATH",
        )
        self.is_there = True

    def installation_at(self, program: Path) -> Installation | None:
        return None

    def find_installations(self) -> FoundInstallations:
        places = (SearchedPlace(self.id, "PATH", found=self.is_there),)
        return FoundInstallations((self.installation,) if self.is_there else (), places)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program"
    path.touch()
    return path


@pytest.fixture
def engines(program: Path) -> list[ToyEngine]:
    return [ToyEngine("toy", ".toy", program), ToyEngine("maya", ".ma", program)]


@pytest.fixture
def catalog(engines: list[ToyEngine]) -> Catalog:
    return Catalog(engines)  # type: ignore[arg-type]


def test_engines_by_id_and_by_file(catalog: Catalog, engines: list[ToyEngine]) -> None:
    assert catalog.engines == tuple(engines)
    assert catalog.suffixes == (".toy", ".ma")
    assert catalog.engine("maya") is engines[1]
    assert catalog.engine_for(Path("/x/A.MA")) is engines[1]
    with pytest.raises(UserError, match=r"There is no engine “x”. Engines are: toy, maya"):
        catalog.engine("x")
    with pytest.raises(UserError, match=r"a\.txt is not a scene file .* It opens: \.toy, \.ma"):
        catalog.engine_for(Path("/x/a.txt"))
    with pytest.raises(UserError, match="is not a scene file"):
        catalog.engine_for(Path("/x/noending"))


def test_installations_are_unknown_before_and_known_after(
    catalog: Catalog, engines: list[ToyEngine], program: Path
) -> None:
    key = engines[0].installation.key
    assert not catalog.is_complete
    assert catalog.installation(key) is None, "still looked for"
    assert catalog.installations("toy") == ()
    catalog.refresh()
    assert catalog.is_complete
    assert catalog.installation(key) == engines[0].installation
    assert catalog.installations("toy") == (engines[0].installation,)
    assert catalog.found("toy").searched[0].found
    assert catalog.found("unknown").installations == ()


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("toy:/elsewhere", "Toy at /elsewhere is not on this computer any more"),
        ("toy:", "Toy at  is not on this computer any more"),
        ("unknown:/x", "There is no engine “unknown”. Engines are: toy, maya"),
        ("nonsense", "There is no engine “nonsense”"),
        ("", "There is no engine “”"),
    ],
)
def test_an_installation_that_was_not_found(catalog: Catalog, key: str, sentence: str) -> None:
    """Of an engine that a user defined, the definition may be gone as well."""
    catalog.refresh()
    with pytest.raises(UserError, match=sentence):
        catalog.installation(key)


def test_a_program_that_was_removed_since(catalog: Catalog, engines: list[ToyEngine], program: Path) -> None:
    catalog.refresh()
    program.unlink()
    with pytest.raises(UserError, match=r"Toy 1\.2 at .*program is not there any more"):
        catalog.installation(engines[0].installation.key)


def test_looking_again_finds_what_changed(catalog: Catalog, engines: list[ToyEngine]) -> None:
    catalog.refresh()
    engines[0].is_there = False
    catalog.refresh()
    assert catalog.installations("toy") == ()
    assert catalog.installations("maya")
