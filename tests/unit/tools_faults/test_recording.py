"""Is a recording the same as what was seen, also for whoever judges it?"""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.causes.verdict import Verdict
from jupyternetes.graph.causes.watch import Judge
from jupyternetes.graph.model.anonymise import anonymous_ids
from jupyternetes.graph.model.graph import Graph
from tests.support.graph_site import Site, site
from tools.faults.errors import FaultError
from tools.faults.recording import Recorder, read, without_names

KEY = "a key"
Story = list[tuple[float, Graph]]
#: What may happen from one look to the next.
CHANGES = {
    "well": lambda _: site(),
    "no database": lambda now: now.ill("database", "NoPods").unanswered("database", "hub"),
    "way to the database": lambda now: now.unanswered("database", "hub", "NoAnswer", "There was no answer in time."),
    "node under pressure": lambda now: now.ill("node/worker-0", "MemoryPressure"),
    "no login": lambda now: now.without("oauth", "pods"),
    "a user": lambda now: now.ill("server/user-1", "OOMKilled"),
    "nothing": lambda now: now,
}


def recorded(graphs: Story, file: Path) -> Path:
    recorder = Recorder(file)
    for now, graph in graphs:
        recorder.add(graph, now)
    recorder.close()
    return file


def ids(verdict: Verdict) -> list[str]:
    return [cause.id for cause in verdict.causes]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    now, told, there = 100.0, list[tuple[float, Graph]](), site()
    for change, pause in draw(st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.floats(0.5, 30)), min_size=1)):
        now += pause
        there = CHANGES[change](site() if change == "no login" else with_login(there))
        told.append((now, there.graph))
    return told


def with_login(there: Site) -> Site:
    return there if "oauth" in there.graph.by_id else site()


@given(story=stories())
def test_a_recording_holds_each_look_as_it_was(story: Story, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = recorded(story, tmp_path_factory.mktemp("recordings") / "run.jsonl.gz")

    looks = list(read(file))

    assert [look.graph for look in looks] == [graph for _, graph in story]
    assert [look.at for look in looks] == pytest.approx([now - story[0][0] for now, _ in story], abs=0.001)


@given(story=stories())
def test_judging_a_recording_names_the_same_causes_as_were_named_live(
    story: Story, tmp_path_factory: pytest.TempPathFactory
) -> None:
    live, again = Judge(), Judge()
    named = [(anonymous_ids(graph, KEY), ids(live.look(graph, now))) for now, graph in story]
    nameless = [(now, without_names(graph, KEY)) for now, graph in story]

    looks = read(recorded(nameless, tmp_path_factory.mktemp("recordings") / "run.jsonl.gz"))

    replayed = [ids(again.look(look.graph, look.at)) for look in looks]
    for (words, real), anonymous in zip(named, replayed, strict=True):
        assert sorted(anonymous) == sorted(_renamed(each, words) for each in real)


def _renamed(name: str, words: dict[str, str]) -> str:
    source, arrow, rest = name.partition(" -> ")
    target, bracket, kind = rest.partition(" (")
    return f"{words[source]}{arrow}{words.get(target, '')}{bracket}{kind}"


def test_no_name_of_a_person_or_host_is_recorded(tmp_path: Path) -> None:
    graph = without_names(site().graph, KEY)

    text = gzip.decompress(recorded([(0, graph)], tmp_path / "run.jsonl.gz").read_bytes()).decode()

    assert not [name for name in ("user-1", "worker-0", "postgres", "students") if name in text]


def test_what_does_not_change_takes_next_to_nothing(tmp_path: Path) -> None:
    graph = without_names(site(users=200).graph, KEY)

    once = recorded([(0, graph)], tmp_path / "once.gz").stat().st_size
    often = recorded([(now, graph) for now in range(100)], tmp_path / "often.gz").stat().st_size

    assert often < once + 100 * 40


@pytest.mark.parametrize("content", [b"", b"no gzip", gzip.compress(b'{"schema": "another/1"}\n', mtime=0)])
def test_what_is_no_recording_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "run.jsonl.gz"
    file.write_bytes(content)

    with pytest.raises(FaultError, match=r"run\.jsonl\.gz"):
        list(read(file))
