"""Amounts as Kubernetes writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.observability.quantities import amount


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("250m", 0.25),
        ("1536123n", 0.001536123),
        ("12u", 0.000012),
        ("1", 1),
        ("1.5", 1.5),
        ("100Ki", 102400),
        ("2Gi", 2 * 1024**3),
        ("1k", 1000),
        ("1E", 1e18),
        ("12e6", 12e6),
        ("1e3", 1000),
    ],
)
def test_an_amount_is_read(text: str, number: float) -> None:
    assert amount(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "Gi", "1GiB", "many", "1 Ki", "--1", "inf", "nan", "1e999"])
def test_what_is_no_amount_has_no_number(text: str) -> None:
    assert amount(text) is None


@given(st.text(max_size=20))
def test_any_text_is_read_or_not(text: str) -> None:
    assert isinstance(amount(text), float | None)
