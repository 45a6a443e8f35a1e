"""What makes an image be refused."""

from dataclasses import replace

import pytest

from tools.images.archive import ImageContent
from tools.images.recipes import RECIPES
from tools.images.verify import problems

RECIPE = RECIPES["operators"]
GOOD = ImageContent(
    names=(),
    user="65532:65532",
    labels={},
    size=RECIPE.size_limit,
    paths=frozenset(("usr/bin/python3", "tmp", "run/lock", "var/cache/apt/archives/partial", "usr/share/gcc/as")),
)


def test_good_image_has_no_problems() -> None:
    assert problems(GOOD, RECIPE) == []


@pytest.mark.parametrize("user", ["", "root", "0", "0:0", "jovyan", "1000:users", "00"])
def test_user_must_be_a_number_other_than_root(user: str) -> None:
    (problem,) = problems(replace(GOOD, user=user), RECIPE)

    assert "USER" in problem
    assert RECIPE.containerfile in problem


def test_too_large_image_tells_both_sizes() -> None:
    (problem,) = problems(replace(GOOD, size=345_000_000), RECIPE)

    assert "345 MB" in problem
    assert "300 MB" in problem


@pytest.mark.parametrize("path", ["usr/bin/gcc", "opt/x/bin/make", "sbin/ld", "usr/local/bin/npm"])
def test_build_tool_is_named(path: str) -> None:
    (problem,) = problems(replace(GOOD, paths=GOOD.paths | {path}), RECIPE)

    assert path in problem


@pytest.mark.parametrize(
    "path",
    [
        "root/.cache/pip/http/a",
        "home/jovyan/.npm",
        "tmp/requirements.txt",
        "run/secrets/ca.crt",
        "run/wheels/a.whl",
        "etc/pip.conf",
        "root/.npmrc",
        "var/cache/apt/archives/tini.deb",
        "var/lib/apt/lists/mirror_Packages",
        "etc/apt/sources.list",
    ],
)
def test_leftover_of_the_build_is_named(path: str) -> None:
    (problem,) = problems(replace(GOOD, paths=GOOD.paths | {path}), RECIPE)

    assert path in problem


def test_all_problems_are_told_at_once_and_long_lists_are_cut() -> None:
    caches = frozenset(f"root/.cache/{number}" for number in range(5))

    found = problems(replace(GOOD, user="", size=10**9, paths=caches | {"usr/bin/gcc"}), RECIPE)

    assert len(found) == 4
    assert "and 2 more" in found[-1]
