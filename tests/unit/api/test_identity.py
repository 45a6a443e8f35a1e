"""Names that are computed, the published ones among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.identity import instance_name, start_secret_name
from jupyternetes.api.slugs import dns_slug, is_dns_label, is_label_value, label_slug

PUBLISHED = {
    "jovyan": "8dc366d8a0f05869bfdb6e7eb3d83f65",
    "test-user": "ebf60aed2fea54fba7f249898ad18b8c",
    "joe.bloggs@some.org": "4a517fbb40b458dfb86bcab50a510d07",
}


@pytest.mark.parametrize("user", PUBLISHED)
def test_names_of_instances_are_the_published_ones_N01(user: str) -> None:
    assert instance_name(user) == PUBLISHED[user]


def test_servers_and_hubs_have_names_of_their_own_N01_W08() -> None:
    names = [
        instance_name("jovyan"),
        instance_name("jovyan", "gpu"),
        instance_name("jovyan", hub_id="one"),
        instance_name("jovyan", hub_id="two"),
        instance_name("jovyan", "gpu", hub_id="one"),
        instance_name("gpu", "jovyan"),
    ]

    assert len(set(names)) == len(names)


@given(st.text(), st.text(), st.text())
def test_every_user_gets_a_name_that_fits_everywhere_N03_N06(user: str, server: str, hub: str) -> None:
    name = instance_name(user, server, hub_id=hub)

    assert len(name) == 32
    assert is_dns_label(name)
    assert name == instance_name(user, server, hub_id=hub)
    assert len(start_secret_name(name, "9999999999")) <= 63


ODD = [
    "UPPER", "ünïcode", "a--b", "-a", "a-", "9lives", "a" * 62, "a" * 63, "a" * 64, "", "a b", "user@example.org",
    "a/b", "..", "_", "a_b", "a.b", ".a", "Ä", "日本", "💥", "a\n", "x--aaaaaaaaaaaaa", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_slug_of_an_odd_name_is_valid_and_its_own_N03_N04(text: str) -> None:
    assert is_label_value(label_slug(text))
    assert is_dns_label(dns_slug(text))
    assert label_slug(text) == label_slug(text)
    others = [each for each in ODD if each != text]
    assert label_slug(text) not in [label_slug(each) for each in others]
    assert dns_slug(text) not in [dns_slug(each) for each in others]


@given(st.text(), st.text())
def test_two_names_never_share_a_slug_N04(one: str, other: str) -> None:
    assert (label_slug(one) == label_slug(other)) is (one == other)
    assert (dns_slug(one) == dns_slug(other)) is (one == other)


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True))
def test_valid_name_stays_as_it_is_N03(text: str) -> None:
    if "--" not in text:
        assert dns_slug(text) == label_slug(text) == text


@given(st.text())
def test_nobody_can_choose_a_name_that_is_the_slug_of_somebody_else_N04(victim: str) -> None:
    for slug in (label_slug(victim), dns_slug(victim)):
        if slug != victim:
            assert slug not in (label_slug(slug), dns_slug(slug))
