"""What the API server warned of when pods of a Template were made: from the start of a server to the Template's status.

The API server drops a field of a pod that it does not know, such as a misspelt one, and says so in a warning only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from jupyternetes.api import conditions, reasons
from jupyternetes.api.conditions import Condition
from jupyternetes.api.template import Template
from jupyternetes.api.times import rfc3339
from jupyternetes.operators.status import warnings
from jupyternetes.runtime.objects import ObjectKey, key_of

_MOST: Final = 32
"""Texts that are kept of one Template."""


@dataclass(frozen=True, slots=True)
class _Heard:
    uid: str
    generation: int
    texts: tuple[str, ...] = ()


@dataclass(slots=True)
class TemplateWarnings:
    """Collects the warnings of each Template's present generation, in memory.

    ``news`` is called with a Template of which there is something new to say. No start waits for any of this.
    """

    news: Callable[[ObjectKey], None]
    _heard: dict[ObjectKey, _Heard] = field(default_factory=dict[ObjectKey, _Heard], init=False)

    def hear(self, template: Template, texts: Iterable[str]) -> None:
        """A pod of ``template`` was made, with these warnings or none."""
        key, meta = key_of(template), template.metadata
        heard = self._heard.get(key)
        known: tuple[str, ...] = ()
        if heard is not None and heard.uid == meta.uid:
            if heard.generation > meta.generation:
                return
            known = heard.texts if heard.generation == meta.generation else ()
        kept = tuple(dict.fromkeys([*known, *texts]))[:_MOST]
        made = _Heard(meta.uid, meta.generation, kept)
        if made != heard:
            self._heard[key] = made
            self.news(key)

    def condition(self, template: Template, *, now: datetime) -> Condition | None:
        """What the Template's condition is to be, if it is to have one."""
        heard, meta = self._heard.get(key_of(template)), template.metadata
        if heard is None or (heard.uid, heard.generation) != (meta.uid, meta.generation):
            return conditions.find(template.status.conditions, conditions.WARNINGS)
        return warned(template, heard.texts, now=now)

    def forget(self, key: ObjectKey) -> None:
        """The Template is gone."""
        self._heard.pop(key, None)


def warned(template: Template, texts: Iterable[str], *, now: datetime) -> Condition | None:
    """The condition after pods of the Template's present generation were made with the warnings ``texts``.

    Instances have different values, so one of them may cause a warning and the next one none. What is said of one
    generation therefore only grows, also over a restart of the operator; the first pod of the next one begins anew.
    """
    generation = template.metadata.generation
    standing = conditions.find(template.status.conditions, conditions.WARNINGS)
    said = standing.message if standing is not None and standing.observed_generation == generation else ""
    message = warnings.message(texts, said=said)
    if not message:
        return None
    return conditions.updated(
        standing,
        conditions.WARNINGS,
        status="True",
        reason=reasons.API_SERVER_WARNS.name,
        message=message,
        generation=generation,
        now=rfc3339(now),
    )
