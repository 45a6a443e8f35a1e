"""What admission webhooks of tests are served by."""

from collections.abc import Iterator

import pytest

from tests.support.kube import Kube
from tests.support.webhook import Webhook


@pytest.fixture(scope="session")
def webhook(kube: Kube, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Webhook]:
    with Webhook(kube, tmp_path_factory.mktemp("webhook")) as webhook:
        yield webhook
