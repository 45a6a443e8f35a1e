"""What a real API server says of rights that are not tried out, and what it costs."""

import asyncio
from pathlib import Path

from jupyternetes.api.rights import RIGHTS
from jupyternetes.graph.model.graph import ObjectId, assemble
from jupyternetes.graph.model.kinds import Answer
from jupyternetes.graph.observability.ask import ALL_SERVERS, ask
from jupyternetes.runtime.client import Client
from tests.support.installation import grant
from tests.support.kube import Kube
from tests.support.waiting import eventually
from tests.unit.graph.model.deployments import server

REVIEWS = "selfsubjectaccessreviews.authorization.k8s.io"
Seen = tuple[set[tuple[Answer, str]], int, int]


def seen(kubeconfig: Path, servers: int) -> Seen:
    """What is said of the logs of so many servers, with the number of reviews, and of all requests."""

    async def looked() -> Seen:
        pods = [ObjectId(kind="Pod", name=f"p{place}", namespace="default") for place in range(servers)]
        async with await Client.connect(kubeconfig, user_agent="jupyternetes-graph/test") as client:
            graph = await ask(client, assemble([server(pod.name, objects=(pod,)) for pod in pods], []))
            logs = {(each.observability.logs.answer, each.observability.logs.detail) for each in graph.nodes}
            reviews = sum(count for (_, resource, _), count in client.calls.items() if resource == REVIEWS)
            return logs, reviews, client.calls.total()

    return asyncio.run(looked())


def test_many_servers_cost_one_review_and_few_none(accounts: dict[str, Path]) -> None:
    _, reviews_of_few, requests_of_few = seen(accounts["graph"], ALL_SERVERS)
    logs, reviews_of_many, requests_of_many = seen(accounts["graph"], 1000)

    assert (reviews_of_few, requests_of_few) == (0, ALL_SERVERS + 2), "a log each, the samples, the Events"
    assert (reviews_of_many, requests_of_many) == (1, 3)
    assert logs == {(Answer.NOT_ASKED, "the account may")}


def test_a_right_to_logs_that_is_missing_is_named_though_no_log_is_asked_for(
    accounts: dict[str, Path], kube: Kube
) -> None:
    expected = {(Answer.NO_RIGHT, "get pods/log in namespace default")}
    grant(kube, "graph", tuple(right for right in RIGHTS["graph"] if right.option != "logs"))
    try:
        # The API server learns of a role a moment later.
        logs, reviews, requests = eventually(
            lambda: seen(accounts["graph"], 1000), until=lambda found: found[0] == expected
        )
    finally:
        grant(kube, "graph", RIGHTS["graph"])

    assert (logs, reviews, requests) == (expected, 1, 3)
