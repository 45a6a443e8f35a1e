"""What do today's rules say of a recording?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from jupyternetes.graph.causes.parts import edge_id
from jupyternetes.graph.causes.read import read as read_signs
from jupyternetes.graph.causes.signs import Nature, trouble
from jupyternetes.graph.causes.verdict import Verdict
from jupyternetes.graph.causes.watch import Judge
from jupyternetes.graph.model import kinds, recording
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.kinds import State
from tools.faults import results
from tools.faults.errors import FaultError
from tools.faults.recording import Look, read
from tools.faults.results import Run
from tools.faults.score import Score, abstains, blamed, first_is_wrong, is_right, score

#: Seconds for which a sign is remembered that is not there.
_AWAY: Final = 15.0


@dataclass(frozen=True)
class Replay:
    """A run, with its looks and today's verdict on each."""

    run: Run
    looks: Sequence[Look]
    verdicts: Sequence[Verdict]

    @cached_property
    def during(self) -> list[tuple[Look, Verdict]]:
        """The looks from when the fault was made to when it was healed, each with its verdict.

        If none came in that time, whoever looked had only the last one before it.
        """
        begin, end = self.run.made or 0.0, self.run.healed or float("inf")
        seen = [each for each in zip(self.looks, self.verdicts, strict=True) if each[0].at <= end]
        return [each for each in seen if each[0].at >= begin] or seen[-1:]

    @property
    def last(self) -> tuple[Look, Verdict]:
        """The last look before the fault was healed."""
        return self.during[-1]

    @cached_property
    def score(self) -> Score:
        """Of the last verdict before the fault was healed."""
        return score(self.last[1], self.run.expected)

    @cached_property
    def seconds(self) -> float | None:
        """From the fault to the right cause; None if it was not named."""
        made = self.run.made or 0.0
        right = (look.at - made for look, verdict in self.during if is_right(verdict, self.run.expected))
        return next((seconds for seconds in right if seconds >= 0), None)

    @cached_property
    def ever_blamed(self) -> list[str]:
        """What was blamed wrongly at any time, if only for a moment."""
        causes = (cause for _, verdict in self.during for cause in blamed(verdict, self.run.expected))
        return list(dict.fromkeys(cause.id for cause in causes))

    @cached_property
    def ever_wrong_first(self) -> bool:
        """Whether the headline blamed something wrongly at any time."""
        return any(first_is_wrong(verdict, self.run.expected) for _, verdict in self.during)

    @cached_property
    def ever_abstained(self) -> bool:
        """Whether the headline said "Cannot tell" at any time."""
        return any(abstains(verdict) for _, verdict in self.during)

    @cached_property
    def evidence(self) -> tuple[int, int]:
        """Of the pieces of evidence in the last verdict: how many the recording bears out, and how many there are.

        It bears one out if the object was in trouble for this reason at the time, or a server was of those that share
        what is accused. A sign may have been away for a moment.
        """
        look, verdict = self.last
        troubles = {
            trouble for each, _ in self.during if look.at - each.at <= _AWAY for trouble in _troubles(each.graph)
        }
        reasons = {reason for of, reason in troubles if of.startswith(f"{kinds.SERVER}/")}
        facts = [fact for cause in verdict.causes for fact in cause.evidence]
        true = [
            fact
            for fact in facts
            if (fact.object, fact.reason) in troubles
            or (fact.reason in reasons and (fact.nature is Nature.ABOUT or fact.object.startswith("servers/")))
        ]
        return len(true), len(facts)


def _troubles(graph: Graph) -> Iterator[tuple[str, str]]:
    """What is in trouble by the graph alone, each with its reason."""
    for node in graph.nodes:
        if node.state in (State.FAILING, State.STARTING):
            yield node.id, node.reason
            yield node.id, trouble(node.reason)
    for edge in graph.edges:
        if edge.state is State.FAILING:
            yield edge_id(edge), edge.reason


def replay(run: Run, folder: Path = results.FOLDER) -> Replay:
    """Judge a recording again, look by look. Raises FaultError if it cannot be read."""
    judge, looks = Judge(), list(read(folder / run.recording))
    return Replay(run, looks, [judge.look(look.graph, look.at) for look in looks])


def story(file: Path) -> Iterator[str]:
    """A line for each look at which the verdict is another one."""
    judge, before = Judge(), ""
    for look in read(file):
        verdict = judge.look(look.graph, look.at)
        causes = "; ".join(f"{cause.id} ({cause.confidence})" for cause in verdict.causes)
        signs = ", ".join(f"{sign.accused}: {sign.reason}" for sign in read_signs(look.graph).signs)
        now = f"{verdict.headline} [{causes}] signs: {signs or 'none'}"
        if now != before:
            yield f"{look.at:7.1f} s  {now}"
        before = now


def graph_at(file: Path, seconds: float) -> bytes:
    """The graph of the last look that came within so many seconds of the first one, as ``recording.write`` gives it.

    Raises FaultError if the file cannot be read, or no look came that early.
    """
    looks = [look for look in read(file) if look.at <= seconds]
    if not looks:
        raise FaultError(f"{file.name} has no look at {seconds:g} s")
    return recording.write(looks[-1].graph)
