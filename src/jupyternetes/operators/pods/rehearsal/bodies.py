"""The pods that a Template gives with its defaults and first choices."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from jupyternetes.api.instance import Instance
from jupyternetes.api.template import Template
from jupyternetes.operators.pods.body import Json, PortError, pods_of
from jupyternetes.operators.templates.sample import (
    Person,
    first_choices,
    sample_instance,
    sample_output,
    with_sample_names,
)
from jupyternetes.templating import CompiledTemplate, Problem
from jupyternetes.templating.jsontree import as_list, as_mapping
from jupyternetes.templating.others.contract import CompiledOutput
from jupyternetes.templating.problems import child_path

_USER = "jovyan"
#: Where Kubernetes itself takes any text.
_ANY_TEXT: Final = re.compile(r"\.(env\[\d+\]\.value|(command|args)\[\d+\])$|^\$\.metadata\.annotations\b")


@dataclass(frozen=True, slots=True)
class SamplePod:
    """``made_up``: the first place where a text that stands for an output of another resource might be refused."""

    body: Json
    made_up: str = ""


class NotFilled(Exception):  # noqa: N818 - no error: it depends on the values that somebody gives
    """The Template cannot be filled in so; ``problems`` say why, in their words without any value."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(*problems)


def sample_pods(template: Template, compiled: CompiledTemplate, namespace: str) -> dict[str, SamplePod]:
    """The pods as they would be made in ``namespace``, by entry. Raises NotFilled.

    Where a variable may be given in some cases only, its first choice is tried first, and then none.
    """
    problems: tuple[Problem, ...] = ()
    for with_when in (True, False):
        given = first_choices(compiled, with_when=with_when)
        instance = sample_instance(template, compiled, Person(user=_USER, namespace=namespace), given)
        rendering = with_sample_names(compiled, instance)
        problems = rendering.problems
        if problems:
            continue
        try:
            bodies = pods_of(instance, rendering, template, compiled)
            made_up = _made_up(instance, template, compiled, bodies)
        except PortError as error:
            problems = (error.problem,)
            continue
        return {entry: SamplePod(body, made_up.get(entry, "")) for entry, body in bodies.items()}
    raise NotFilled(problems)


def _made_up(
    instance: Instance, template: Template, compiled: CompiledTemplate, bodies: Mapping[str, Json]
) -> dict[str, str]:
    """By entry: where a pod would be another one with other outputs, but for places that take any text."""
    if not any(entry.contract.outputs for entry in compiled.other_resources):
        return {}
    others = pods_of(instance, with_sample_names(compiled, instance, _another_text), template, compiled)
    found: dict[str, str] = {}
    for entry, body in bodies.items():
        places = (path for path in _differences(body, others.get(entry), "$") if not _ANY_TEXT.search(path))
        found[entry] = next(places, "")
    return found


def _another_text(entry: str, output: CompiledOutput) -> str:
    return f"{sample_output(entry, output)}1"


def _differences(one: object, other: object, path: str) -> Iterator[str]:
    maps, lists = (as_mapping(one), as_mapping(other)), (as_list(one), as_list(other))
    if maps[0] is not None and maps[1] is not None:
        for key in {**maps[0], **maps[1]}:
            yield from _differences(maps[0].get(key), maps[1].get(key), child_path(path, key))
    elif lists[0] is not None and lists[1] is not None and len(lists[0]) == len(lists[1]):
        for index, (each, another) in enumerate(zip(lists[0], lists[1], strict=True)):
            yield from _differences(each, another, child_path(path, index))
    elif one != other:
        yield path
