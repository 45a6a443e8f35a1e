"""Operators of which the Pod operator heeds gates, and the account of another operator."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import OPERATORS
from tests.support.gates import LEASE
from tests.support.installation import RELEASE_NAMESPACE
from tests.support.kube import Kube
from tests.support.operators import Operator, Operators


@pytest.fixture(scope="module")
def gated_operators(
    all_operators: Operators, accounts: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operators]:
    """Operators of which the Pod operator heeds gates."""
    all_operators.stop_all()
    logs = tmp_path_factory.mktemp("gated")
    options = [f"--template-namespace={RELEASE_NAMESPACE}", "--lease-seconds=6"]
    gates = ["--gates", *(f"--gate-lease={RELEASE_NAMESPACE}/{name}" for name in (LEASE, "approval"))]
    ours = Operators(
        [
            Operator(name, accounts[name], logs / f"{name}.log", options=[*options, *(gates if name == "pods" else [])])
            for name in OPERATORS
        ]
    )
    try:
        yield ours
    finally:
        ours.stop_all()


@pytest.fixture
def operators(gated_operators: Operators) -> Operators:
    gated_operators.run_all()
    return gated_operators


@pytest.fixture
def third(accounts: dict[str, Path]) -> Iterator[Kube]:
    """The other operator's account, with the rights that the chart gives it."""
    kube = Kube(accounts["gates"])
    yield kube
    kube.close()
