"""A strict API server in the process of the test: real rules, real HTTP on loopback, and faults at will.

It exists for what no real server can be made to do thousands of times: answer late, lose answers, forget its history.
``tests/contract`` holds it to the real server's behaviour; where the two differ, this one is wrong. What it does not do
it refuses with 501, it never overlooks it. ::

    async with FakeKube(namespaces=["lab"], seed=7) as fake, await fake.client("pods-operator/1") as client:
        fake.faults.lose_answer(on("create", resource="pods"))       # commits, then cuts the connection
        fake.faults.answer(on("patch"), "TooManyRequests", retry_after=2, times=3)
        gate = fake.faults.hold(on("create", agent="old-leader"))    # commits once gate.set() is called
        fake.faults.decide = lambda call: Fault(delay=random.random()) if call.writes else None
        ...
        fake.hold_watches(on(resource="pods")); fake.release_watches(); fake.drop_watches(); fake.bookmark()
        fake.compact()                                               # 410 for older versions
        assert [str(call) for call in fake.faults.log if call.writes] == [...]

A test looks at the objects, or changes them in the part of a kubelet or a user, past HTTP and all faults::

    fake.registry.create(PODS, "lab", {"metadata": {"name": "a"}})
    fake.registry.patch("merge", PODS, "lab", "a", {"status": {"phase": "Running"}}, subresource="status")
    fake.registry.delete(PODS, "lab", "a", {"gracePeriodSeconds": 0})
    fake.registry.state.objects(PODS, "lab"); fake.registry.state.since(1); fake.registry.state.restore(17)

``Registry`` and ``State`` know nothing of HTTP or asyncio and can be used alone.
"""

from tests.support.fakekube.faults import Call, Fault, Faults, Matches, on
from tests.support.fakekube.kinds import (
    CLAIMS,
    CONFIG_MAPS,
    EVENTS,
    LEASES,
    NAMESPACES,
    PODS,
    SECRETS,
    Kind,
    from_definition,
)
from tests.support.fakekube.refusals import Refused
from tests.support.fakekube.registry import Registry
from tests.support.fakekube.server import FakeKube
from tests.support.fakekube.state import Change, Key, State
from tests.support.fakekube.watching import Watch

__all__ = [
    "CLAIMS",
    "CONFIG_MAPS",
    "EVENTS",
    "LEASES",
    "NAMESPACES",
    "PODS",
    "SECRETS",
    "Call",
    "Change",
    "FakeKube",
    "Fault",
    "Faults",
    "Key",
    "Kind",
    "Matches",
    "Refused",
    "Registry",
    "State",
    "Watch",
    "from_definition",
    "on",
]
