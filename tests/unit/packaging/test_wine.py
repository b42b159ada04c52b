from pathlib import Path, PureWindowsPath

import pytest
from steps import wine
from steps.report import Report, StepSkippedError
from steps.wine import Screen, Wine


@pytest.fixture
def without_wine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer on which nothing can be found and nothing can be installed."""
    monkeypatch.setattr(wine.shutil, "which", lambda *_words, **_rest: None)


@pytest.mark.usefixtures("without_wine")
def test_without_wine_it_says_so_and_does_not_pass() -> None:
    def programs(_figures: object) -> str:
        wine.provide_programs()
        return "there"

    report = Report()
    report.run("programs", programs)
    report.run("python", lambda _figures: "built", needs=("programs",))
    assert [result.skipped for result in report.results] == [True, True]
    assert "wine" in report.results[0].detail and "apt-get install" in report.results[0].detail
    assert report.exit_code == 3


@pytest.mark.usefixtures("without_wine")
def test_what_is_missing_is_named() -> None:
    with pytest.raises(StepSkippedError, match=r"wine, wineserver, Xvfb, makensis"):
        wine.provide_programs()


def test_files_are_named_as_each_side_names_them() -> None:
    one = Wine("names", Screen())
    inside = one.prefix / "drive_c" / "users" / "我" / "a b.txt"
    assert one.named(inside) == r"C:\users\我\a b.txt"
    assert one.of_linux(one.named(inside)) == inside
    outside = Path("/tmp/x y/é.png")
    assert PureWindowsPath(one.named(outside)) == PureWindowsPath(r"Z:\tmp\x y\é.png")
    assert one.of_linux(one.named(outside)) == outside
