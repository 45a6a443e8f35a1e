"""Which faults, pairs, negatives and spares are there, what is to be said of each, and how soon?"""

from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

from jupyternetes.graph.causes.parts import edge_id
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.kinds import EdgeKind, NodeKind
from tools.faults.errors import FaultError
from tools.faults.injections import Injection, certificate, control, machine, providers, quiet, servers, spares
from tools.faults.injections.scaling import scaled_to_zero
from tools.faults.rights import RESOURCES
from tools.faults.site import Site

#: What is right to be named: the ids in a graph that stand for it.
Cause = Callable[[Graph], set[str]]


class Group(StrEnum):
    """``NEGATIVE``: nothing is wrong, and nothing may be blamed. ``RIGHT``: the database is gone, and whoever looks may
    not see something. ``SPARE``: rules were never tuned on it.
    """

    FAULT = "fault"
    PAIR = "pair"
    NEGATIVE = "negative"
    RIGHT = "right"
    SPARE = "spare"


@dataclass(frozen=True)
class Case:
    """``causes``: the true ones. ``goal``: seconds from the fault to the right cause, for 95 of 100 runs. ``limit``:
    seconds for which the right cause is waited for, or for which a negative is watched. ``repeats``: how often it is
    to be made. ``lacks``: what the account may not read that looks; empty where it may read all.
    """

    name: str
    title: str
    group: Group
    make: Injection
    causes: tuple[Cause, ...] = ()
    goal: float | None = None
    limit: float = 60
    repeats: int = 10
    lacks: str = ""


def part(kind: NodeKind, name: str = "") -> Cause:
    """A node of this kind, and of a name that ends so."""
    return lambda graph: {node.id for node in graph.nodes if node.kind == kind.name and node.name.endswith(name)}


def way(kind: EdgeKind) -> Cause:
    """An edge of this kind."""
    return lambda graph: {edge_id(edge) for edge in graph.edges if edge.kind == kind.name}


def _fault(name: str, title: str, make: Injection, *causes: Cause, goal: float, limit: float = 60) -> Case:
    return Case(name, title, Group.FAULT, make, causes, goal, limit)


_THREE: Final = tuple(part(kinds.SERVER, f"{servers.BROKEN}-{why}") for why in ("image", "volume", "memory"))
_FAULTS: Final = (
    _fault(
        "database-gone",
        "PostgreSQL has no pod",
        lambda site: scaled_to_zero(site.hub, "postgres"),
        part(kinds.DATABASE),
        goal=15,
    ),
    _fault(
        "database-hangs",
        "PostgreSQL stands still; connections stay open",
        providers.database_hangs,
        part(kinds.DATABASE),
        goal=15,
    ),
    _fault(
        "database-volume-full",
        "The volume of PostgreSQL is full",
        providers.database_volume_full,
        part(kinds.VOLUME, "postgres-data"),
        goal=15,
        limit=90,
    ),
    _fault(
        "login-gone",
        "The OAuth provider has no pod",
        lambda site: scaled_to_zero(site.hub, "login"),
        part(kinds.OAUTH, "login"),
        goal=20,
    ),
    _fault("api-stopped", "The API server is killed", machine.api_server_stopped, part(kinds.API_SERVER), goal=10),
    _fault(
        "operator-gone",
        "The Pod operator has no pod",
        lambda site: scaled_to_zero(site.release, control.POD_OPERATOR),
        part(kinds.OPERATOR, "-pods"),
        goal=20,
    ),
    _fault(
        "operator-forbidden",
        "The Pod operator has lost its rights",
        control.operator_forbidden,
        part(kinds.OPERATOR, "-pods"),
        goal=20,
        limit=90,
    ),
    _fault(
        "kubelet-stopped",
        "The kubelet stands still",
        machine.kubelet_stopped,
        part(kinds.CLUSTER_NODE),
        goal=75,
        limit=120,
    ),
    _fault("dns-gone", "The cluster's DNS server is gone", machine.dns_stopped, part(kinds.DNS), goal=20),
    _fault(
        "proxy-restarted", "The proxy has lost its routes", control.proxy_restarted, part(kinds.PROXY), goal=5, limit=45
    ),
    _fault(
        "proxy-out-of-memory",
        "The proxy is killed for want of memory",
        partial(control.out_of_memory, name="proxy", limit="16Mi"),
        part(kinds.PROXY),
        goal=5,
    ),
    _fault(
        "hub-out-of-memory",
        "The hub is killed for want of memory",
        partial(control.out_of_memory, name="hub", limit="48Mi"),
        part(kinds.HUB),
        goal=5,
    ),
    _fault("users", "Three users' servers fail, each for another reason", servers.three_users, *_THREE, goal=5),
    _fault(
        "hub-cut-off",
        "The hub has no way to its database; both are well",
        control.hub_cut_off_from_database,
        way(kinds.STORES),
        goal=15,
    ),
)


def _pair(first: str, second: str) -> Case:
    """Two faults at once. The first one is there when the second one comes."""
    cases = _BY_NAME[first], _BY_NAME[second]
    return Case(
        f"{first}+{second}",
        f"{cases[0].title}; {cases[1].title[0].lower()}{cases[1].title[1:]}",
        Group.PAIR,
        partial(_both, cases),
        cases[0].causes + cases[1].causes,
        limit=max(case.limit for case in cases) + 30,
        repeats=3,
    )


@contextmanager
def _both(cases: Iterable[Case], site: Site) -> Generator[float]:
    """Healed in the opposite order. It counts from when both are there."""
    with ExitStack() as stack:
        times = [stack.enter_context(case.make(site)) for case in cases]
        yield max(times)


def _negative(name: str, title: str, make: Injection, *, limit: float, repeats: int = 3) -> Case:
    return Case(name, title, Group.NEGATIVE, make, limit=limit, repeats=repeats)


_AFTER: Final = 30
_STARTS: Final = 25
_NEGATIVES: Final = (
    _negative("quiet-night", "Nothing happens, and nobody starts a server", quiet.nothing, limit=90),
    _negative(
        "starts",
        f"{_STARTS} servers start and stop",
        partial(servers.started_and_stopped, number=_STARTS, at_once=3),
        limit=_AFTER,
        repeats=20,
    ),
    _negative(
        "culler",
        "50 servers start, and are stopped at once",
        partial(servers.started_and_stopped, number=50, at_once=5),
        limit=_AFTER,
    ),
    _negative("upgrade", "Hub and operators are replaced", quiet.upgraded, limit=_AFTER),
    _negative("drain", "The node takes no new pods, and a server is evicted", quiet.cordoned, limit=_AFTER),
    _negative(
        "slow-pull",
        "An image takes three minutes to come",
        partial(quiet.slow_pull, seconds=180),
        limit=_AFTER,
    ),
    _negative("user-out-of-memory", "A user's program takes too much memory", servers.out_of_memory, limit=_AFTER),
    _negative("loud-stranger", "A pod that nobody needs fails and shouts", quiet.loud_stranger, limit=_AFTER),
    _negative("namesakes", "A pod of the hub's name has 1,000 Warnings elsewhere", quiet.namesakes, limit=_AFTER),
    _negative("forged-errors", "A user's program writes what a broken hub writes", servers.forged_errors, limit=_AFTER),
)

_SPARES: Final = (
    Case(
        "quota-used-up",
        "A quota leaves no room for a further server",
        Group.SPARE,
        spares.quota_used_up,
        (part(kinds.QUOTA),),
        repeats=1,
    ),
    Case(
        "certificate-expired",
        "The certificate of the OAuth provider has expired",
        Group.SPARE,
        certificate.expired,
        (part(kinds.OAUTH, "login"),),
        repeats=1,
    ),
    Case(
        "template-edited",
        "A Template was edited, and its image cannot be had",
        Group.SPARE,
        spares.template_edited,
        (part(kinds.TEMPLATE, "course"),),
        repeats=1,
    ),
)
_BY_NAME: Final = {case.name: case for case in (*_FAULTS, *_SPARES)}
_PAIRS: Final = tuple(
    _pair(first, second)
    for first, second in (
        ("database-gone", "users"),
        ("login-gone", "dns-gone"),
        ("operator-gone", "quota-used-up"),
        ("database-gone", "hub-out-of-memory"),
        ("database-gone", "api-stopped"),
        ("users", "kubelet-stopped"),
    )
)
_RIGHTS: Final = tuple(
    replace(
        _BY_NAME["database-gone"],
        name=f"without-{resource}",
        title=f"PostgreSQL has no pod, and {resource} may not be read",
        group=Group.RIGHT,
        goal=None,
        limit=40,
        repeats=1,
        lacks=resource,
    )
    for resource in RESOURCES
)

CASES: Final = {case.name: case for case in (*_FAULTS, *_PAIRS, *_NEGATIVES, *_RIGHTS, *_SPARES)}


def chosen(words: str) -> list[Case]:
    """The cases that a comma-separated list of names names, or a group (``negatives``), or ``all``; each once.

    Raises FaultError for a name that there is none of, with those that there are.
    """
    found: dict[str, Case] = {}
    for word in filter(None, (each.strip() for each in words.split(","))):
        for case in _of(word):
            found[case.name] = case
    if not found:
        raise FaultError(f"say which faults: {_choices()}")
    return list(found.values())


def _of(word: str) -> list[Case]:
    if word == "all":
        return list(CASES.values())
    of_group = [case for case in CASES.values() if f"{case.group}s" == word]
    first, plus, second = word.partition("+")
    if of_group:
        return of_group
    if word in CASES:
        return [CASES[word]]
    if plus and first in _BY_NAME and second in _BY_NAME:
        return [_pair(first, second)]
    raise FaultError(f"there is no fault {word!r}; there are: {_choices()}")


def _choices() -> str:
    return ", ".join((*(f"{group}s" for group in Group), "all", *CASES, "and pairs such as users+database-gone"))
