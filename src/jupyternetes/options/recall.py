"""What was chosen the last time, as far as it still fits: what does not is replaced and told, and refuses nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from jupyternetes.options.choose import Chosen, Refused, choose, find_offer
from jupyternetes.options.given import Options, recalled_options
from jupyternetes.options.offer import Offer
from jupyternetes.options.words import title, value_title
from jupyternetes.templating import MISSING, Declaration
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.variables.coercion import Unfit, coerce, identity

_MOST_NOTICES: Final = 8  # on what is not known: somebody may have stored anything
_LONGEST_SHOWN: Final = 64


@dataclass(frozen=True, slots=True)
class Recalled:
    """Options that fit now, and a sentence on each thing that had to be changed."""

    options: Options
    notices: tuple[str, ...] = ()


def recall(offers: Sequence[Offer], stored: object) -> Recalled:
    """What of the options that JupyterHub `stored`, which may be of any shape, can be chosen now."""
    options = recalled_options(stored)
    offered = find_offer(offers, options.template)
    if offered is None:
        first = find_offer(offers, "")
        if first is None:
            return Recalled(Options())
        return Recalled(
            Options(first.key), (f"What you chose last cannot be started any more. {first.title} is chosen instead.",)
        )
    texts = _Texts(offered)
    fitting = dict(texts.fitting(options.variables))
    chosen = choose(offers, Options(offered.key, fitting), form=True)
    if isinstance(chosen, Chosen):
        kept = {name: text for name, text in fitting.items() if name in chosen.variables}
        return Recalled(Options(offered.key, kept), (*texts.notices, *chosen.notices))
    given = {name.lower() for name in fitting}
    if not chosen.problems and given.isdisjoint(chosen.fields):  # it lacks something that never was chosen
        return Recalled(Options(offered.key, fitting), tuple(texts.notices))
    if fitting:
        told = f"What you chose last cannot be used as it was. {chosen.message} The defaults are chosen instead."
        texts.notices.append(told)
    return Recalled(Options(offered.key), tuple(texts.notices))


def start_with(offers: Sequence[Offer], stored: object) -> Chosen | Refused:
    """What a start that brings no options of its own starts."""
    recalled = recall(offers, stored)
    chosen = choose(offers, recalled.options)
    return replace(chosen, notices=recalled.notices) if isinstance(chosen, Chosen) else chosen


@dataclass(slots=True)
class _Texts:
    """Looks through texts of the last time, one by one. `notices` grow."""

    offered: Offer
    notices: list[str] = field(default_factory=list[str])

    def fitting(self, stored: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Those that can be given now, each variable once."""
        fields, decided = self.offered.fields, {name.lower() for name in self.offered.facts.variables}
        for name, text in stored.items():
            declaration = fields.pop(name.lower(), None)
            if declaration is None:
                if name.lower() not in decided and len(self.notices) < _MOST_NOTICES:
                    shown = name if name.isprintable() and len(name) <= _LONGEST_SHOWN else "A value"
                    self.notices.append(f"{shown} is not asked for any more.")
            elif declaration.remember and (fitting := self._fitting(declaration, text)) is not None:
                yield declaration.name, fitting

    def _fitting(self, declaration: Declaration, text: str) -> str | None:
        what = title(declaration)
        try:
            value = declaration.bounds.value_of(text)
        except Unfit:
            self.notices.append(
                f"What you chose last for {what} cannot be chosen any more.{self._default(declaration)}"
            )
            return None
        kind = declaration.type
        if not declaration.choices or identity(kind, coerce(kind, text)) == identity(kind, value):
            return text
        self.notices.append(f"What you chose last for {what} is replaced by {value_title(declaration, value)}.")
        return as_text(value)

    def _default(self, declaration: Declaration) -> str:
        value = declaration.default
        if declaration.name in self.offered.defaults:
            value = coerce(declaration.type, self.offered.defaults[declaration.name])
        shown = "" if value is MISSING else value_title(declaration, value)
        return f" {shown} is chosen instead." if shown else ""
