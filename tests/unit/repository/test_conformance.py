"""The page of behaviours is made from the catalogue and from the names of the tests."""

from pathlib import Path

import pytest

from tools.conformance import ConformanceError, find_tests, read_catalogue, render_page

CATALOGUE = """
[poll]
title = "poll"
P01 = "A pending pod counts as alive."
P07 = "A deleted pod is reported."
[explanations]
P01 = "Said elsewhere."
"""


def test_tests_are_found_by_every_id_in_their_names(tmp_path: Path) -> None:
    (tmp_path / "unit").mkdir()
    (tmp_path / "unit" / "test_a.py").write_text(
        "def test_one_P07(): ...\nclass TestB:\n    async def test_two_P01_P07(self): ...\ndef helper_P09(): ...\n"
    )

    assert find_tests(tmp_path) == {
        "P07": ["unit/test_a.py::test_one_P07", "unit/test_a.py::test_two_P01_P07"],
        "P01": ["unit/test_a.py::test_two_P01_P07"],
    }


@pytest.mark.parametrize("name", ["test_code_P077", "test_P1", "test_HTTP404", "test_codeP07"])
def test_what_only_resembles_an_id_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / "test_a.py").write_text(f"def {name}(): ...\n")

    assert find_tests(tmp_path) == {}


def test_page_has_a_row_for_each_behaviour() -> None:
    page = render_page(read_catalogue(CATALOGUE), {"P07": ["a::test_x_P07", "b::test_y_P07"]})

    assert "| P01 | A pending pod counts as alive. | Said elsewhere. |" in page
    assert "| P07 | A deleted pod is reported. | `a::test_x_P07`<br>`b::test_y_P07` |" in page
    assert "1 of 2 behaviours have a test" in page


def test_unknown_id_in_a_test_is_an_error_that_names_the_test() -> None:
    with pytest.raises(ConformanceError, match=r"P99 in a::test_x_P99"):
        render_page(read_catalogue(CATALOGUE), {"P99": ["a::test_x_P99"]})


@pytest.mark.parametrize(
    ("addition", "message"),
    [('P02 = "Of nothing."', "unknown ids: P02"), ('[again]\ntitle = "again"\nP07 = "Twice."', "stand twice: P07")],
)
def test_faulty_catalogue_is_refused(addition: str, message: str) -> None:
    with pytest.raises(ConformanceError, match=message):
        read_catalogue(CATALOGUE + addition)
