"""The webhook of the tests does to a write what it is told to."""

import uuid
from collections.abc import Iterator

import pytest

from tests.support.installation import make_namespace
from tests.support.kube import Json, Kube, Refused
from tests.support.waiting import eventually
from tests.support.webhook import Allow, Fail, Mutate, Refuse, Webhook


@pytest.fixture
def namespace(kube: Kube) -> Iterator[str]:
    name = make_namespace(kube, f"admission-{uuid.uuid4().hex[:8]}")
    eventually(lambda: kube.find("configmaps", name, "kube-root-ca.crt"))  # which Kubernetes puts into each
    yield name
    kube.delete("namespaces", "", name)


def create(kube: Kube, namespace: str) -> Json:
    return kube.create("configmaps", namespace, {"metadata": {"generateName": "a-"}, "data": {"a": "1"}})


def test_what_is_allowed_passes_and_is_on_record(kube: Kube, webhook: Webhook, namespace: str) -> None:
    with webhook.intercepts("configmaps", Allow(), namespaces=[namespace]) as interception:
        create(kube, namespace)
    create(kube, namespace)

    assert [(asked.operation, asked.namespace) for asked in interception.asked] == [("CREATE", namespace)]


def test_refusal_has_the_words_of_the_policy(kube: Kube, webhook: Webhook, namespace: str) -> None:
    with (
        webhook.intercepts("configmaps", Refuse("no maps here"), namespaces=[namespace]),
        pytest.raises(Refused, match="no maps here") as caught,
    ):
        create(kube, namespace)

    assert caught.value.status == 403


@pytest.mark.parametrize("act", [Fail(), Allow(after=30)], ids=["fails", "takes too long"])
def test_webhook_that_cannot_be_asked_is_a_500(kube: Kube, webhook: Webhook, namespace: str, act: Fail | Allow) -> None:
    with (
        webhook.intercepts("configmaps", act, namespaces=[namespace], timeout_seconds=1),
        pytest.raises(Refused, match="failed calling webhook") as caught,
    ):
        create(kube, namespace)

    assert caught.value.status == 500


def test_object_is_changed(kube: Kube, webhook: Webhook, namespace: str) -> None:
    def patch(_: Json) -> list[Json]:
        return [{"op": "add", "path": "/data/b", "value": "2"}]

    with webhook.intercepts("configmaps", Mutate(patch), namespaces=[namespace]):
        assert create(kube, namespace)["data"] == {"a": "1", "b": "2"}
