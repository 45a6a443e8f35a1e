"""When fields of a form are shown, as tables: a browser then needs no CEL, and cannot judge otherwise than we do."""

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Final

from jupyternetes.options.form import Visibility
from jupyternetes.options.offer import Offer
from jupyternetes.templating import MISSING, Declaration
from jupyternetes.templating.conditions.cel import Undecided
from jupyternetes.templating.conditions.judgement import When
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.variables.gather import gather

_MOST_ROWS: Final = 256


def visibilities(offered: Offer) -> dict[str, Visibility]:
    """By variable in lower case: of the fields that have a `when`, those that depend on few values only."""
    tables = _Tables(offered)
    found = {when.key: tables.table(when) for when in offered.compiled.judgement.whens if when.key in tables.fields}
    return {key: table for key, table in found.items() if table is not None}


def few_texts(declaration: Declaration) -> tuple[str, ...]:
    """All that can be given for the variable; () where that is much."""
    if declaration.bounds.allowed:
        return tuple(dict.fromkeys(as_text(value) for value in declaration.bounds.allowed.values()))
    return ("true", "false") if declaration.type == "boolean" else ()


class _Tables:
    """Fills tables for one Template, row by row, in one set of values."""

    def __init__(self, offered: Offer) -> None:
        compiled = offered.compiled
        self.fields = offered.fields
        self._optional = {key for key, each in self.fields.items() if each.default is MISSING}
        self._whens = compiled.judgement.whens
        self._names = compiled.judgement.names
        self._values = gather(compiled.schema, compiled.choice_values, closed=compiled.closed, instance=offered.facts)

    def table(self, when: When) -> Visibility | None:
        """When the field is shown; None if that cannot be said beforehand."""
        whens = self._needed(when)
        keys = sorted({key for each in whens for key in self._names.reads(each.expression)} & self.fields.keys())
        columns = [few_texts(self.fields[key]) for key in keys]
        if not all(columns):
            return None
        columns = [
            (*column, "") if key in self._optional else column for key, column in zip(keys, columns, strict=True)
        ]
        if prod(map(len, columns)) > _MOST_ROWS:
            return None
        shown = frozenset(row for row in product(*columns) if self._is_shown(whens, keys, row))
        return Visibility(names=tuple(self.fields[key].name for key in keys), shown=shown)

    def _needed(self, when: When) -> Sequence[When]:
        """Those that have a part in it, itself last: a field that it reads may be hidden and then have its default."""
        needed, reads = [when], {*self._names.reads(when.expression)}
        for each in reversed(self._whens[: self._whens.index(when)]):
            if each.key in reads and each.key in self.fields:
                needed.append(each)
                reads |= self._names.reads(each.expression)
        return needed[::-1]

    def _is_shown(self, whens: Sequence[When], keys: Sequence[str], row: Sequence[str]) -> bool:
        for key, text in zip(keys, row, strict=True):
            if text:
                self._values.put_declared(key, self.fields[key], self.fields[key].bounds.value_of(text))
            else:
                self._values.not_given(key, self.fields[key])
        holds = True
        for when in whens:
            try:
                holds = self._names.holds(when.expression, self._values)
            except Undecided:
                return "" not in row  # until something is chosen; else whoever decides later says what is wrong
            if not holds:
                self._values.not_given(when.key, when.declaration)
        return holds
