"""docs/reference/graph-accuracy.md: how often is the right cause named, and how soon? Counted from all recordings."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import ceil, inf
from pathlib import Path
from typing import Final

from tools.faults.baselines import BASELINES, for_nodes
from tools.faults.catalogue import CASES, Case, Group
from tools.faults.missed import REASONS, misses
from tools.faults.replay import Replay, replay
from tools.faults.results import CHECKOUT, FOLDER, Run
from tools.faults.score import accuracy, wilson

PAGE: Final = CHECKOUT / "docs" / "reference" / "graph-accuracy.md"
_INTRODUCTION: Final = Path(__file__).with_name("page.md")
#: Rules may be tuned on these repeats; the others tell how good they are.
TUNED: Final = (1, 2, 3)
_OURS: Final = "ours"
#: What stands in the place of a reason until somebody writes it.
NOT_EXPLAINED: Final = "Not explained yet."


def render(runs: Sequence[Run], folder: Path = FOLDER) -> str:
    """The page of runs whose recordings are in a folder. Raises FaultError if one cannot be read."""
    replays = [replay(run, folder) for run in runs if run.counts]
    failed = sum(not run.counts for run in runs)
    tuned = [each for each in replays if each.run.repeat in TUNED]
    fresh = [each for each in replays if each.run.repeat not in TUNED]
    parts = [
        _INTRODUCTION.read_text().rstrip(),
        f"{len(replays)} runs are recorded so far"
        + (f", and {failed} more in which the suite itself failed; those do not count." if failed else "."),
        "## Faults",
        *_faults("Repeats from 4 on: no rule was tuned on them", _of(fresh, Group.FAULT)),
        *_faults("Repeats 1 to 3: rules may have been tuned on them", _of(tuned, Group.FAULT)),
        "## Pairs",
        *_pairs("Pairs: repeats from 4 on", _of(fresh, Group.PAIR)),
        *_pairs("Pairs: repeats 1 to 3", _of(tuned, Group.PAIR)),
        "## Nothing wrong",
        *_negatives(_of(replays, Group.NEGATIVE)),
        "## A right is missing",
        *_rights(_of(replays, Group.RIGHT)),
        "## Spares",
        *_faults("Made once, at the end", _of(replays, Group.SPARE)),
    ]
    return "\n\n".join(parts) + "\n"


def _of(replays: Iterable[Replay], group: Group) -> list[tuple[Case, list[Replay]]]:
    """The replays of a group, by case, in the order of the catalogue."""
    found: dict[str, list[Replay]] = {}
    for each in replays:
        found.setdefault(each.run.fault, []).append(each)
    return [(case, found[name]) for name, case in CASES.items() if case.group is group and name in found]


def _faults(title: str, rows: Sequence[tuple[Case, list[Replay]]]) -> Iterator[str]:
    yield f"### {title}"
    if not rows:
        yield "None so far."
        return
    every = [each for _, replays in rows for each in replays]
    head = ["Fault", "Runs", "AC@1", "AC@3", "Avg@5", "Blamed wrongly", "Cannot tell", "Right when it happened"]
    head += ["Evidence", "Seconds, 95 %", "Goal", "Why a goal is missed"]
    body = [_fault(case, replays) for case, replays in rows]
    runs, first, *others = _figures(every)
    first += f" ({wilson([each.score.first for each in every])})"
    yield _table(head, [*body, ["**All**", runs, first, *others, "", "", ""]])
    yield _table(
        ["AC@1 / AC@3", _OURS, *BASELINES],
        [[case.title, *_beside(replays)] for case, replays in rows] + [["**All**", *_beside(every)]],
    )


def _figures(replays: Sequence[Replay]) -> list[str]:
    true, told = (sum(each.evidence[place] for each in replays) for place in (0, 1))
    return [
        str(len(replays)),
        _mean(each.score.first for each in replays),
        _mean(each.score.first_three for each in replays),
        _mean(each.score.average for each in replays),
        _count(bool(each.score.blames) for each in replays),
        _count(each.score.abstained for each in replays),
        _count(each.run.right is not None for each in replays),
        f"{true} of {told}",
    ]


def _beside(replays: Sequence[Replay]) -> list[str]:
    ours = [(each.score.first, each.score.first_three) for each in replays]
    others = [[_baseline(each, baseline) for each in replays] for baseline in BASELINES.values()]
    columns = (ours, *others)
    return [f"{_mean(one for one, _ in each)} / {_mean(three for _, three in each)}" for each in columns]


def _baseline(each: Replay, baseline: Callable[..., list[str]]) -> tuple[float, float]:
    named = baseline([look for look, _ in each.during])
    truth = for_nodes(each.run.expected)
    return accuracy(named, truth, 1), accuracy(named, truth, 3)


def _pairs(title: str, rows: Sequence[tuple[Case, list[Replay]]]) -> Iterator[str]:
    yield f"### {title}"
    if not rows:
        yield "None so far."
        return
    head = ["Pair", "Runs", "All among the first", "Another blamed", "Cannot tell", "Right when it happened"]
    head += ["Why it was missed"]
    body = [
        [
            case.title,
            str(len(replays)),
            _count(each.score.right for each in replays),
            _count(bool(each.score.blames) for each in replays),
            _count(each.score.abstained for each in replays),
            _count(each.run.right is not None for each in replays),
            _why(case, missed=not all(each.score.right for each in replays)),
        ]
        for case, replays in rows
    ]
    yield _table(head, body)


def _negatives(rows: Sequence[tuple[Case, list[Replay]]]) -> Iterator[str]:
    if not rows:
        yield "None so far."
        return
    head = ["What happens", "Runs", "Looks", "Blamed at any time", "Said it cannot tell at any time"]
    body = [
        [
            case.title,
            str(len(replays)),
            str(sum(len(each.during) for each in replays)),
            _count(bool(each.ever_blamed) for each in replays),
            _count(each.ever_abstained for each in replays),
        ]
        for case, replays in rows
    ]
    yield _table(head, body)


def _rights(rows: Sequence[tuple[Case, list[Replay]]]) -> Iterator[str]:
    if not rows:
        yield "None so far."
        return
    head = ["What may not be read", "Runs", "Database first", "Cannot tell", "Another blamed first, at any time"]
    head.append("The answer names the right")
    body = [
        [
            case.lacks,
            str(len(replays)),
            _count(each.score.right for each in replays),
            _count(each.score.abstained for each in replays),
            _count(each.ever_wrong_first for each in replays),
            _count(any(case.lacks in gap for gap in each.last[1].unseen) for each in replays),
        ]
        for case, replays in rows
    ]
    yield _table(head, body)


def _seconds(replays: Sequence[Replay]) -> float:
    """The 95th percentile by the nearest rank; a run without the right cause counts as one that never ends."""
    times = sorted(each.seconds if each.seconds is not None else inf for each in replays)
    return times[ceil(0.95 * len(times)) - 1]


def _written(seconds: float) -> str:
    return "never" if seconds == inf else f"{seconds:.1f}"


def _why(case: Case, *, missed: bool) -> str:
    return REASONS.get(case.name, NOT_EXPLAINED) if missed else ""


def _fault(case: Case, replays: Sequence[Replay]) -> list[str]:
    first, seconds = sum(each.score.first for each in replays) / len(replays), _seconds(replays)
    why = _why(case, missed=misses(case, first, seconds))
    return [case.title, *_figures(replays), _written(seconds), _goal(case), why]


def _goal(case: Case) -> str:
    return "" if case.goal is None else f"{case.goal:g}"


def _mean(values: Iterable[float]) -> str:
    numbers = list(values)
    return f"{sum(numbers) / len(numbers):.2f}"


def _count(values: Iterable[bool]) -> str:
    several = list(values)
    return f"{sum(several)} of {len(several)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
