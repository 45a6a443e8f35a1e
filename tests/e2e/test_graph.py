"""The dependency graph of the demonstration: what the command says of a real node, and the page in a real browser."""

from pathlib import Path

from jupyternetes.graph.model.kinds import Answer, State
from tests.e2e.case import SERVES, Case
from tests.e2e.graph_command import found, graph
from tests.unit.graph.discovery.recordings import arrows, names, node
from tools.cluster import Steps
from tools.demo.browser import chromium
from tools.demo.demo import Demo


def test_the_graph_of_a_real_deployment_shows_its_parts_and_what_can_be_observed(demo: Demo, case: Case) -> None:
    case.start(case.container("notebook", SERVES))
    case.until(state="Running")

    seen = found(demo)

    assert names(seen, "hub") == {"hub"}
    assert names(seen, "proxy") == {"proxy"}
    assert len(names(seen, "operator")) == 3
    server = next(each for each in seen.nodes if each.kind == "server" and each.template == case.name)
    assert (server.state, server.cluster_node) == (State.OK, "local-node")
    assert {("Kubernetes API", "hub"), ("hub", "proxy"), (case.name, server.name)} <= arrows(seen)
    hub = node(seen, "hub", "hub")
    assert (hub.state, hub.observability.logs.answer, hub.observability.events.answer) == (
        State.OK,
        Answer.YES,
        Answer.YES,
    )


def test_one_part_of_a_real_deployment_is_shown_with_its_log(demo: Demo) -> None:
    shown = graph(demo, "node", "hub")

    assert "If it fails: log in fails for all; new starts fail" in shown
    assert "JupyterHub" in shown.partition("It depends on")[2]


def test_the_page_is_walked_through_with_the_keyboard_and_breaks_no_policy(
    demo: Demo, steps: Steps, tmp_path: Path
) -> None:
    file = tmp_path / "graph.html"
    graph(demo, "--output=html", f"--file={file}")
    complaints: list[str] = []

    with chromium(steps) as browser:
        page = browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        shapes = page.locator("svg [tabindex]")
        assert shapes.count() > 5
        page.locator('svg [tabindex="0"]').focus()
        before = page.evaluate("document.activeElement.getAttribute('aria-label')")
        page.keyboard.press("End")
        after = page.evaluate("document.activeElement.getAttribute('aria-label')")

    assert before
    assert after
    assert before != after
    assert complaints == []
