"""A reverse proxy between clients and a real API server that does to requests and watches what bad networks do.

It runs in a thread of its own with an event loop of its own, so it serves a synchronous test, an asynchronous one, and
other processes alike; all of its methods may be called from any thread, and none of them blocks on traffic but ``wait``
(from a coroutine: ``await asyncio.to_thread(rule.wait)``).

    with FaultProxy(tmp_path) as proxy:
        pods = proxy.line("pods-1", accounts["pods"])    # a port and a kubeconfig for one client
        Operator("pods", pods.kubeconfig, log)
        with proxy.fault(Answer(503), Match(verb="create", resource="pods"), times=1) as rule:
            rule.wait()                                  # until it struck; ``rule.hits`` counts
        pods.cut_off()                                   # refused and reset; ``hang=True``: silence
        pods.restore()
        print(proxy.log.timeline(resource="pods*"))

A line speaks plain HTTP on the loopback address to its client, and TLS to the API server with the CA and the client
certificate of the kubeconfig that it stands for; a bearer token is passed on as it comes. What a line has not passed on
when its client has gone is dropped (but for ``Late``), and so is a write whose own ``?timeout=`` is over: no write of a
client can take effect later than it could without the proxy.

``Match`` takes shell patterns. Verbs are RBAC's, with ``dry-`` before that of a dry run; a resource has its subresource
after a slash, as in the audit log.
"""

from tests.support.faultproxy.events import CutLine, Duplicate, Edit, HoldBack, Join, Replay, Slice
from tests.support.faultproxy.faults import Answer, Cut, Delay, Drop, ErrorEvent, Freeze, Hold, Late, Rewrite
from tests.support.faultproxy.line import Line
from tests.support.faultproxy.log import Entry, RequestLog
from tests.support.faultproxy.proxy import FaultProxy
from tests.support.faultproxy.rules import Match, Rule

__all__ = [
    "Answer",
    "Cut",
    "CutLine",
    "Delay",
    "Drop",
    "Duplicate",
    "Edit",
    "Entry",
    "ErrorEvent",
    "FaultProxy",
    "Freeze",
    "Hold",
    "HoldBack",
    "Join",
    "Late",
    "Line",
    "Match",
    "Replay",
    "RequestLog",
    "Rewrite",
    "Rule",
    "Slice",
]
