"""Recordings: what is written is read again, and what cannot be read is refused with a sentence."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.model import recording
from jupyternetes.graph.model.graph import SCHEMA, Graph
from jupyternetes.graph.model.recording import RecordingError
from tests.unit.graph.model.deployments import deployment, graphs, server

LOOSE = {"source": "hub", "target": "x", "kind": "k", "evidence": []}
NODE = {"id": "hub", "kind": "hub", "name": "hub", "layer": "control"}


def recorded(**fields: Any) -> bytes:
    return json.dumps({"schema": SCHEMA, **fields}).encode()


@given(graphs())
def test_what_is_written_is_read_again(graph: Graph) -> None:
    assert recording.read(recording.write(graph)) == graph


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no JSON object"),
        (b"[1]", "no JSON object"),
        (b"\xff", "no JSON object"),
        (b"{}", "its schema is ''"),
        (b'{"schema": "jupyternetes.kadense.io/graph/9"}', "record it again"),
        (recorded(nodes=[{"id": "a"}]), r"missing required field `kind` - at `\$.nodes\[0\]`"),
        (recorded(nodes=[{**NODE, "state": "odd"}]), r"at `\$.nodes\[0\].state`"),
        (recorded(nodes=[NODE, NODE]), "two of its nodes have the id 'hub'"),
        (recorded(nodes=[{**NODE, "count": 0}]), "less than one server"),
        (
            recorded(nodes=[NODE], edges=[LOOSE]),
            "one is no node",
        ),
        (b"[" * 100_000, "no JSON object"),
        (recorded()[:-1] + b', "x": ' + b"[" * 100_000, "no JSON object"),
    ],
)
def test_what_is_no_recording_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(RecordingError, match=why):
        recording.read(data)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "LARGEST", 1024)

    with pytest.raises(RecordingError, match="larger than"):
        recording.read(recording.write(deployment(*(server(f"user-{place}") for place in range(10)))))


@given(st.binary(max_size=200))
def test_no_bytes_give_anything_but_a_graph_or_a_refusal(data: bytes) -> None:
    with pytest.raises(RecordingError):
        recording.read(data)
