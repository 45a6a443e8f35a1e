"""What can be observed: the answers that the API server gives become answers about nodes."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pytest

from jupyternetes.api.core import Container, PodSpec
from jupyternetes.api.metadata import Metadata
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph, ObjectId, Series, assemble
from jupyternetes.graph.model.kinds import Answer, State
from jupyternetes.graph.observability.ask import ALL_SERVERS, FAILING_SERVERS, as_before, ask
from jupyternetes.graph.observability.pod_logs import AnnotatedPod
from jupyternetes.runtime.decoding import Listing
from jupyternetes.runtime.errors import ApiError, Status, Unreachable, api_error
from tests.unit.graph.model.deployments import node, server

if TYPE_CHECKING:
    from jupyternetes.runtime.client import Client

Json = dict[str, Any]
REVIEW = "review of get pods/log"
HUB = ObjectId(kind="Pod", name="hub-1", namespace="hub")


def refusal(code: int, reason: str) -> ApiError:
    return api_error("get it", Status(code=code, reason=reason, message="as the test says"))


class Api:
    """Answers as a test says: ``samples`` of pods, one line of each log, Events, ``review`` of access; or raises."""

    def __init__(
        self, samples: Mapping[str, tuple[str, str]] | None = None, review: Json | None = None, **errors: Exception
    ) -> None:
        self.samples = samples or {}
        self.answer = {"allowed": True} if review is None else review
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

    async def review(self, what: str, path: str, body: Json) -> bytes:
        assert (what, path.rpartition("/")[2]) == (
            "selfsubjectaccessreviews.authorization.k8s.io",
            "selfsubjectaccessreviews",
        )
        wanted = body["spec"]["resourceAttributes"]
        self.reads[f"review of {wanted['verb']} {wanted['resource']}/{wanted['subresource']}"] += 1
        if "refused" in self.errors:
            raise self.errors["refused"]
        return json.dumps({"kind": "SelfSubjectAccessReview", "status": self.answer}).encode()


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


def crowd(number: int, state: State = State.OK, namespace: str = "users") -> list[Any]:
    places = [ObjectId(kind="Pod", name=f"{state}-{place}", namespace=namespace) for place in range(number)]
    return [server(f"{namespace}-{each.name}", state=state, objects=(each,)) for each in places]


def test_of_many_servers_only_some_that_fail_are_asked() -> None:
    api = Api()

    graph = asked(api, assemble([*crowd(ALL_SERVERS), *crowd(FAILING_SERVERS * 2, State.FAILING)], []))

    assert api.reads == {"metrics": 1, "events": 1, "logs": FAILING_SERVERS, REVIEW: 1}
    assert sum(each.observability.logs.answer is Answer.YES for each in graph.nodes) == FAILING_SERVERS
    assert {each.observability.metrics.answer for each in graph.nodes} == {Answer.NOT_ASKED}
    assert {each.observability.events.answer for each in graph.nodes} == {Answer.YES}


def test_a_review_costs_one_request_a_namespace_however_many_servers_there_are() -> None:
    few, many = Api(), Api()

    asked(few, assemble([*crowd(ALL_SERVERS)], []))
    asked(many, assemble([*crowd(500), *crowd(500, namespace="guests")], []))

    assert few.reads == {"metrics": 1, "events": 1, "logs": ALL_SERVERS}
    assert many.reads == {"metrics": 2, "events": 2, REVIEW: 2}


@pytest.mark.parametrize(
    ("review", "answer", "detail"),
    [
        ({"allowed": True}, Answer.NOT_ASKED, "the account may"),
        ({"allowed": True, "evaluationError": "a webhook"}, Answer.NOT_ASKED, "the account may"),
        ({"allowed": False}, Answer.NO_RIGHT, "get pods/log in namespace users"),
        ({"allowed": False, "evaluationError": "a webhook does not answer"}, Answer.NOT_ASKED, ""),
        ({"allowed": "odd"}, Answer.NOT_ASKED, ""),
    ],
)
def test_what_nobody_asked_for_is_told_from_what_the_account_may_not(review: Json, answer: Answer, detail: str) -> None:
    graph = asked(Api(review=review), assemble(crowd(ALL_SERVERS + 1), []))

    [(logs, metrics)] = {(each.observability.logs, each.observability.metrics) for each in graph.nodes}
    assert (logs.answer, logs.detail) == (answer, detail)
    assert (metrics.answer, metrics.detail) == (Answer.NOT_ASKED, "the account may")


@pytest.mark.parametrize("error", [refusal(403, "Forbidden"), refusal(404, "NotFound"), Unreachable("no route")])
def test_a_review_that_is_refused_says_nothing(error: Exception) -> None:
    graph = asked(Api(refused=error), assemble(crowd(ALL_SERVERS + 1), []))

    assert {(each.observability.logs.answer, each.observability.logs.detail) for each in graph.nodes} == {
        (Answer.NOT_ASKED, "")
    }


def test_what_asking_shows_counts_more_than_a_review() -> None:
    api = Api(logs=refusal(403, "Forbidden"), metrics=refusal(403, "Forbidden"), events=refusal(403, "Forbidden"))

    graph = asked(api, assemble([*crowd(ALL_SERVERS), *crowd(1, State.FAILING)], []))

    assert {answer.answer for each in graph.nodes for _, answer in each.observability} == {Answer.NO_RIGHT}
    assert REVIEW not in api.reads


def test_a_server_without_a_pod_is_not_asked_about() -> None:
    idle = server("idle", state=State.STOPPED, objects=(ObjectId(kind="Instance", name="i", namespace="guests"),))

    graph = asked(Api(), assemble([*crowd(ALL_SERVERS), idle], []))

    assert [each.answer for _, each in graph.by_id[idle.id].observability] == [Answer.NO, Answer.NO, Answer.YES]


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

        async def list(self, *_: object, field_selector: str = "") -> Listing[AnnotatedPod]:
            assert field_selector == "metadata.name=hub-1"
            spec = PodSpec(containers=(Container(name="mesh"), Container(name="hub")))
            metadata = Metadata(name="hub-1", annotations={"kubectl.kubernetes.io/default-container": "hub"})
            return Listing(items=[AnnotatedPod(metadata=metadata, spec=spec)])

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
