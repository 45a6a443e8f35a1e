"""Which numbers does Prometheus get? How parts fare, which kinds of causes there are, and how old and dear it all is.

No label holds a name of a user, a pod, a host or anything else that people choose: each comes from a fixed list.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, Histogram
from prometheus_client import Counter as CountMetric
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from jupyternetes.api.dependency_reasons import DEPENDENCY_REASONS
from jupyternetes.api.reasons import REASONS
from jupyternetes.graph.causes.signs import EFFECTS, Nature
from jupyternetes.graph.causes.verdict import Cause, Verdict
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.graph_reasons import GRAPH_REASONS
from jupyternetes.graph.model.kinds import NODE_KINDS, SERVER, State


class Step(StrEnum):
    """Parts of a pass: the look, which asks API server and hubs, and the judgement on it."""

    LOOK = "look"
    JUDGE = "judge"


class Answer(StrEnum):
    """What a verdict says as a whole."""

    NOTHING_WRONG = "nothing_wrong"
    CAUSE = "cause"
    CANNOT_TELL = "cannot_tell"


#: The kind of a cause that is the way between two parts, and of one of which not even that is known.
WAY: Final = "way"
OTHER: Final = "other"
#: Words of Kubernetes and of the graph that stand in no table of reasons.
_FURTHER_REASONS: Final = ("DiskPressure", "Failing", "Full", "MemoryPressure", "NetworkUnavailable", "PIDPressure")
CAUSE_KINDS: Final = frozenset({*NODE_KINDS, WAY, OTHER})
CAUSE_REASONS: Final = frozenset({*REASONS, *GRAPH_REASONS, *DEPENDENCY_REASONS, *EFFECTS, *_FURTHER_REASONS, OTHER})

_NATURES: Final = tuple(Nature)
_CauseLabels = tuple[str, str, str, str]


class GraphMetrics(Collector):
    """Registers itself and what it counts. ``now``: the clock of `note`. ``silence``: see `Follower.silent_for`."""

    def __init__(self, registry: CollectorRegistry, *, now: Callable[[], float], silence: Callable[[], float]) -> None:
        self._now = now
        self._silence = silence
        self._nodes: dict[str, Counter[State]] = {}
        self._causes: Counter[_CauseLabels] = Counter()
        self._answer: Answer | None = None
        self._unseen = 0
        self._noted = now()
        seconds = Histogram(
            "jupyternetes_graph_pass_seconds",
            "Duration of a pass: of its look at the cluster, and of its judgement",
            ["step"],
            registry=registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
        )
        self._seconds = {step: seconds.labels(step) for step in Step}
        self.clients = Gauge("jupyternetes_graph_event_clients", "Pages that follow the verdict", registry=registry)
        self.dropped = CountMetric(
            "jupyternetes_graph_event_clients_dropped",
            "Pages that were dropped because they read too slowly",
            registry=registry,
        )
        registry.register(self)

    def observe(self, step: Step, seconds: float) -> None:
        """Count a part of a pass."""
        self._seconds[step].observe(seconds)

    def note(self, graph: Graph, verdict: Verdict, at: float) -> None:
        """Take in what a pass found. Kinds that were there once stay, at zero: an alert tells zero from absent."""
        self._nodes = {kind: Counter() for kind in self._nodes}
        for node in graph.nodes:
            self._nodes.setdefault(node.known_kind.name, Counter())[node.state] += node.count
        self._causes = Counter(_labels(graph, cause) for cause in verdict.causes)
        self._answer = _answer(verdict)
        self._unseen = len(verdict.unseen)
        self._noted = at

    def collect(self) -> Iterable[Metric]:
        """Called by the registry at each scrape."""
        nodes = GaugeMetricFamily("jupyternetes_graph_nodes", "Parts by kind and state", labels=["kind", "state"])
        for kind, states in sorted(self._nodes.items()):
            for state in State:
                nodes.add_metric([kind, state], states[state])
        causes = GaugeMetricFamily(
            "jupyternetes_graph_causes", "Causes of trouble", labels=["kind", "reason", "confidence", "personal"]
        )
        for labels, number in sorted(self._causes.items()):
            causes.add_metric(labels, number)
        answers = GaugeMetricFamily(
            "jupyternetes_graph_verdict", "1 for what the verdict says, 0 for what it does not", labels=["answer"]
        )
        for answer in Answer if self._answer is not None else ():
            answers.add_metric([answer], answer is self._answer)
        unseen = GaugeMetricFamily("jupyternetes_graph_unseen", "Things that could not be seen, and may hide causes")
        unseen.add_metric([], self._unseen)
        silence = GaugeMetricFamily(
            "jupyternetes_graph_data_age_seconds", "Since the API server last told anything, of its most silent kind"
        )
        silence.add_metric([], self._silence())
        age = GaugeMetricFamily("jupyternetes_graph_verdict_age_seconds", "Since the last verdict, or since the start")
        age.add_metric([], self.verdict_age())
        return [nodes, causes, answers, unseen, silence, age]

    def verdict_age(self) -> float:
        """Seconds since the last verdict, or since the start."""
        return self._now() - self._noted


def _answer(verdict: Verdict) -> Answer:
    shared = [cause for cause in verdict.causes if not cause.personal]
    if not shared:
        return Answer.NOTHING_WRONG
    return Answer.CANNOT_TELL if shared[0].unseen else Answer.CAUSE


def _labels(graph: Graph, cause: Cause) -> _CauseLabels:
    best = min(cause.evidence, key=lambda fact: _NATURES.index(fact.nature), default=None)
    reason = best.reason if best is not None and best.reason in CAUSE_REASONS else OTHER
    return _kind(graph, cause), reason, cause.confidence, str(cause.personal).lower()


def _kind(graph: Graph, cause: Cause) -> str:
    """Of a part that could not be looked at, its id tells the kind."""
    if (node := graph.by_id.get(cause.id)) is not None:
        return node.known_kind.name
    if " -> " in cause.id:
        return WAY
    kind = cause.id.partition("/")[0]
    return SERVER.name if kind == "servers" else kind if kind in NODE_KINDS else OTHER
