import pytest
from steps.licences import is_copyleft, judge


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "MIT License",
        "BSD-3-Clause",
        "Apache-2.0 OR GPL-3.0-only",
        "GPL-3.0-only OR MIT",
        "Apache-2.0 AND CNRI-Python",
        "(MIT OR GPL-2.0-only) AND Zlib",
        "MIT OR GPL-2.0-only AND AGPL-3.0-only",
    ],
)
def test_free_licences_may_be_shipped(licence: str) -> None:
    found = judge(licence)
    assert found.allowed and not found.conditions


@pytest.mark.parametrize(
    "licence",
    [
        "LGPL-3.0-only",
        "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
        "GPL-3.0-or-later WITH GCC-exception-3.1 AND LGPL-2.1-or-later",
        "MPL-2.0",
        "MIT AND MPL-2.0",
    ],
)
def test_others_have_conditions(licence: str) -> None:
    found = judge(licence)
    assert found.allowed and found.conditions


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0",
        "GPL-2.0-or-later",
        "AGPL-3.0-only",
        "GNU General Public License v2 (GPLv2)",
        "GPLv3+",
        "MIT AND GPL-3.0-only",
        "GPL-3.0-or-later WITH Autoconf-exception-3.0",
    ],
)
def test_the_gpl_may_not_be_shipped(licence: str) -> None:
    assert not judge(licence).allowed
    assert is_copyleft(licence)


@pytest.mark.parametrize(
    "licence", ["", "Proprietary", "MIT OR", "(MIT", "MIT)", "MIT MIT", "AND", "Custom", "WITH x"]
)
def test_what_is_not_known_may_not_be_shipped(licence: str) -> None:
    assert not judge(licence).allowed


def test_the_choice_without_conditions_is_taken() -> None:
    assert not judge("LGPL-3.0-only OR MIT").conditions


@pytest.mark.parametrize("licence", ["LGPL-3.0-only", "MIT", "Apache-2.0"])
def test_the_lgpl_is_not_the_gpl(licence: str) -> None:
    assert not is_copyleft(licence)
