"""From the stored spec of a Template to the structs of `api.template`, field by field.

The API server may hold a Template that does not fit the structs, if an older definition let it in. Its author is to see
all that is wrong at once, each fault with its path and the way out. So a value that does not fit becomes a problem, its
field keeps the default, and reading goes on. Null counts as missing, as in Kubernetes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, get_origin

import msgspec
from msgspec import Struct

from jupyternetes.api.fields import Field, fields_of
from jupyternetes.api.template import OtherEntry, TemplateSpec
from jupyternetes.templating.jsontree import as_list, as_mapping
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.variables.coercion import Unfit

S = TypeVar("S", bound=Struct)
K = TypeVar("K", str, int)

ROOT: Final = "$.spec"
_SIMPLE: Final[Mapping[object, str]] = {
    str: "must be a text: put it in quotes",
    bool: "must be true or false",
    int: "must be a whole number",
}


def read_spec(spec: Mapping[str, object], problems: list[Problem]) -> TemplateSpec:
    """The `spec` of a Template. What is wrong with it is appended to `problems`.

    Items of lists keep their places: for one that should be an object and is none there is a struct of defaults, and a
    problem at its path.
    """
    return _Reader(problems).struct(TemplateSpec, spec, ROOT)


@dataclass(frozen=True, slots=True)
class _Reader:
    problems: list[Problem]

    def struct(self, kind: type[S], source: Mapping[str, object], path: str) -> S:
        fields = {field.name: field for field in fields_of(kind)}
        written = ((name, field, source[name]) for name, field in fields.items() if source.get(name) is not None)
        values: dict[str, Any] = {fields[name].attribute: value for name, value in self._fitting(written, path)}
        unknown = sorted(source.keys() - fields.keys())
        if issubclass(kind, OtherEntry):
            values["further"] = {key: source[key] for key in unknown}
        elif kind.__struct_config__.forbid_unknown_fields:
            for key in unknown:
                self._note(child_path(path, key), f"{key!r} is not supported by this version; remove it")
        return kind(**values)

    def _fitting(self, members: Iterable[tuple[K, Field, object]], path: str) -> Iterator[tuple[K, object]]:
        """Of the members of what stands at `path` those that can be used."""
        for key, field, value in members:
            here = child_path(path, key)
            try:
                yield key, self._value(field, value, here)
            except Unfit as unfit:
                self._note(here, str(unfit))
                if field.struct is not None:
                    yield key, field.struct()

    def _value(self, field: Field, value: object, path: str) -> object:
        """The value, if it fits the field; of a list, a map or an object what fits of it. Raises `Unfit`."""
        if field.struct is not None:
            return _whole(field.struct, value) or self.struct(field.struct, _mapping(value), path)
        if field.inner is not None:
            inner = field.inner
            if get_origin(field.kind) is dict:
                return dict(self._fitting(((key, inner, member) for key, member in _mapping(value).items()), path))
            members = self._fitting(((index, inner, item) for index, item in enumerate(_list(value))), path)
            return tuple(item for _, item in members)
        return _plain(field, value)

    def _note(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))


def _whole(kind: type[S], value: object) -> S | None:
    """The struct that `value` is, if nothing is wrong with it, which is seen faster so: there may be thousands."""
    if not kind.__struct_config__.forbid_unknown_fields:
        return None  # it would be decoded, and what is unknown passed over
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None


def _mapping(value: object) -> Mapping[str, object]:
    mapping = as_mapping(value)
    if mapping is None:
        raise Unfit("must be an object")
    return mapping


def _list(value: object) -> Sequence[object]:
    items = as_list(value)
    if items is None:
        raise Unfit("must be a list")
    return items


def _plain(field: Field, value: object) -> object:
    if field.words and value not in field.words:
        raise Unfit(f"must be one of {', '.join(field.words)}")
    if field.kind in _SIMPLE and type(value) is not field.kind:
        raise Unfit(_SIMPLE[field.kind])
    return value
