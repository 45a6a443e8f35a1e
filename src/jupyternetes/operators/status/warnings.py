"""What to say of the warnings with which the API server made an object for an entry of a Template."""

from collections.abc import Iterable, Mapping
from typing import Final

from jupyternetes.api import reasons
from jupyternetes.api.bounds import ELLIPSIS
from jupyternetes.operators.status.failures import without_generated_name

_ADVICE: Final = f". {reasons.API_SERVER_WARNS.advice}"
_BETWEEN: Final = "; "


def about_entry(warnings: Iterable[str], entries: str, name: str, body: Mapping[str, object]) -> tuple[str, ...]:
    """``warnings`` about the object made from ``body``, with the name of its entry; the same for each such object."""
    return tuple(f"entry {name} of spec.{entries}: {without_generated_name(text, body)}" for text in warnings)


def message(texts: Iterable[str], *, said: str = "") -> str:
    """The ``texts``, and what to do about them, added to the message ``said`` as far as they are not in it.

    A message that was cut because of its length has no room for more. Without any text it is empty.
    """
    before = said.removesuffix(_ADVICE)
    new = [text for text in texts if f"{_BETWEEN}{text}{_BETWEEN}" not in f"{_BETWEEN}{before}{_BETWEEN}"]
    if not new or said.endswith(ELLIPSIS):
        return said
    return _BETWEEN.join(filter(None, (before, *new))) + _ADVICE
