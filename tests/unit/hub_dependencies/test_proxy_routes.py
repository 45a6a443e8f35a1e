"""A proxy that lost the hub's route is told from one that is well, and from one that cannot be asked so."""

import pytest

from jupyternetes.hub_dependencies.addresses import HostPort
from jupyternetes.hub_dependencies.proxy_routes import RoutesProbe, is_there
from tests.unit.hub_dependencies.services import ProxyApi, failure, full_service, proxy_api, silent_service

LIMIT = 10.0
SHORT = 0.1
TOKEN = "the-token"
OF_HUB: dict[str, object] = {"target": "http://hub:8081", "jupyterhub": True, "hub": True}
BY_DEFAULT: dict[str, object] = {"target": "http://hub:8081"}
"""What the proxy's option --default-target makes of /."""
QUERY = "?inactive_since=1970-01-01T00:00:00Z"


def routes(address: HostPort, hub_route: str = "/", *, path: str = "", limit: float = LIMIT) -> RoutesProbe:
    return RoutesProbe(address, path, hub_route, TOKEN, None, limit)


def probe_of(proxy: ProxyApi, hub_route: str = "/") -> RoutesProbe:
    """One that has seen the hub's route."""
    proxy.routes[hub_route.rstrip("/") or "/"] = OF_HUB
    probe = routes(proxy.address, hub_route)
    probe.ask()
    return probe


@pytest.mark.parametrize("path", ["", "/", "/below/"])
@pytest.mark.parametrize(("hub_route", "asked"), [("/", "//"), ("/site/", "/site"), ("/a/b/", "/a/b")])
def test_only_the_hubs_own_route_is_asked_for(path: str, hub_route: str, asked: str) -> None:
    with proxy_api(TOKEN) as proxy:
        proxy.routes[hub_route.rstrip("/") or "/"] = OF_HUB
        routes(proxy.address, hub_route, path=path).ask()

    assert proxy.paths == [f"{path.rstrip('/')}/api/routes{asked}{QUERY}"]


@pytest.mark.parametrize("hub_route", ["/", "/site/"])
def test_proxy_that_lost_the_hubs_route(hub_route: str) -> None:
    with proxy_api(TOKEN) as proxy:
        probe = probe_of(proxy, hub_route)
        proxy.routes.clear()

        assert failure(probe) == "RoutesMissing"
        proxy.routes[hub_route.rstrip("/") or "/"] = OF_HUB
        probe.ask()


def test_route_that_the_proxy_makes_itself_is_not_the_hubs() -> None:
    with proxy_api(TOKEN) as proxy:
        probe = probe_of(proxy)
        proxy.routes["/"] = BY_DEFAULT

        assert failure(probe) == "RoutesMissing"


@pytest.mark.parametrize("proxys_own", [{}, {"/": BY_DEFAULT}])
def test_proxy_that_the_hub_has_not_told_its_route_yet_is_well(proxys_own: dict[str, dict[str, object]]) -> None:
    with proxy_api(TOKEN) as proxy:
        proxy.routes.update(proxys_own)

        routes(proxy.address).ask()


def test_nothing_is_claimed_where_something_on_the_way_merges_slashes() -> None:
    with proxy_api(TOKEN, merges_slashes=True) as proxy:
        probe = probe_of(proxy)
        proxy.routes.clear()

        probe.ask()


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b'{"target": "\xff"}', b"[]", b"{}", b'{"/": {"target": "http://hub"}}']
)
def test_nothing_is_claimed_of_an_answer_that_is_no_single_route(body: bytes) -> None:
    assert is_there(200, body) is None


def test_proxy_that_lost_its_route_and_fails_is_told_as_failing() -> None:
    with proxy_api(TOKEN) as proxy:
        probe = probe_of(proxy)
        proxy.status = 404

        assert failure(probe) == "HttpError"


def test_proxy_with_another_token() -> None:
    with proxy_api("another") as proxy:
        assert failure(routes(proxy.address)) == "TokenRefused"


def test_proxy_that_fails() -> None:
    with proxy_api(TOKEN, status=500) as proxy:
        assert failure(routes(proxy.address)) == "HttpError"


def test_proxy_that_hangs_is_told_from_one_to_which_no_connection_comes_about() -> None:
    with full_service() as cut, silent_service() as hangs:
        assert failure(routes(cut, limit=SHORT)) == "NoConnection"
        assert failure(routes(hangs, limit=SHORT)) == "NoAnswerInTime"


def test_token_of_the_proxy_is_in_no_text() -> None:
    assert TOKEN not in repr(routes(HostPort("proxy", 8001)))
