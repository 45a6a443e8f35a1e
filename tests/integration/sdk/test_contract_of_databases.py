"""The operator of the tutorial keeps the contract, as a program under its own account, with a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyternetes.sdk import Kind
from jupyternetes.sdk import testing as contract
from tests.support.kube import Kube
from tests.support.postgres import Postgres
from tests.support.postgres_site import LEASE_OPTION, account_of_example, delete_lease, example_command
from tools.cluster import Cluster, Steps

DATABASES = Kind("postgres.example.org/v1", "PostgresDatabase", "postgresdatabases")


@pytest.fixture(scope="module")
def postgres(steps: Steps) -> Iterator[Postgres]:
    with Postgres(steps) as postgres:
        yield postgres


@pytest.fixture(scope="module")
def account(control_plane: Cluster, kube: Kube) -> Path:
    return account_of_example(control_plane, kube)


@pytest.mark.parametrize("check", contract.RESOURCE_CHECKS, ids=contract.name_of)
async def test_operator_of_databases_keeps_the_contract(
    kube: Kube, namespace: str, account: Path, postgres: Postgres, check: contract.ResourceCheck
) -> None:
    delete_lease(kube)
    options = [
        f"--kubeconfig={account}",
        f"--namespace={namespace}",
        LEASE_OPTION,
        "--lease-seconds=6",
        "--health-port=0",
    ]
    case = contract.ResourceCase(
        DATABASES,
        contract.as_process(*example_command(postgres, *options)),
        body={"spec": {"connections": 2}},
        change={"spec": {"connections": 3}},
        outputs=("status.host", "status.port", "status.database"),
        seconds=60,
        quiet=1,
    )

    async with contract.site(kube.kubeconfig, namespace) as site:
        await check(site, case)
