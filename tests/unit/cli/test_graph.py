"""``jupyternetes graph``: what it writes from a recording, and that a mistake is one line and exit code 1."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from jupyternetes.graph.causes.verdict import SCHEMA, Verdict
from jupyternetes.graph.model import recording
from jupyternetes.graph.model.kinds import State
from tests.unit.cli.conftest import Run
from tests.unit.graph.model.deployments import deployment, server

pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    file = tmp_path / "graph.json"
    file.write_bytes(recording.write(deployment(server("ana"), server("ben", state=State.FAILING, reason="OOMKilled"))))
    return file


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("tree", ["Platform", "ana", "failing: OOMKilled"]),
        ("json", ['"schema": "jupyternetes.kadense.io/graph/2"', '"ana"']),
        ("svg", ["<svg", "OOMKilled"]),
        ("html", ["<html", "Content-Security-Policy", "OOMKilled"]),
        ("dot", ["digraph", "OOMKilled"]),
    ],
)
def test_a_recording_is_shown_in_each_form(run: Run, recorded: Path, output: str, words: list[str]) -> None:
    code, out, err = run("graph", "--snapshot", str(recorded), "--output", output)

    assert (code, err) == (0, "")
    assert [word for word in words if word not in out] == []


def test_what_is_written_is_a_recording_again(run: Run, recorded: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.json"

    assert run("graph", "--snapshot", str(recorded), "--output=json", "--file", str(copy)) == (0, "", "")

    assert copy.read_bytes() == recorded.read_bytes()
    assert sorted(tmp_path.iterdir()) == [copy, recorded]


def test_one_node_says_what_hangs_together_with_it(run: Run, recorded: Path) -> None:
    code, out, err = run("graph", "node", "hub", "--snapshot", str(recorded))

    assert (code, err) == (0, "")
    assert "If it fails: log in fails for all; new starts fail; 1 running server goes on" in out
    assert "database keeps the state of hub (told: the hub says so" in out
    assert "hub starts and stops ana" in out


def test_a_recording_is_judged(run: Run, recorded: Path) -> None:
    code, out, err = run("graph", "causes", "--snapshot", str(recorded))

    assert (code, err) == (0, "")
    assert out.startswith("Nothing is wrong with the deployment; 1 server fails for a reason of its own.\n")
    assert "1. the server ben (certain)" in out


def test_a_verdict_can_be_read_by_programs(run: Run, recorded: Path) -> None:
    code, out, err = run("graph", "causes", "--snapshot", str(recorded), "--output=json")

    assert (code, err) == (0, "")
    verdict = msgspec.json.decode(out, type=Verdict)
    assert (verdict.schema, [cause.id for cause in verdict.causes]) == (SCHEMA, ["server/ben"])


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("text", ["1. the server ben (certain)"]),
        ("svg", ["<svg", ">cause 1: the server ben (certain)<"]),
        ("html", ["<html", '<h2 id="headline">Nothing is wrong with the deployment; 1 server fails']),
    ],
)
def test_a_verdict_is_written_in_each_form(
    run: Run, recorded: Path, tmp_path: Path, output: str, words: list[str]
) -> None:
    file = tmp_path / "verdict"
    arguments = ("graph", "causes", "--snapshot", str(recorded), "--output", output)

    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    assert run(*arguments, "--file", str(file)) == (0, "", "")
    assert file.read_text() == out
    assert [word for word in words if word not in out] == []


def test_a_recording_cannot_be_followed(run: Run, recorded: Path) -> None:
    code, out, err = run("graph", "causes", "--watch", "--snapshot", str(recorded))

    assert (code, out) == (1, "")
    assert "leave out --snapshot" in err


def test_two_recordings_are_compared(run: Run, recorded: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    before.write_bytes(recording.write(deployment(server("ana"), server("ben"))))

    assert run("graph", "diff", str(before), str(recorded))[1].splitlines() == [
        "~ server ben: ok -> failing (OOMKilled)",
        "~ servers: 2 ok -> 1 failing, 1 ok",
    ]
    assert run("graph", "diff", str(before), str(before)) == (0, "no difference\n", "")


def test_names_are_replaced_and_the_same_key_gives_the_same_words(run: Run, recorded: Path) -> None:
    snapshot = ("--snapshot", str(recorded), "--output=json")

    [plain, first, again, other, anew] = [
        run("graph", *snapshot, *options)[1]
        for options in ((), ("--anonymise-key=k",), ("--anonymise-key=k",), ("--anonymise-key=l",), ("--anonymise",))
    ]

    assert "ana" in plain
    assert not [text for text in (first, other, anew) if '"ana"' in text]
    assert first == again
    assert len({first, other, anew}) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--output", "painting"), ["painting", "svg"]),
        (("--shapes", "3"), ["--shapes"]),
        (("--snapshot", "{file}", "--namespace", "a"), ["--snapshot holds a whole graph", "leave out"]),
        (("--snapshot", "{file}", "--watch"), ["--watch shows the tree of a cluster"]),
        (("--snapshot", "nowhere.json"), ["cannot read nowhere.json", "No such file"]),
        (("--snapshot", "{here}"), ["cannot read", "directory"]),
        (("--snapshot", __file__), ["no recording of a graph"]),
        (("--snapshot", "{file}", "--file", "nowhere/graph.svg"), ["cannot write nowhere/graph.svg"]),
        (("--additions", "nowhere.yaml"), ["cannot read nowhere.yaml"]),
        (("--additions", "{file}"), ["cannot be used", "unknown field"]),
        (("node", "nobody", "--snapshot", "{file}"), ["there is no node 'nobody'", "api-server"]),
        (("node", "server", "--snapshot", "{file}"), ["2 nodes fit 'server'", "server/ana, server/ben"]),
        (("--snapshot", "{file}", "node", "hub"), ["put --snapshot after node"]),
        (("--no-observe", "diff", "{file}", "{file}"), ["put --observe after diff"]),
        (("--snapshot", "{file}", "--file", "."), ["cannot write ."]),
        (("diff", "{file}"), ["after"]),
        (("diff", "{file}", "nowhere.json"), ["cannot read nowhere.json"]),
        (("--kubeconfig", "nowhere"), ["nowhere", "does not exist"]),
        (("serve", "--kubeconfig", "nowhere"), ["nowhere", "does not exist"]),
        (("serve", "--loopback-port", "1"), ["--loopback-port adds the pages to --in-cluster"]),
        (("serve", "--in-cluster", "--host", "::1"), ["leave out --host"]),
    ],
)
def test_a_mistake_is_one_line_that_names_it(
    run: Run, recorded: Path, arguments: tuple[str, ...], words: list[str]
) -> None:
    places = {"file": recorded, "here": recorded.parent}

    code, _, err = run("graph", *(argument.format(**places) for argument in arguments))

    assert code == 1
    assert err.count("\n") == 1
    assert err.startswith("jupyternetes: ")
    assert [word for word in words if word not in err] == []


def test_operators_do_not_load_what_draws() -> None:
    script = "import sys, jupyternetes.cli; print([name for name in sys.modules if 'graph.drawing' in name])"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
