"""What can be observed: the answers that the API server gives become answers about nodes."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pytest

from jupyternetes.api.core import Container, Pod, PodSpec
from jupyternetes.api.metadata import Metadata
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph, ObjectId, Series, assemble
from jupyternetes.graph.model.kinds import Answer, State
from jupyternetes.graph.observability.ask import ALL_SERVERS, FAILING_SERVERS, as_before, ask
from jupyternetes.runtime.decoding import Listing
from jupyternetes.runtime.errors import ApiError, Status, Unreachable, api_error
from tests.unit.graph.model.deployments import node, server

if TYPE_CHECKING:
    from jupyternetes.runtime.client import Client

HUB = ObjectId(kind="Pod", name="hub-1", namespace="hub")


def refusal(code: int, reason: str) -> ApiError:
    return api_error("get it", Status(code=code, reason=reason, message="as the test says"))


class Api:
    """Answers reads as a test says: ``samples`` of pods, one line of each log, Events; or raises."""

    def __init__(self, samples: Mapping[str, tuple[str, str]] | None = None, **errors: Exception) -> None:
        self.samples = samples or {}
        self.errors = errors
        self.reads: Counter[str] = Counter()

    async def read(self, what: str, path: str, query: Mapping[str, str] | None = None) -> bytes:
        kind = {"pods.metrics.k8s.io": "metrics", "pods/log": "logs"}.get(what, what)
        self.reads[kind] += 1
        if kind in self.errors:
            raise self.errors[kind]
        if kind != "metrics":
            return b"a line\n"
        items = [
            {"metadata": {"name": name}, "containers": [{"usage": {"cpu": cpu, "memory": memory}}]}
            for name, (cpu, memory) in self.samples.items()
        ]
        return json.dumps({"items": items}).encode()


def asked(api: Api, graph: Graph) -> Graph:
    return asyncio.run(ask(cast("Client", api), graph))


def hub(**fields: Any) -> Graph:
    return assemble([node(kinds.HUB, **{"objects": (HUB,), **fields})], [])


def test_a_node_of_which_all_three_can_be_had_is_complete_and_shows_its_use() -> None:
    [found] = asked(Api({"hub-1": ("250m", "100Mi")}), hub()).nodes

    assert found.observability.complete
    assert found.series is not None
    assert (found.series.cpu_cores, found.series.memory_working_set_bytes) == (0.25, 100 * 1024**2)


@pytest.mark.parametrize(
    ("kind", "error", "answer", "detail"),
    [
        ("metrics", refusal(403, "Forbidden"), Answer.NO_RIGHT, "list pods in metrics.k8s.io in namespace hub"),
        ("metrics", refusal(404, "NotFound"), Answer.NO, "install metrics-server"),
        ("metrics", refusal(503, "ServiceUnavailable"), Answer.NO_DATA, "as the test says"),
        ("logs", refusal(403, "Forbidden"), Answer.NO_RIGHT, "get pods/log in namespace hub"),
        ("logs", refusal(500, "InternalError"), Answer.NO_DATA, "as the test says"),
        ("events", refusal(403, "Forbidden"), Answer.NO_RIGHT, "list events in namespace hub"),
        ("events", refusal(503, "ServiceUnavailable"), Answer.NO_DATA, "as the test says"),
    ],
)
def test_what_cannot_be_had_is_named_with_the_reason(kind: str, error: Exception, answer: Answer, detail: str) -> None:
    [found] = asked(Api({"hub-1": ("1", "1")}, **{kind: error}), hub()).nodes

    answers = dict(found.observability)
    assert answers[kind].answer is answer
    assert detail in answers[kind].detail
    assert [name for name, each in answers.items() if each.answer is not Answer.YES] == [kind]


def test_a_pod_without_a_sample_has_no_data() -> None:
    [found] = asked(Api(), hub()).nodes

    assert found.observability.metrics.answer is Answer.NO_DATA


def test_what_is_no_object_cannot_be_observed() -> None:
    [found] = asked(Api(), hub(objects=())).nodes

    assert {each.answer for _, each in found.observability} == {Answer.NO}


def test_of_many_servers_only_some_that_fail_are_asked() -> None:
    def crowd(number: int, state: State) -> list[Any]:
        return [
            server(
                f"{state}-{place}", state=state, objects=(ObjectId(kind="Pod", name=f"p{place}", namespace="users"),)
            )
            for place in range(number)
        ]

    api = Api()

    graph = asked(api, assemble([*crowd(ALL_SERVERS, State.OK), *crowd(FAILING_SERVERS * 2, State.FAILING)], []))

    assert api.reads == {"metrics": 1, "events": 1, "logs": FAILING_SERVERS}
    assert sum(each.observability.logs.answer is Answer.YES for each in graph.nodes) == FAILING_SERVERS
    assert {each.observability.metrics.answer for each in graph.nodes} == {Answer.NOT_ASKED}


def test_an_api_server_that_does_not_answer_is_asked_once() -> None:
    api = Api(metrics=Unreachable("no route"), logs=Unreachable("no route"), events=Unreachable("no route"))
    pods = [ObjectId(kind="Pod", name=f"p{place}", namespace="users") for place in range(50)]

    graph = asked(api, assemble([server(pod.name, objects=(pod,)) for pod in pods], []))

    assert api.reads.total() == 1
    assert {each.observability.logs.detail for each in graph.nodes} == {"no route"}


def test_events_of_what_is_no_pod_are_asked_for_too() -> None:
    template = ObjectId(kind="JupyterNotebookTemplate", name="t", namespace="hub")

    [found] = asked(Api(), hub(objects=(template,))).nodes

    assert [each.answer for _, each in found.observability] == [Answer.NO, Answer.NO, Answer.YES]


def test_of_a_pod_with_several_containers_it_is_the_log_of_the_one_that_serves() -> None:
    class TwoContainers(Api):
        asked: ClassVar[list[str | None]] = []

        async def read(self, what: str, path: str, query: Mapping[str, str] | None = None) -> bytes:
            if what == "pods/log":
                self.asked.append((query or {}).get("container"))
                if self.asked[-1] is None:
                    raise refusal(400, "BadRequest")
            return await super().read(what, path, query)

        async def list(self, *_: object, field_selector: str = "") -> Listing[Pod]:
            assert field_selector == "metadata.name=hub-1"
            spec = PodSpec(containers=(Container(name="mesh"), Container(name="hub")))
            metadata = Metadata(name="hub-1", annotations={"kubectl.kubernetes.io/default-container": "hub"})
            return Listing(items=[Pod(metadata=metadata, spec=spec)])

    api = TwoContainers()

    [found] = asked(api, hub()).nodes

    assert api.asked == [None, "hub"]
    assert found.observability.logs.answer is Answer.YES


def test_answers_are_kept_for_nodes_that_still_stand_for_the_same_objects() -> None:
    before = asked(Api({"hub-1": ("250m", "100Mi")}), hub(series=Series()))
    failing = hub(state=State.FAILING, series=Series(waiting_reasons=("CrashLoopBackOff",)))
    [same], [another] = (as_before(graph, before).nodes for graph in (failing, hub(objects=())))

    assert same.observability.complete
    assert same.series == Series(
        memory_working_set_bytes=100 * 1024**2, cpu_cores=0.25, waiting_reasons=("CrashLoopBackOff",)
    )
    assert not another.observability.complete
