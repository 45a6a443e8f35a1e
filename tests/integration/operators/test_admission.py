"""What operators do when an admission webhook stands between them and what they make."""

from tests.integration.operators.test_bad_input import says_what_to_do
from tests.support.lab import Lab, condition
from tests.support.operators import Operators
from tests.support.templates import order
from tests.support.webhook import Allow, Fail, Webhook


def test_webhook_that_fails_is_told_and_heals_without_a_second_pod_or_claim_C10(
    operators: Operators, lab: Lab, webhook: Webhook
) -> None:
    lab.add_template()
    resources = {"persistentvolumeclaims": "PvcsProvisioned", "pods": "PodsProvisioned"}
    with (
        webhook.intercepts("persistentvolumeclaims", Fail(), namespaces=[lab.namespace]) as claims,
        webhook.intercepts("pods", Fail(), namespaces=[lab.namespace]) as pods,
    ):
        lab.hub.first_start("a", order())
        for interception, (resource, kind) in zip((claims, pods), resources.items(), strict=True):
            told = says_what_to_do(lab, kind, "FailedCreate", ["failed calling webhook", resource])
            assert condition(told, kind)["message"].endswith("goes on by itself.")
            interception.act = Allow()
        lab.made_pod()

    assert len(lab.pods()) == 1
    assert len(lab.claims()) == 1
