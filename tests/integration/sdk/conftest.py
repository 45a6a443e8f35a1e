"""A namespace that no operator of ours looks after, on the real API server."""

import uuid
from collections.abc import Iterator

import pytest

from tests.support.installation import make_namespace
from tests.support.kube import Kube
from tests.support.operators import Operators


@pytest.fixture
def namespace(kube: Kube, all_operators: Operators) -> Iterator[str]:
    all_operators.stop_all()
    name = make_namespace(kube, f"contract-{uuid.uuid4().hex[:8]}")
    yield name
    kube.delete("namespaces", "", name)
