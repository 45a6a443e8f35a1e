"""The Containerfiles keep to what the tool, a machine with Docker and a careful administrator expect of them."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.images.recipes import CHECKOUT, RECIPES, Recipe

COMPILERS = re.compile(r"\b(build-essential|clang|cmake|g\+\+|gcc|make|[a-z0-9]+-dev)\b")


@dataclass(frozen=True)
class Instruction:
    keyword: str
    value: str


def instructions(recipe: Recipe) -> list[Instruction]:
    text = (CHECKOUT / recipe.containerfile).read_text()
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [Instruction(*line.split(maxsplit=1)) for line in lines]


def final_stage(recipe: Recipe) -> list[Instruction]:
    everything = instructions(recipe)
    start = max(number for number, each in enumerate(everything) if each.keyword == "FROM")
    return everything[start:]


def values(found: list[Instruction], keyword: str) -> list[str]:
    return [each.value for each in found if each.keyword == keyword]


every_image = pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.name)


@every_image
def test_base_is_an_argument_whose_default_is_public(recipe: Recipe) -> None:
    first = instructions(recipe)[0]

    assert first.keyword == "ARG"
    assert re.fullmatch(r"BASE_IMAGE=docker\.io/library/\S+:\S+", first.value)


@every_image
def test_every_stage_stands_on_the_base_or_on_an_earlier_stage(recipe: Recipe) -> None:
    known = {"${BASE_IMAGE}"}
    for value in values(instructions(recipe), "FROM"):
        parent, *name = value.split(" AS ")
        assert parent in known
        known.update(name)


@every_image
def test_user_is_a_number_that_is_not_root(recipe: Recipe) -> None:
    (user,) = values(final_stage(recipe), "USER")

    assert re.fullmatch(r"[1-9][0-9]*:[1-9][0-9]*", user)


@every_image
def test_final_stage_runs_nothing_so_nothing_of_the_machine_stays(recipe: Recipe) -> None:
    assert not values(final_stage(recipe), "RUN")


@every_image
def test_everything_copied_from_the_checkout_is_in_the_context(recipe: Recipe) -> None:
    copies = [shlex.split(value)[:-1] for value in values(instructions(recipe), "COPY") if "--from=" not in value]
    sources = {source for copy in copies for source in copy}

    assert sources == {*recipe.context, *(["dist/*.whl"] if recipe.uses_wheel else [])}


@every_image
def test_files_of_the_context_exist(recipe: Recipe) -> None:
    assert [path for path in recipe.context if not (CHECKOUT / path).is_file()] == []


@pytest.mark.parametrize("name", ["operators", "hub"])
def test_our_wheel_is_the_last_layer_so_a_change_of_source_renews_only_that(name: str) -> None:
    last = instructions(RECIPES[name])[-1]

    assert last.keyword == "COPY"
    assert last.value.startswith("--from=wheel ")


@every_image
def test_packages_are_pinned_by_hash_or_our_own_and_leave_no_cache(recipe: Recipe) -> None:
    installs = [value for value in values(instructions(recipe), "RUN") if re.search(r"/pip\b.* install", value)]

    assert bool(installs) == any(path.startswith("requirements/") for path in recipe.context)
    for install in installs:
        assert "--no-cache-dir" in install
        assert ("--require-hashes" in install and "--only-binary :all:" in install) or "--no-index" in install


@every_image
def test_no_stage_installs_a_compiler(recipe: Recipe) -> None:
    assert [value for value in values(instructions(recipe), "RUN") if COMPILERS.search(value)] == []


@every_image
def test_no_argument_or_variable_could_carry_a_secret_into_the_image(recipe: Recipe) -> None:
    arguments = {value.partition("=")[0] for value in values(instructions(recipe), "ARG")}

    assert arguments == {"BASE_IMAGE", "VERSION"}


@every_image
def test_labels_name_the_image(recipe: Recipe) -> None:
    (label,) = values(final_stage(recipe), "LABEL")
    given = dict(pair.split("=", 1) for pair in shlex.split(label))

    assert given["org.opencontainers.image.title"].startswith("Jupyternetes")
    assert given["org.opencontainers.image.description"]
    assert given["org.opencontainers.image.licenses"] == "BSD-3-Clause"
    assert given["org.opencontainers.image.version"] == "${VERSION}"


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("operators", ["jupyternetes", "--help"]),
        ("hub", ["tini", "-g", "--", "jupyterhub", "--config", "/etc/jupyterhub/jupyterhub_config.py"]),
        ("notebook", ["tini", "-g", "--", "jupyterhub-singleuser"]),
        ("database", ["sh", "/opt/start-database.sh", "postgres"]),
        ("login", ["oidc-provider-mock", "--host", "0.0.0.0"]),  # noqa: S104
    ],
)
def test_default_command(name: str, command: list[str]) -> None:
    stage = final_stage(RECIPES[name])

    assert [part for key in ("ENTRYPOINT", "CMD") for part in json.loads(values(stage, key)[0])] == command


def test_every_containerfile_has_a_recipe() -> None:
    there = {path.relative_to(CHECKOUT).as_posix() for path in Path(CHECKOUT, "images").glob("*/Containerfile")}

    assert there == {recipe.containerfile for recipe in RECIPES.values()}
