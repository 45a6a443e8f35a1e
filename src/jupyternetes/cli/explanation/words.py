"""An explanation for people."""

from collections.abc import Iterable, Iterator
from typing import Final

from jupyternetes.cli.explanation.compare import HIDDEN
from jupyternetes.cli.explanation.explanation import Explanation, Said, with_words
from jupyternetes.cli.explanation.gates import GateSaid
from jupyternetes.cli.explanation.parts import Part

_CALLED: Final = {"Pod": "pod", "PersistentVolumeClaim": "claim"}


def lines(explained: Explanation) -> Iterator[str]:
    """Line by line, without line ends."""
    server = f"server {explained.server!r}" if explained.server else "default server"
    whose = f"The {server} of user {explained.user!r}" if explained.user else "A server of a user whom nobody names"
    yield f"{whose}: Instance {explained.namespace}/{explained.instance}, of Template {explained.template}"
    where = f", on node {explained.node}" if explained.node else ""
    address = f" Running at {explained.address}{where}." if explained.address else ""
    yield f"Asked for: {explained.asked}.{address}"
    yield from _block("What the operators say of it", (_sentence(each) for each in explained.conditions))
    yield from _block("What there is", (line for part in explained.parts for line in _part(part)))
    yield from _block("Who is asked", (line for each in explained.gates for line in _gate(each)))
    yield from _block("How it ended before", explained.ended)
    yield from _block("With the current Template nothing would be made", explained.refused)
    yield from _block("What the operators say of the Template", map(_sentence, explained.template_conditions))
    yield from _block("What you may not see", explained.unseen)


def _block(title: str, members: Iterable[str]) -> Iterator[str]:
    found = [*members]
    if found:
        yield ""
        yield title
        yield from (f"  {line}" for line in found)


def _sentence(said: Said) -> str:
    since = f" since {said.since}" if said.since else ""
    return f"{said.type} is {said.status}{since}: {with_words(said.words, said.message) or said.reason}"


def _gate(said: GateSaid) -> Iterator[str]:
    asked = f", asked at {said.asked_at}" if said.asked_at else ""
    yield f"gate {said.name}, before each {said.before.lower()}{asked}: {said.words}"
    if said.lease:
        yield f"  {said.lease}"


def _part(part: Part) -> Iterator[str]:
    yield f"{_CALLED.get(part.kind, part.kind)} {part.entry}: {part.name or 'none'}; {part.state}"
    for line in filter(None, (part.revision, part.now)):
        yield f"  {line}"
    if part.differs:
        yield "  the current Template would make it otherwise:"
    for each in part.differs:
        if HIDDEN in (each.found, each.wanted):
            yield f"    {each.path} has another value, which is not shown"
        else:
            yield f"    {each.path} is {each.found}, and would be {each.wanted}"
