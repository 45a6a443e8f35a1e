"""Slugs: what every label value and name that stems from a user goes through."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.slugs import dns_slug, label_slug

VALID_LABELS = ["", "a", "jovyan", "A", "user.name", "user_name", "a--b", "9", "x" * 63, "a-1-Z.b_c"]
ODD_NAMES = [
    "user@example.org",
    "Ünïcode name",
    "ユーザー",
    "-leading",
    "trailing-",
    ".dot",
    "dot.",
    "_under",
    "a b",
    "a/b",
    "a:b",
    "x" * 64,
    "x" * 65,
    "x" * 300,
    " ",
    "\n",
    "-",
]
ANY_TEXT = st.text(max_size=100) | st.from_regex(r"[a-z]{0,40}--[a-z2-7]{13}", fullmatch=True)


@pytest.mark.parametrize("text", VALID_LABELS)
def test_valid_label_values_stay_as_they_are_N03(text: str) -> None:
    assert label_slug(text) == text


@pytest.mark.parametrize("text", ODD_NAMES)
def test_odd_names_become_valid_and_are_marked_N03(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,30}[A-Za-z0-9])?--[a-z2-7]{13}", label_slug(text))
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?--[a-z2-7]{13}", dns_slug(text))


def test_slugs_are_the_same_in_every_release_N03() -> None:
    # Labels of Instances that exist hold these: a change would hide them from their hub.
    assert label_slug("user@example.org") == "user-example.org--2fm66yso3btjp"
    assert label_slug("Ünïcode name") == "Unicode-name--22k6wtfbgmycu"


@given(ANY_TEXT, ANY_TEXT)
def test_different_texts_have_different_slugs_N03(one: str, other: str) -> None:
    assert (label_slug(one) == label_slug(other)) == (one == other)
    assert (dns_slug(one) == dns_slug(other)) == (one == other)


@given(ANY_TEXT)
def test_nobody_can_choose_the_slug_of_somebody_else_N03(text: str) -> None:
    slug = label_slug(text)

    assert slug == text or label_slug(slug) != slug


def test_names_that_differ_in_case_only_have_different_slugs_N04() -> None:
    assert label_slug("User") != label_slug("user")
    assert dns_slug("User") != dns_slug("user")
