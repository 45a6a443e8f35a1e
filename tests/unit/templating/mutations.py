"""Eight mistakes that people make in YAML, each at every place of a document where it can be made."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = Any
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mutation:
    """The ``document`` with one mistake: of which class, and at which place of the right document."""

    mistake: str
    place: str
    document: Json


def mutations(document: Json) -> Iterator[Mutation]:
    """All of them, in the document's order."""
    for path in _paths(document):
        for mistake, mutate in MISTAKES.items():
            changed = copy.deepcopy(document)
            if mutate(changed, path):
                yield Mutation(
                    mistake, "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path), changed
                )


def _paths(value: Json, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from _paths(member, (*path, key))


def _at(document: Json, path: Path) -> Json:
    for key in path:
        document = document[key]
    return document


def _renamed(rename: Callable[[str], str]) -> Callable[[Json, Path], bool]:
    """A mistake in the spelling of a key."""

    def mutate(document: Json, path: Path) -> bool:
        parent, key = _at(document, path[:-1]), path[-1]
        if not isinstance(key, str) or rename(key) in ("", key) or rename(key) in parent:
            return False
        members = {rename(name) if name == key else name: member for name, member in parent.items()}
        parent.clear()
        parent.update(members)
        return True

    return mutate


def _replaced(replace: Callable[[Json], Json]) -> Callable[[Json, Path], bool]:
    """A value of another kind; None: not possible here."""

    def mutate(document: Json, path: Path) -> bool:
        wrong = replace(_at(document, path))
        if wrong is not None:
            _at(document, path[:-1])[path[-1]] = wrong
        return wrong is not None

    return mutate


def _one_level_up(document: Json, path: Path) -> bool:
    key, above = path[-1], path[:-1]
    while above and isinstance(_at(document, above[:-1]), list):
        above = above[:-1]
    if not isinstance(key, str) or not above or key in _at(document, above[:-1]):
        return False
    _at(document, above[:-1])[key] = _at(document, path[:-1]).pop(key)
    return True


def _without_a_letter(key: str) -> str:
    middle = len(key) // 2
    return key[:middle] + key[middle + 1 :]


def _with_swapped_letters(key: str) -> str:
    index = next((i for i in range(len(key) // 2, len(key) - 1) if key[i] != key[i + 1]), None)
    return key if index is None else key[:index] + key[index + 1] + key[index] + key[index + 2 :]


def _other_case(key: str) -> str:
    return key.lower() if key != key.lower() else key[:1].upper() + key[1:]


def _snake_case(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


def _is_scalar(value: Json) -> bool:
    return isinstance(value, str | int | float)


def _wrong_scalar(value: Json) -> Json:
    return None if not _is_scalar(value) else 7 if isinstance(value, str) else "word"


MISTAKES: dict[str, Callable[[Json, Path], bool]] = {
    "letter dropped": _renamed(_without_a_letter),
    "letters swapped": _renamed(_with_swapped_letters),
    "case": _renamed(_other_case),
    "snake_case": _renamed(_snake_case),
    "list for scalar": _replaced(lambda value: [value] if _is_scalar(value) else None),
    "scalar for list": _replaced(lambda value: "word" if isinstance(value, list) else None),
    "wrong scalar": _replaced(_wrong_scalar),
    "one level up": _one_level_up,
}
