"""A table of places as a tree, so that a walk through an object knows what may stand where it is.

A row is a path as in `containers[].env[].value`: `[]` is each item of a list, `{}` each value of a map whose keys the
author chooses, and `**` at the end all that lies below.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final

from jupyternetes.templating.reach.levels import Reach

_STEP = re.compile(r"\[\]|\{\}|\*\*|[A-Za-z]+")


class Special(Enum):
    """A place with a rule of its own."""

    NONE = auto()
    TEXT = auto()  # of any value its text stands here, of a list or map as well
    PATH_PART = auto()  # free text may be one part of the path
    STRINGS = auto()  # a whole list of strings may come from a variable
    ANNOTATION = auto()  # free text, unless the key has somebody else's domain
    CLAIM = auto()  # a claim of this Template
    ADOPTED_CLAIM = auto()  # names of the hub's users and servers, made names by a filter


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """`most`: what may stand here. `known`: a row of the table says so. `container`: one is described here."""

    most: Reach
    known: bool = False
    special: Special = Special.NONE
    container: bool = False
    below: bool = False
    members: Mapping[str, "Place"] = field(default_factory=dict[str, "Place"])

    def child(self, step: str) -> "Place":
        """What lies one step further: the name of a field, `[]` or `{}`."""
        found = self.members.get(step)
        if found is not None:
            return found
        return self if self.below else UNKNOWN

    def member(self, key: str) -> "Place":
        """The value of a map under `key`."""
        named = self.members.get(key)
        return named if named is not None else self.child("{}")


#: Where the table has no row, as for a field that a newer Kubernetes has: free text is refused.
UNKNOWN: Final = Place(Reach.BOUNDED)
#: For what nobody may choose.
NOWHERE: Final = Place(Reach.FIXED, below=True)


@dataclass(slots=True)
class _Growing:
    """A place whose members are not all known yet. Between the rows only what is fixed may stand."""

    place: Place = Place(Reach.FIXED)
    members: dict[str, "_Growing"] = field(default_factory=dict[str, "_Growing"])

    def done(self) -> Place:
        members = {step: each.done() for step, each in self.members.items()}
        return replace(self.place, members=members)


def tree(rows: Iterable[tuple[str, Reach]], special: Mapping[str, Special]) -> Place:
    """The places that `rows` describe: a path, and what may stand there."""
    root = _Growing()
    for path, most in rows:
        steps = _STEP.findall(path)
        if steps[-1] == "**":
            at(root, steps[:-1]).place = Place(most, known=True, below=True)
        else:
            at(root, steps).place = Place(most, known=True)
    for path, rule in special.items():
        found = at(root, _STEP.findall(path))
        found.place = replace(found.place, special=rule)
    return root.done()


def at(root: _Growing, steps: Iterable[str]) -> _Growing:
    found = root
    for step in steps:
        found = found.members.setdefault(step, _Growing())
    return found


def inside(place: Place, path: str) -> Place:
    """What lies at `path` below `place`."""
    for step in _STEP.findall(path):
        place = place.child(step)
    return place


def rows_of(place: Place, path: str = "") -> Iterator[tuple[str, Place]]:
    """The paths of all rows below `place`, each with its place."""
    if place.known:
        yield f"{path}.**" if place.below else path, place
    for step, each in place.members.items():
        joined = f".{step}" if path and step not in ("[]", "{}") else step
        yield from rows_of(each, path + joined)
