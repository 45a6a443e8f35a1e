"""Tests of a Template, beside it in a file: what is given, and what must come of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final, cast

import msgspec
from msgspec import Struct

from jupyternetes.api.template import Template
from jupyternetes.cli.templates.lint import one_template
from jupyternetes.cli.templates.manifests import STDIN, Manifest, ManifestError, manifests, read
from jupyternetes.cli.templates.rendering import Made, rendered
from jupyternetes.operators.templates.sample import Person
from jupyternetes.templating.jsontree import as_list, as_mapping, as_text
from jupyternetes.templating.problems import child_path
from jupyternetes.templating.references import PODS, PVCS

_AT: Final = re.compile(r" - at `(?P<path>[^`]*)`$")


class Given(Struct, frozen=True, forbid_unknown_fields=True):
    """For whom, and what the hub gives; a value that is no text is given as JSON."""

    user: str = "jovyan"
    server: str = ""
    namespace: str = "default"
    variables: dict[str, object] = {}


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """One test.

    ``expect``: by kind and name of an entry (``pods/notebook``), what its object holds at least; null: none is made.
    ``refuse``: nothing is made, and one of the reasons holds this text.
    """

    name: str
    given: Given = Given()
    expect: dict[str, object] = {}
    refuse: str = ""


class Suite(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of tests. ``template``: the file that it is about, from where this one is; ``named``: which Template."""

    template: str
    tests: tuple[Case, ...]
    named: str = ""


def suites(file: str) -> Iterator[Suite]:
    """The tests in a file. Raises ManifestError."""
    for manifest in manifests(file, read(file)):
        try:
            yield msgspec.convert(manifest.content, Suite)
        except msgspec.ValidationError as error:
            raise _unfit(manifest, str(error)) from error


def template_for(suite: Suite, file: str) -> Template:
    """The Template that a file of tests is about. Raises ManifestError."""
    beside = suite.template if file == STDIN else str(PurePosixPath(file).parent / suite.template)
    way_out = f"{file}: say with 'named' which Template of {beside} it is about"
    return one_template(beside, suite.named, way_out)


def failures(case: Case, template: Template) -> list[str]:
    """Why a test fails; nothing if it passes."""
    given = {name: as_text(value) for name, value in case.given.variables.items()}
    person = Person(user=case.given.user, server=case.given.server, namespace=case.given.namespace)
    outcome = rendered(template, person, given)
    if not case.refuse and outcome.problems:
        return [f"it is refused: {problem}" for problem in outcome.problems]
    if case.refuse and not outcome.problems:
        return ["nothing is refused"]
    if case.refuse and not any(case.refuse in str(problem) for problem in outcome.problems):
        return [f"it is refused for another reason: {problem}" for problem in outcome.problems]
    made = {f"{each.kind}/{each.name}": each for each in outcome.made}
    return [failure for key, expected in case.expect.items() for failure in _failures_of(key, expected, made)]


def _failures_of(key: str, expected: object, made: Mapping[str, Made]) -> Iterator[str]:
    entry = made.get(key)
    if entry is None:
        known = ", ".join(made) or f"none (they are called {PODS}/NAME and {PVCS}/NAME)"
        yield f"there is no entry {key!r}; there are: {known}"
    elif entry.body is None:
        if expected is not None:
            yield f"nothing is made of {key}: {entry.note}"
    elif expected is None:
        yield f"{key} is made"
    else:
        yield from _differences(expected, entry.body, f"{key} $")


def _differences(expected: object, found: object, path: str) -> Iterator[str]:
    """Where ``found`` lacks something of ``expected``: of maps more may be there, of lists of named items too."""
    mapping, items = as_mapping(expected), as_list(expected)
    if mapping is not None and (other := as_mapping(found)) is not None:
        for name, member in mapping.items():
            yield from _differences(member, other.get(name), child_path(path, name))
    elif items is not None and (others := as_list(found)) is not None:
        yield from _differences_of_items(items, others, path)
    elif expected != found or type(expected) is not type(found):
        yield f"{path} is {_shown(found)}, not {_shown(expected)}"


def _differences_of_items(expected: Sequence[object], found: Sequence[object], path: str) -> Iterator[str]:
    named = [_name(item) for item in expected]
    if named and all(named):
        others = {_name(item): (index, item) for index, item in enumerate(found)}
        for name, item in zip(named, expected, strict=True):
            index, other = others.get(name, (None, None))
            if index is None:
                yield f"{path} has no item of the name {name!r}"
            else:
                yield from _differences(item, other, child_path(path, index))
    elif len(expected) != len(found):
        yield f"{path} has {len(found)} items, not {len(expected)}: {_shown(found)}"
    else:
        for index, (item, other) in enumerate(zip(expected, found, strict=True)):
            yield from _differences(item, other, child_path(path, index))


def _name(item: object) -> str:
    name = (as_mapping(item) or {}).get("name")
    return name if isinstance(name, str) else ""


def _shown(value: object) -> str:
    return "nothing" if value is None else msgspec.json.encode(value).decode()


def _unfit(manifest: Manifest, message: str) -> ManifestError:
    at = _AT.search(message)
    path = cast("str", at["path"]) if at else "$"
    return ManifestError(f"{manifest.place(path)}: {path}: {_AT.sub('', message)}")
