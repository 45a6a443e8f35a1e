"""Whether an object that somebody else acts on is ready, and what is read of it. Nothing of what it says is trusted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import msgspec

from jupyternetes.api.bounds import cut
from jupyternetes.api.conditions import Condition
from jupyternetes.api.fields import name_of
from jupyternetes.templating.conditions.cel import Undecided
from jupyternetes.templating.jsontree import as_list, as_mapping, as_text
from jupyternetes.templating.others.contract import OBJECT, CompiledOutput, Contract

#: Types of conditions by which most kinds say that they are ready.
_READY: Final = ("Ready", "Available")
#: Characters of what an object says of itself, of which people are told, and of one text that are looked at for that.
_SAID: Final = 512
_READ: Final = 4 * _SAID
#: Bytes of an object, as JSON, that CEL is given: it takes a third of a second for the most that etcd keeps.
_LARGEST: Final = 128 * 1024
#: Conditions of an object that are looked at.
_MOST_CONDITIONS: Final = 256
_TYPE: Final = name_of(Condition.type)
_MESSAGE: Final = name_of(Condition.message)
#: How the names end under which a status tells of itself in words, in the order in which they are told.
_TELLING: Final = ("phase", "state", "status", "health", "reason", _MESSAGE)
#: So many of them are looked at.
_MOST_TELLING: Final = 16


@dataclass(frozen=True, slots=True)
class Readiness:
    """`message`: why it is not ready, with the object's own words. `outputs` are complete if it is."""

    ready: bool
    message: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])


def readiness(contract: Contract, obj: Mapping[str, object], *, built_in: bool) -> Readiness:
    """Of the object as the API server has it; `built_in`: it is of one of Kubernetes' own kinds."""
    if why := _not_ready(contract, obj, built_in=built_in):
        return Readiness(ready=False, message=why)
    outputs: dict[str, str] = {}
    for output in contract.outputs:
        text = _text_at(obj, output)
        if text is None:
            return Readiness(ready=False, message=f"its {_dotted(output)}, which is output {output.name}, is not set")
        if not output.takes(text):
            # The text itself is not repeated: it is neither ours nor a bounded one.
            message = f"its {_dotted(output)} is not what output {output.name} may be"
            return Readiness(ready=False, message=message)
        outputs[output.name] = text
    return Readiness(ready=True, outputs=outputs)


def _not_ready(contract: Contract, obj: Mapping[str, object], *, built_in: bool) -> str:
    """Why it is not ready; `""` if it is."""
    if contract.ready_when is not None:
        if len(msgspec.json.encode(obj)) > _LARGEST:
            return f"readyWhen cannot be decided: the object has more than {_LARGEST // 1024} KiB"
        try:
            return "" if contract.ready_when.holds({OBJECT: obj}) else _say(obj, "readyWhen is not true of it")
        except Undecided as undecided:
            return _say(obj, f"readyWhen cannot be decided yet: {undecided}")
    standing = [each for each in _conditions(obj) if each.get(_TYPE) in _READY]
    if not standing:
        return "" if built_in else _say(obj, f"it has no condition {' or '.join(_READY)} yet")
    metadata = as_mapping(obj.get("metadata")) or {}
    generation = metadata.get("generation")
    observed = (as_mapping(obj.get("status")) or {}).get("observedGeneration", generation)
    for each in standing:
        if each.get("status") == "True" and each.get("observedGeneration", observed) == generation:
            return ""
    first = standing[0]
    if first.get("status") == "True":
        return f"its condition {first.get(_TYPE)} is about an earlier generation"
    return _say(obj, f"its condition {first.get(_TYPE)} is not true")


def _say(obj: Mapping[str, object], why: str) -> str:
    """`why`, and what the object says of itself. Many tell of a failure elsewhere than in the condition that waits."""
    told: dict[str, None] = {}
    for text in filter(None, _words(obj)):
        told[text] = None
        if sum(map(len, told)) > _SAID:
            break
    said = "; ".join(told)
    return cut(f"{why} ({said})" if said else why, _SAID)


def _words(obj: Mapping[str, object]) -> Iterator[str]:
    """What an object may say of its state, by the conventions that most kinds follow."""
    status = as_mapping(obj.get("status")) or {}
    found = [each for each in _conditions(obj) if each.get("status") != "True"]
    for each in sorted(found, key=lambda each: each.get(_TYPE) not in _READY):
        yield ": ".join(text for key in ("reason", _MESSAGE) if (text := _plain(each.get(key))))
    telling = islice((key for key in status if key.lower().endswith(_TELLING)), _MOST_TELLING)
    yield ": ".join(text for key in sorted(telling, key=_rank) if (text := _plain(status[key])))


def _rank(key: str) -> int:
    return next(index for index, end in enumerate(_TELLING) if key.lower().endswith(end))


def _conditions(obj: Mapping[str, object]) -> list[Mapping[str, object]]:
    status = as_mapping(obj.get("status")) or {}
    standing = (as_list(status.get("conditions")) or ())[:_MOST_CONDITIONS]
    return [each for item in standing if (each := as_mapping(item)) is not None]


def _plain(value: object) -> str:
    """A text on one line; anything else, and signs that are not printed, says nothing."""
    if not isinstance(value, str):
        return ""
    return "".join(sign for sign in " ".join(value[:_READ].split()) if sign.isprintable())


def _text_at(obj: Mapping[str, object], output: CompiledOutput) -> str | None:
    value: object = obj
    for step in output.path:
        if isinstance(step, int):
            items = as_list(value)
            value = items[step] if items is not None and step < len(items) else None
        else:
            mapping = as_mapping(value)
            value = None if mapping is None else mapping.get(step)
    if isinstance(value, str | bool | int | float):
        return as_text(value) or None
    return None


def _dotted(output: CompiledOutput) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in output.path)
    return "".join(steps).removeprefix(".")
