"""Holds an operator to the contract, in whatever language it is written: each check is one promise, tried for real.

They need an API server with the definitions of Jupyternetes and of the operator's kind, and a namespace that none of
our own operators looks after, whose part the checks play. With pytest and pytest-asyncio::

    @pytest.mark.parametrize("check", testing.GATE_CHECKS, ids=testing.name_of)
    async def test_licence_keeps_the_contract(check: testing.GateCheck) -> None:
        operator = testing.as_process(sys.executable, "licence.py", "--lease-seconds=3", "--health-port=0")
        case = testing.GateCase("licence.example.org/granted", operator)
        async with testing.site(kubeconfig, "contract") as site:
            await check(site, case)
"""

from jupyternetes.sdk.operator import Settings
from jupyternetes.sdk.testing.gate_checks import GATE_CHECKS
from jupyternetes.sdk.testing.gate_site import GateCase, GateCheck
from jupyternetes.sdk.testing.operators import Operator, as_process, in_process
from jupyternetes.sdk.testing.resource_checks import RESOURCE_CHECKS
from jupyternetes.sdk.testing.resource_site import ResourceCase, ResourceCheck
from jupyternetes.sdk.testing.site import ContractBroken, Site, name_of, site

__all__ = [
    "GATE_CHECKS",
    "RESOURCE_CHECKS",
    "ContractBroken",
    "GateCase",
    "GateCheck",
    "Operator",
    "ResourceCase",
    "ResourceCheck",
    "Settings",
    "Site",
    "as_process",
    "in_process",
    "name_of",
    "site",
]
