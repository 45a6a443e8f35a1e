"""What is pinned is what is asked for, with hashes, and tells nothing about where it was found."""

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.images.recipes import CHECKOUT
from tools.images.requirements import LOCKS, Lock

PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)", re.MULTILINE)

every_lock = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)


def asked_for(lock: Lock) -> list[Requirement]:
    lines: list[str] = []
    if lock.extras:
        project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
        lines += project["dependencies"]
        lines += [line for extra in lock.extras for line in project["optional-dependencies"][extra]]
    if lock.extra_file:
        text = (CHECKOUT / "requirements" / f"{lock.name}.in").read_text()
        lines += filter(None, (line.partition("#")[0].strip() for line in text.splitlines()))
    return [Requirement(line) for line in lines]


def pinned(lock: Lock) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for match in PIN.finditer((CHECKOUT / lock.path).read_text()):
        found.setdefault(match["name"], set()).add(match["version"])
    return found


@every_lock
def test_everything_asked_for_is_pinned_to_a_version_that_fits(lock: Lock) -> None:
    pins = pinned(lock)
    unfit = [
        str(requirement)
        for requirement in asked_for(lock)
        if not any(version in requirement.specifier for version in pins.get(canonicalize_name(requirement.name), ()))
    ]

    assert unfit == [], "run: python -m tools.images lock"


@every_lock
def test_every_pin_has_hashes(lock: Lock) -> None:
    blocks = re.split(r"^(?=[a-z0-9])", (CHECKOUT / lock.path).read_text(), flags=re.MULTILINE)[1:]

    assert blocks
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


@every_lock
def test_lock_names_no_host(lock: Lock) -> None:
    assert "://" not in (CHECKOUT / lock.path).read_text()


def test_hub_and_notebook_have_the_same_jupyterhub() -> None:
    by_name = {lock.name: pinned(lock) for lock in LOCKS}

    assert by_name["hub"]["jupyterhub"] == by_name["notebook"]["jupyterhub"]


def test_proxy_is_pinned_by_hash_without_a_host() -> None:
    packages = json.loads((CHECKOUT / "images/hub/package-lock.json").read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name}

    assert "node_modules/configurable-http-proxy" in installed
    assert [name for name, package in installed.items() if "integrity" not in package or "resolved" in package] == []


def test_locked_proxy_is_the_one_asked_for() -> None:
    folder = CHECKOUT / "images/hub"
    asked = json.loads((folder / "package.json").read_text())["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]

    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked
