"""The kinds of the dependency graph as a page, the schema of its JSON, and the drawing of a recording."""

from pathlib import Path
from typing import Any

import msgspec

from jupyternetes.graph.causes.verdict import judge_once
from jupyternetes.graph.drawing.judged import locate_causes
from jupyternetes.graph.drawing.svg import render_svg
from jupyternetes.graph.model import recording
from jupyternetes.graph.model.graph import SCHEMA, Graph
from jupyternetes.graph.model.graph_reasons import GRAPH_REASONS
from jupyternetes.graph.model.kinds import (
    ANSWER_MEANINGS,
    EDGE_KINDS,
    EVIDENCE_MEANINGS,
    NODE_KINDS,
    STATE_MEANINGS,
    Capability,
)
from tools.chart.markdown import code, head, table


def page() -> str:
    """The reference page."""
    lines = head(
        "The graph",
        "jupyternetes.graph.model.kinds",
        "What `jupyternetes graph` shows: kinds of nodes and edges, from what an edge is known, and the words for how "
        "a node fares. The [dependency graph](../explanation/dependency-graph.md) explains how they belong together.",
    )
    lines += ["", "## Nodes", "", "*Enables*: what people can do only while it works."]
    nodes = (
        (code(kind.name), kind.word or kind.name, kind.layer, _listed(kind.enables)) for kind in NODE_KINDS.values()
    )
    lines += table(("Kind", "Shown as", "Layer", "Enables"), nodes)
    lines += [
        "",
        "## Edges",
        "",
        "An edge goes from cause to affected. *Can harm*: what people may no longer be able to do when its source "
        "fails. *Delay*: after so many seconds at the latest it shows at the target. An edge has a state like a node, "
        "by what was told of it; its `seconds` are how long the last answer over it took.",
    ]
    edges = (
        (code(kind.name), f"the source {kind.meaning} the target", _listed(kind.harms), str(kind.delay))
        for kind in EDGE_KINDS.values()
    )
    lines += table(("Kind", "Meaning", "Can harm", "Delay"), edges)
    for title, meanings in (
        ("Evidence, strongest first", EVIDENCE_MEANINGS),
        ("States", STATE_MEANINGS),
        ("What can be observed", ANSWER_MEANINGS),
    ):
        lines += [
            "",
            f"## {title}",
            *table(("Word", "Meaning"), ((code(word), text) for word, text in meanings.items())),
        ]
    lines += [
        "",
        "## Reasons of its own",
        "",
        "Why a node or an edge is in its state, where neither [the table of reasons](reasons.md) nor Kubernetes has a "
        "word for it.",
        *table(("Reason", "Meaning"), ((code(each.name), each.sentence) for each in GRAPH_REASONS.values())),
        "",
        "## The JSON",
        "",
        f"`--output json` writes a graph, and `--snapshot` reads it. Its `schema` is `{SCHEMA}`; fields that hold "
        "their default are left out. [A JSON Schema](graph.schema.json) describes it. A new field does not change the "
        "number of the schema: a reader has to pass over what it does not know.",
    ]
    return "\n".join(lines) + "\n"


def schema() -> str:
    """The JSON Schema (2020-12) of a graph."""
    described: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A dependency graph, {SCHEMA}",
        **msgspec.json.schema(Graph),
    }
    for definition in described["$defs"].values():
        if "description" in definition:
            definition["description"] = " ".join(definition["description"].split())
    return msgspec.json.format(msgspec.json.encode(described), indent=2).decode() + "\n"


def picture(recorded: Path) -> str:
    """The drawing of a recording as SVG."""
    return render_svg(recording.read(recorded.read_bytes())) + "\n"


def picture_of_causes(recorded: Path) -> str:
    """The same with the causes of what is wrong in it."""
    graph = recording.read(recorded.read_bytes())
    return render_svg(*locate_causes(judge_once(graph), graph)) + "\n"


def _listed(capabilities: tuple[Capability, ...]) -> str:
    return ", ".join(capabilities)
