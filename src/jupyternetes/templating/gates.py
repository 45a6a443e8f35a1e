"""What can be wrong with a Template's gates. Placeholders have no place in them: they are the same for everybody."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from jupyternetes.api.fields import name_of
from jupyternetes.api.gate import GATE_NAME, LEASE_NAME, MAX_GATE_SECONDS, Gate
from jupyternetes.api.identity import GROUP
from jupyternetes.templating.problems import Problem, child_path, is_reported

_NAME: Final = re.compile(GATE_NAME)
_LEASE: Final = re.compile(LEASE_NAME)


def check_gates(gates: Sequence[Gate], path: str, found: Collection[Problem]) -> Iterator[Problem]:
    """All that is wrong with `gates`, which stand at `path`, beside what was `found` when they were read.

    An older definition may have let in anything.
    """
    seen: set[str] = set()
    for index, gate in enumerate(gates):
        here = child_path(path, index)
        if is_reported(found, here):
            continue
        faults = (
            (Gate.name, _name_fault(gate.name, seen)),
            (Gate.timeout_seconds, _seconds_fault(gate)),
            (Gate.lease, _lease_fault(gate.lease)),
        )
        seen.add(gate.name)
        for field, fault in faults:
            at = child_path(here, name_of(field))
            if fault and not is_reported(found, at):
                yield Problem(at, fault)


def _name_fault(name: str, seen: set[str]) -> str:
    if not _NAME.fullmatch(name) or len(name) > 253:
        return "must be the type of a condition with a domain, such as licence.example.org/granted"
    domain = name.partition("/")[0]
    if domain == GROUP or domain.endswith(f".{GROUP}"):
        return f"conditions of {GROUP} are those of our own operators; a gate has its operator's domain"
    return "another gate has this name already; give each of them a condition of its own" if name in seen else ""


def _seconds_fault(gate: Gate) -> str:
    most = MAX_GATE_SECONDS[gate.before]
    if 1 <= gate.timeout_seconds <= most:
        return ""
    return f"must be between 1 and {most} for a gate before {gate.before}"


def _lease_fault(lease: str) -> str:
    if not lease or _LEASE.fullmatch(lease):
        return ""
    return "must be the namespace and name of a Lease, as in a/b"
