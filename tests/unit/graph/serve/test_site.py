"""What a browser, kubelet and Prometheus get, and what they do not."""

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from jupyternetes.graph.causes.verdict import Verdict
from jupyternetes.graph.model import recording
from jupyternetes.graph.serve.current import Current
from jupyternetes.graph.serve.metrics import GraphMetrics
from jupyternetes.graph.serve.site import STUCK, Site
from tests.unit.graph.serve.serving import BROKEN, got, listening, publish

PAGES = ("/", "/graph.json", "/causes.json", "/events")
PROBES = ("/healthz", "/readyz", "/metrics")


class Served:
    """A site with a clock that a test sets."""

    def __init__(self) -> None:
        self.time = 0.0
        self.current = Current(keep_graph=True)
        registry = CollectorRegistry()
        metrics = GraphMetrics(registry, now=lambda: self.time, silence=lambda: 0.0)
        self.site = Site(self.current, metrics, registry)


@pytest.fixture
def served() -> Served:
    return Served()


async def test_the_page_shows_the_verdict_and_follows_it(served: Served) -> None:
    publish(served.current, BROKEN)
    assert served.current.moment is not None
    async with listening(served.site.pages()) as port:
        response, text = await got(port, "/")

    assert (response.status, response.content_type) == (200, "text/html")
    assert '<h2 id="headline">The cause is the hub&#x27;s database postgres.</h2>' in text
    assert f'<main data-version="{served.current.moment.version}">' in text
    assert response.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert "connect-src &#x27;self&#x27;" in text


async def test_graph_and_verdict_are_had_as_the_command_writes_them(served: Served) -> None:
    publish(served.current, BROKEN)
    async with listening(served.site.pages()) as port:
        _, graph = await got(port, "/graph.json")
        response, causes = await got(port, "/causes.json")

    assert recording.read(graph.encode()) == BROKEN
    assert [cause.id for cause in msgspec.json.decode(causes, type=Verdict).causes] == ["database"]
    assert response.content_type == "application/json"


async def test_what_is_shown_is_never_older_than_the_last_look(served: Served) -> None:
    async with listening(served.site.pages()) as port:
        for taken in ("12:00", "12:01"):
            publish(served.current, msgspec.structs.replace(BROKEN, taken=taken))
            assert f"at {taken}: 6 servers" in (await got(port, "/"))[1]


@pytest.mark.parametrize("path", [*PAGES, *PROBES, "/nothing"])
async def test_every_answer_to_people_forbids_that_it_is_kept_framed_or_guessed_at(served: Served, path: str) -> None:
    async with listening(served.site.pages()) as port:
        headers = (await got(port, path, Host="evil.example.org" if path == "/events" else "localhost"))[0].headers

    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not [name for name in headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("path", [*PAGES, *PROBES])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example.org"},
        {"Host": "localhost", "Origin": "https://evil.example.org"},
        {"Host": "localhost", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=["a name that leads here", "another origin", "another site"],
)
async def test_another_page_gets_nothing(served: Served, path: str, headers: dict[str, str]) -> None:
    publish(served.current, BROKEN)
    async with listening(served.site.pages()) as port:
        response, text = await got(port, path, **headers)

    assert response.status == 403
    assert "postgres" not in text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", [*PAGES, *PROBES])
async def test_nothing_but_get_is_answered(served: Served, path: str, method: str) -> None:
    async with listening(served.site.pages()) as port:
        assert (await got(port, path, method))[0].status == 405


async def test_elsewhere_there_is_health_and_nothing_else(served: Served) -> None:
    publish(served.current, BROKEN)
    async with listening(served.site.probes()) as port:
        pages = [(await got(port, path))[0].status for path in PAGES]
        answers = [(await got(port, path, Host="10.1.2.3:8080"))[0].status for path in PROBES]

    assert pages == [404] * len(PAGES)
    assert answers == [200] * len(PROBES)


async def test_it_is_ready_after_the_first_look(served: Served) -> None:
    async with listening(served.site.pages()) as port:
        before = [(await got(port, path))[0].status for path in ("/readyz", "/healthz", "/", "/graph.json")]
        publish(served.current, BROKEN)
        after = [(await got(port, path))[0].status for path in ("/readyz", "/healthz", "/", "/graph.json")]

    assert before == [503, 200, 503, 503]
    assert after == [200] * 4


async def test_it_is_ill_when_no_verdict_comes_any_more(served: Served) -> None:
    async with listening(served.site.probes()) as port:
        served.time = STUCK + 1
        response, text = await got(port, "/healthz")

    assert (response.status, text) == (503, "no verdict for 181 s\n")
