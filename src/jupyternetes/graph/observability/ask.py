"""Whether metrics, logs and Events of each node can be had: by asking for them, not by believing what should be.

Where asking for each would be too much, the API server says whether the account may.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final, TypeVar

import msgspec

from jupyternetes.api.labels import INSTANCE
from jupyternetes.graph.model.graph import Graph, Node, ObjectId, Observability, Observation, Series
from jupyternetes.graph.model.kinds import SERVER, Answer, State
from jupyternetes.graph.observability.access import may_read_logs
from jupyternetes.graph.observability.pod_logs import read_log
from jupyternetes.graph.observability.usage import Used, read_usage
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import ApiError, Forbidden, NotFound, Unreachable

T = TypeVar("T")

#: Servers up to which each is asked about; of more only those that fail.
ALL_SERVERS: Final = 60
#: Of those that fail, so many logs are asked for.
FAILING_SERVERS: Final = 20
_AT_ONCE: Final = 5
#: Seconds for the answer to a question.
_LIMIT: Final = 10.0
#: Samples of the parts of the deployment, not of user pods, which may be many.
_SHARED_PODS: Final = f"!{INSTANCE},component!=singleuser-server"

YES: Final = Observation(answer=Answer.YES)
#: Nobody asked, and nothing is known to stand in the way.
_MAY_BE_ASKED: Final = Observation(detail="the account may")
_NO_POD: Final = Observation(answer=Answer.NO, detail="it is no pod that we can see")
_NO_OBJECT: Final = Observation(answer=Answer.NO, detail="it is no object of a namespace")


_Measured = Mapping[str, Used] | Observation


class _Reader:
    """Reads with a time limit. After one question without an answer no other is asked: each would wait as long."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._silent: Unreachable | None = None

    async def answer(self, question: Callable[[], Awaitable[T]]) -> T:
        """What the question gives. Raises the kinds of errors of ``Client``."""
        if self._silent is not None:
            raise self._silent
        try:
            async with asyncio.timeout(_LIMIT):
                return await question()
        except TimeoutError:
            self._silent = Unreachable(f"no answer within {_LIMIT:g} s")
            raise self._silent from None
        except Unreachable as error:
            self._silent = error
            raise


async def ask(client: Client, graph: Graph) -> Graph:
    """The graph with what can be observed of each node, and what its pods use.

    One list of samples and one of Events a namespace; a line of the log of each pod of the shared parts. Of more than
    60 servers only those that fail are asked about, at most 20 of them; for the others one review of access a namespace
    says whether the account might ask. Nothing is raised: what stands in the way is the answer. It takes no longer than
    some seconds if the API server does not answer.
    """
    reader = _Reader(client)
    asked = list(_asked(graph))
    namespaces = sorted({each.namespace for node in graph.nodes for each in node.objects if each.namespace})
    everybody = graph.servers <= ALL_SERVERS
    samples = dict(
        zip(namespaces, await asyncio.gather(*(_usage(reader, each, everybody) for each in namespaces)), strict=True)
    )
    events = dict(zip(namespaces, await asyncio.gather(*(_events(reader, each) for each in namespaces)), strict=True))
    turns = asyncio.Semaphore(_AT_ONCE)
    logs = await asyncio.gather(*(_log(reader, node, turns) for node in asked))
    of_servers = samples if everybody else {place: _unread(found) for place, found in samples.items()}
    answers = {
        node.id: _observed(node, of_servers if node.kind == SERVER.name else samples, events, log)
        for node, log in zip(asked, logs, strict=True)
    }
    if not everybody:
        refused = {
            _namespace(node): log for node, log in zip(asked, logs, strict=True) if log.answer is Answer.NO_RIGHT
        }
        others = [node for node in graph.nodes if node.id not in answers]
        answers |= await _unasked(reader, others, of_servers, events, refused)
    return graph.replaced(nodes=(answers.get(node.id, node) for node in graph.nodes))


def as_before(graph: Graph, asked: Graph) -> Graph:
    """``graph`` with what was answered of the nodes of ``asked`` that still stand for the same objects."""

    def answered(node: Node) -> Node:
        before = asked.by_id.get(node.id)
        if before is None or before.objects != node.objects:
            return node
        series = node.series
        if before.series is not None and series is not None:
            series = msgspec.structs.replace(
                series,
                memory_working_set_bytes=before.series.memory_working_set_bytes,
                cpu_cores=before.series.cpu_cores,
            )
        return msgspec.structs.replace(node, observability=before.observability, series=series)

    return graph.replaced(nodes=map(answered, graph.nodes))


def _asked(graph: Graph) -> Iterable[Node]:
    failing = 0
    for node in graph.nodes:
        if node.kind != SERVER.name or graph.servers <= ALL_SERVERS:
            yield node
        elif node.state is State.FAILING and failing < FAILING_SERVERS:
            failing += 1
            yield node


def _pods(node: Node) -> list[ObjectId]:
    return [each for each in node.objects if each.kind == "Pod"]


def _namespace(node: Node) -> str:
    """Where its objects are; empty if it has none."""
    return next((each.namespace for each in node.objects if each.namespace), "")


def _unread(samples: _Measured) -> Observation:
    """What is known of pods whose samples were not asked for, by what came of asking for others."""
    return samples if isinstance(samples, Observation) else _MAY_BE_ASKED


async def _unasked(
    reader: _Reader,
    nodes: Iterable[Node],
    samples: Mapping[str, _Measured],
    events: Mapping[str, Observation],
    refused: Mapping[str, Observation],
) -> dict[str, Node]:
    """The nodes that are too many to ask for the log of each; ``refused``: the answers of namespaces that give none."""
    groups: dict[tuple[str, bool], list[Node]] = {}
    for node in nodes:
        groups.setdefault((_namespace(node), bool(_pods(node))), []).append(node)
    answers: dict[str, Node] = {}
    for (namespace, in_pods), members in groups.items():
        log = (refused.get(namespace) or await _log_right(reader, namespace)) if in_pods else _NO_POD
        # The same for all of a namespace, of which there may be tens of thousands.
        alike = _observed(members[0], samples, events, log).observability
        answers |= {node.id: msgspec.structs.replace(node, observability=alike) for node in members}
    return answers


async def _log_right(reader: _Reader, namespace: str) -> Observation:
    try:
        may = await reader.answer(lambda: may_read_logs(reader.client, namespace))
    except Unreachable:
        may = None
    if may is None:
        return Observation()
    return _MAY_BE_ASKED if may else _no_right_to_logs(namespace)


def _no_right_to_logs(namespace: str) -> Observation:
    return Observation(answer=Answer.NO_RIGHT, detail=f"get pods/log in namespace {namespace}")


async def _usage(reader: _Reader, namespace: str, everybody: bool) -> _Measured:
    labels = "" if everybody else _SHARED_PODS
    try:
        return await reader.answer(lambda: read_usage(reader.client, namespace, labels))
    except NotFound:
        return Observation(answer=Answer.NO, detail="the cluster has no metrics API: install metrics-server")
    except Forbidden:
        return Observation(answer=Answer.NO_RIGHT, detail=f"list pods in metrics.k8s.io in namespace {namespace}")
    except (ApiError, Unreachable, msgspec.DecodeError) as error:
        return Observation(answer=Answer.NO_DATA, detail=_brief(error))


async def _events(reader: _Reader, namespace: str) -> Observation:
    path = f"/api/v1/namespaces/{namespace}/events"
    try:
        await reader.answer(lambda: reader.client.read("events", path, {"limit": "1"}))
    except Forbidden:
        return Observation(answer=Answer.NO_RIGHT, detail=f"list events in namespace {namespace}")
    except (ApiError, Unreachable) as error:
        return Observation(answer=Answer.NO_DATA, detail=_brief(error))
    return YES


async def _log(reader: _Reader, node: Node, turns: asyncio.Semaphore) -> Observation:
    """Of several pods of a part the first one's answer that is no yes, if there is any."""
    answer = _NO_POD
    for pod in _pods(node):
        async with turns:
            answer = await _line(reader, pod)
        if answer.answer is not Answer.YES:
            break
    return answer


async def _line(reader: _Reader, pod: ObjectId) -> Observation:
    try:
        line = await reader.answer(lambda: read_log(reader.client, pod, lines=1, most=2048))
    except Forbidden:
        return _no_right_to_logs(pod.namespace)
    except (ApiError, Unreachable) as error:
        return Observation(answer=Answer.NO_DATA, detail=_brief(error))
    return YES if line else Observation(answer=Answer.NO_DATA, detail="the log is empty")


def _observed(
    node: Node, samples: Mapping[str, _Measured], events: Mapping[str, Observation], log: Observation
) -> Node:
    pods = _pods(node)
    told = events.get(_namespace(node), _NO_OBJECT)
    if not pods:
        return msgspec.structs.replace(node, observability=Observability(metrics=_NO_POD, logs=_NO_POD, events=told))
    measured = [_of(samples[pod.namespace], pod) for pod in pods if pod.namespace in samples]
    used = [each for each in measured if isinstance(each, Used)]
    missing = [each for each in measured if isinstance(each, Observation)]
    metrics = missing[0] if missing else YES if used else Observation()
    series = node.series or Series()
    if used:
        series = msgspec.structs.replace(
            series,
            memory_working_set_bytes=sum(each.memory for each in used),
            cpu_cores=sum(each.cores for each in used),
        )
    return msgspec.structs.replace(
        node,
        observability=Observability(metrics=metrics, logs=log, events=told),
        series=series,
    )


def _of(samples: _Measured, pod: ObjectId) -> Used | Observation:
    if isinstance(samples, Observation):
        return samples
    return samples.get(pod.name) or Observation(
        answer=Answer.NO_DATA, detail="no sample of this pod yet; the first takes about a minute"
    )


def _brief(error: Exception) -> str:
    return str(error)[:200]
