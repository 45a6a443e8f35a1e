"""What an edit of a Template means for values that were chosen before."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from jupyternetes.templating import MISSING, CompiledTemplate, Declaration
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.variables.bounds import Bounds, Limit
from jupyternetes.templating.variables.built_in import is_hub_name
from jupyternetes.templating.variables.coercion import Unfit

_EVERYTHING: Final = "variables"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one variable; with ``refuses``, a start that was right before may be refused."""

    variable: str
    text: str
    refuses: bool

    def __str__(self) -> str:
        return f"{'refuses' if self.refuses else 'changes'} {self.variable}: {self.text}"


def changes(old: CompiledTemplate, new: CompiledTemplate) -> Iterator[Change]:
    """What differs for an Instance that keeps its values while ``old`` becomes ``new``; neither has problems."""
    if new.closed and not old.closed:
        yield Change(_EVERYTHING, "those that are not declared are refused now", refuses=True)
    elif old.closed and not new.closed:
        yield Change(_EVERYTHING, "those that are not declared are taken now", refuses=False)
    before = {each.name.lower(): each for each in old.declarations}
    for key, declaration in before.items():
        if key in new.schema:
            yield from _changes_of(declaration, new.schema[key])
        elif new.closed and not is_hub_name(key):
            yield Change(declaration.name, "it is not declared any more, and refused if it is given", refuses=True)
        else:
            yield Change(declaration.name, "it is not declared any more: any text is taken", refuses=False)
    for declaration in new.declarations:
        if declaration.name.lower() not in before:
            needed = _must_be_given(declaration)
            text = (
                "it is new, and has to be given" if needed else f"it is new{_default(declaration, '; its default is ')}"
            )
            yield Change(declaration.name, text, refuses=needed)


def _changes_of(old: Declaration, new: Declaration) -> Iterator[Change]:
    name = new.name
    if old.type != new.type:
        yield Change(name, f"its type is {new.type} now, and was {old.type}", refuses=True)
        return
    if old.bounds.allowed:
        yield from _changed_list(old, new)
    else:
        yield from (Change(name, text, refuses=True) for text in _narrowed(old.bounds, new.bounds))
    if _must_be_given(new) and not _must_be_given(old):
        yield Change(name, "it has to be given now", refuses=True)
    if old.when != new.when:
        text = f"it may be given only when {new.when}" if new.when else "it may always be given now"
        yield Change(name, text, refuses=bool(new.when))
    if not new.sensitive and old.default != new.default:
        yield Change(
            name, f"who gives none gets {_shown(new.default)} now, and got {_shown(old.default)}", refuses=False
        )


def _changed_list(old: Declaration, new: Declaration) -> Iterator[Change]:
    """Where there was a list of values: what becomes of each."""
    before, after = _listed(old), _listed(new)
    for key, text in before.items():
        value = old.bounds.allowed[key]
        try:
            used = new.bounds.value_of(text)
        except Unfit as unfit:
            yield Change(new.name, f"{text!r} is refused now: it {unfit}", refuses=True)
        else:
            if used != value:
                yield Change(new.name, f"{text!r} gives {_shown(used)} now, and gave {_shown(value)}", refuses=False)
    for key, text in after.items():
        if key not in before:
            yield Change(new.name, f"{text!r} is taken too", refuses=False)


def _listed(declaration: Declaration) -> Mapping[Hashable, str]:
    """The values that may be given, as they are written, by their identity."""
    if declaration.choices:
        return {each.key: as_text(each.value) for each in declaration.choices}
    return {key: as_text(value) for key, value in declaration.bounds.allowed.items()}


def _narrowed(old: Bounds, new: Bounds) -> Iterator[str]:
    """Where any value was taken that fits: which of them no longer are."""
    if new.allowed:
        yield f"it must be one of {new.shown} now"
        return
    if new.max_length < old.max_length:
        yield f"it may have {new.max_length} characters now, and might have {old.max_length}"
    if new.pattern is not None and (old.pattern is None or new.pattern.text != old.pattern.text):
        was = f", and had to match {old.pattern.text}" if old.pattern is not None else ""
        yield f"it must match {new.pattern.text} now{was}"
    if new.minimum is not None and (old.minimum is None or new.minimum.amount > old.minimum.amount):
        yield f"it must be at least {new.minimum.text} now{_was(old.minimum)}"
    if new.maximum is not None and (old.maximum is None or new.maximum.amount < old.maximum.amount):
        yield f"it must be at most {new.maximum.text} now{_was(old.maximum)}"


def _was(limit: Limit | None) -> str:
    return f", before {limit.text}" if limit is not None else ""


def _must_be_given(declaration: Declaration) -> bool:
    return declaration.required and declaration.default is MISSING


def _default(declaration: Declaration, words: str) -> str:
    return "" if declaration.default is MISSING or declaration.sensitive else f"{words}{_shown(declaration.default)}"


def _shown(value: object) -> str:
    return "nothing" if value is MISSING else repr(as_text(value))
