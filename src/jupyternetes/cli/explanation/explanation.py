"""From what was read of a server to what is said of it: pure."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import Instance
from jupyternetes.api.reasons import lookup
from jupyternetes.api.template import Template
from jupyternetes.cli.explanation.collect import Facts, server_of, user_of
from jupyternetes.cli.explanation.gates import GateSaid, gates
from jupyternetes.cli.explanation.others import other_parts
from jupyternetes.cli.explanation.parts import Now, Part, parts, rendered, what_would_be
from jupyternetes.templating import compile_as_operators
from jupyternetes.templating.others.kinds import kinds_as_told


class Said(Struct, frozen=True, kw_only=True):
    """A condition, and its reason in plain words."""

    type: str
    status: str
    reason: str
    words: str
    message: str
    since: str
    generation: int


class Explanation(Struct, frozen=True, kw_only=True):
    """Of one Instance. ``refused``: why nothing could be made of it now. ``unseen``: what the account may not see."""

    namespace: str
    instance: str
    user: str
    server: str
    template: str
    asked: str
    address: str
    node: str
    conditions: tuple[Said, ...]
    parts: tuple[Part, ...]
    gates: tuple[GateSaid, ...]
    refused: tuple[str, ...]
    ended: tuple[str, ...]
    template_conditions: tuple[Said, ...]
    unseen: tuple[str, ...]


def explain(known: Facts) -> Explanation:
    """All that is to be said of a server."""
    instance, template = known.instance, known.template
    refused = [f"Instance $.{fault}" for fault in instance.unreadable]
    refused += [known.no_template] if known.no_template else []
    now: Mapping[tuple[str, str], Now] = {}
    compiled = None
    if template is not None:
        compiled = compile_as_operators(template, kinds_as_told(template))
        rendering = rendered(compiled, instance)
        refused += [f"Template $.{fault}" for fault in template.unreadable]
        refused += [str(problem) for problem in rendering.problems]
        now = what_would_be(instance, template, compiled, rendering)
        refused += [each.fault for each in now.values() if each.fault]
        refused += [f"Template {template.refusal}"] if template.refusal and not refused else []
    readable = template is not None and not refused
    return Explanation(
        namespace=instance.metadata.namespace,
        instance=instance.metadata.name,
        user=user_of(instance),
        server=server_of(instance),
        template="/".join(instance.template_key),
        asked=_asked(instance),
        address=instance.status.address,
        node=instance.status.node_name,
        conditions=tuple(_said(each) for each in instance.status.conditions),
        parts=(*parts(known, now, readable=readable), *other_parts(known, compiled, now, readable=readable)),
        gates=tuple(gates(known, compiled)),
        refused=tuple(refused),
        ended=tuple(_ended(instance)),
        template_conditions=tuple(_said(each) for each in _trouble(template)),
        unseen=known.unseen,
    )


def _asked(instance: Instance) -> str:
    if instance.metadata.deleting:
        held = ", ".join(instance.metadata.held_by)
        return f"it is being deleted{f', and held by {held}' if held else ''}"
    spec = instance.spec
    start = f"start {spec.start_id}" if spec.start_id else "a start without number"
    return f"stopped, after {start}" if spec.suspend else f"to run, {start}"


def _ended(instance: Instance) -> Iterator[str]:
    for entry, last in instance.status.last_termination.items():
        code = f" with exit code {last.exit_code}" if last.exit_code is not None else ""
        words = lookup(last.reason).sentence if last.reason else ""
        told = with_words(words, last.message) or "no reason is known"
        yield f"{entry} ended last at {last.time or 'an unknown time'}{code}: {told}"


def with_words(words: str, message: str) -> str:
    """A reason's sentence and a message, unless that begins with it."""
    return message if message.startswith(words.rstrip(".")) else " ".join(filter(None, (words, message)))


def _trouble(template: Template | None) -> Iterable[Condition]:
    """What the operators say of the Template that is not good."""
    for each in template.status.conditions if template is not None else ():
        good = "False" if each.type == conditions.WARNINGS else "True"
        if each.status != good:
            yield each


def _said(condition: Condition) -> Said:
    return Said(
        type=condition.type,
        status=condition.status,
        reason=condition.reason,
        words=lookup(condition.reason).sentence if condition.reason else "",
        message=condition.message,
        since=condition.last_transition_time,
        generation=condition.observed_generation,
    )
