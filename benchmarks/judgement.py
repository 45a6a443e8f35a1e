"""How long one pass of judgement on the dependency graph takes with many servers."""

import statistics
import time
from typing import Any, Final

import msgspec

from jupyternetes.graph.causes.watch import Judge
from jupyternetes.graph.model.graph import Graph
from tests.support.graph_site import Site, site

_TO_A_NODE: Final = 100
_FAILING: Final = 300
#: Seconds between two looks, by the judge's clock: all signs have lasted for long enough.
_BETWEEN: Final = 30.0


def passes(servers: int, repeats: int) -> dict[str, Any]:
    """Median and longest pass of each case, in milliseconds, each pass on a graph that nobody has looked at."""
    well = site(servers, _TO_A_NODE)
    cases = {
        "nothing is wrong": well.graph,
        "the database is gone": well.ill("database", "NoPods").graph,
        f"{_FAILING} servers fail": _failing(well, max(1, servers // _FAILING), most=_FAILING),
        "all servers fail": _failing(well, 1, most=servers),
    }
    return {"servers": servers, "cases": {name: _passes(graph, repeats) for name, graph in cases.items()}}


def _passes(graph: Graph, repeats: int) -> dict[str, float]:
    judge = Judge()
    took = [_pass(judge, graph, number * _BETWEEN) for number in range(repeats)]
    return {"median_ms": statistics.median(took), "longest_ms": max(took)}


def _pass(judge: Judge, graph: Graph, now: float) -> float:
    new = msgspec.structs.replace(graph)  # what was derived from the other stays behind
    begun = time.perf_counter()
    judge.look(new, now)
    return 1000 * (time.perf_counter() - begun)


def _failing(well: Site, every: int, *, most: int) -> Graph:
    servers = range(0, well.graph.servers, every)[:most]
    return well.all_ill([f"server/user-{number}" for number in servers], "OOMKilled").graph
