"""How does a way in fare: a load balancer, an Ingress, a Route of OpenShift, an HTTPRoute of the Gateway API?"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from jupyternetes.api.core import PodCondition
from jupyternetes.graph.discovery.objects.gateway import HttpRoute
from jupyternetes.graph.discovery.objects.openshift import Route
from jupyternetes.graph.discovery.objects.services import Ingress, Service
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health, since
from jupyternetes.graph.model.graph import gravest
from jupyternetes.graph.model.kinds import State

_PENDING: Final = "Pending"


def of_service(service: Service) -> Health:
    """https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer"""
    if service.spec.type != "LoadBalancer" or service.status.load_balancer.ingress:
        return Health(State.OK)
    return Health(State.STARTING, _PENDING, "No load balancer was made for it yet.")


def of_ingress(ingress: Ingress) -> Health:
    """Well once a controller wrote an address; not every controller writes one."""
    return Health(State.OK) if ingress.status.load_balancer.ingress else UNKNOWN


def of_route(route: Route) -> Health:
    """By the routers. One that refuses says why, such as ``HostAlreadyClaimed``."""
    words = [_word(_by_type(each.conditions), "Admitted") for each in route.status.ingress or ()]
    return _together(words, "No router has admitted it yet.")


def of_http_route(route: HttpRoute) -> Health:
    """By the Gateways. One that accepts it and does not find one of several backends still leads to the others.

    https://gateway-api.sigs.k8s.io/geps/gep-1364/
    """
    told = [_by_type(each.conditions) for each in route.status.parents or ()]
    words = [_word(each, "Accepted", "ResolvedRefs", in_part=route.has_several_backends) for each in told]
    return _together(words, "No Gateway has accepted it yet.")


def _word(told: Mapping[str, PodCondition], first: str, other: str = "", *, in_part: bool = False) -> Health | None:
    """What one router or Gateway says; None if it says nothing yet.

    ``in_part``: whether what it accepts works in part while the ``other`` condition is False.
    """
    accepted = told.get(first)
    accepts = accepted is not None and accepted.status == "True"
    refusal = next((each for name in (first, other) if (each := told.get(name)) and each.status == "False"), None)
    if refusal is not None:
        state = State.DEGRADED if accepts and in_part else State.FAILING
        return Health(state, refusal.reason or f"Not{refusal.type}", refusal.message, since(refusal))
    return Health(State.OK, since=since(accepted)) if accepts else None


def _together(words: Iterable[Health | None], pending: str) -> Health:
    """By what several say: failing if all refuse it, degraded if one does. ``pending``: the message if none answers."""
    told = [each for each in words if each is not None]
    if not told:
        return Health(State.STARTING, _PENDING, pending)
    worst = gravest(told)
    refused_by_all = all(each.state is State.FAILING for each in told)
    return worst if refused_by_all or worst.state is State.OK else replace(worst, state=State.DEGRADED)


def _by_type(conditions: Iterable[PodCondition] | None) -> dict[str, PodCondition]:
    return {each.type: each for each in conditions or ()}
