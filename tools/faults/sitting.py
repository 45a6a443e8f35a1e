"""One sitting: which runs are missing, and how is each of them made, followed and kept?"""

import random
import secrets
import signal
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec

from jupyternetes.api.times import rfc3339, utc_now
from tools.cluster import ClusterError, Steps
from tools.demo.errors import DemoError
from tools.faults import results
from tools.faults.catalogue import Case, Group
from tools.faults.errors import FaultError
from tools.faults.results import Run, Said
from tools.faults.rights import kubeconfig_without
from tools.faults.score import Truth, is_right
from tools.faults.site import Site
from tools.faults.watcher import Judged, Watcher

#: Seconds for which a right verdict has to stand until the fault is healed.
_STANDS: Final = 12.0
_HEALTHY_SECONDS: Final = 240.0
_QUIET_SECONDS: Final = 240.0
#: The most seconds that pass before a fault is made, so that it comes at any moment between two questions of the hub.
_CHANCE: Final = 10.0


class Stop:
    """Whether somebody wants the sitting to end: the first Ctrl-C, or SIGTERM, lets the run that is going on end."""

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def heard(self, steps: Steps) -> Generator[None]:
        """Listen, until the end of the block."""

        def hear(number: int, _: FrameType | None) -> None:
            if self.asked and number == signal.SIGINT:
                raise KeyboardInterrupt
            self.asked = True
            steps.say("this run is brought to its end first; press Ctrl-C again to break it off")

        before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def sit(site: Site, cases: Sequence[Case], repeats: int | None, steps: Steps, *, folder: Path = results.FOLDER) -> None:
    """Make what is missing: the first repeat of each case, then the second one of each, and so on.

    ``repeats``: how many of each there are to be; None for as many as the case asks for. A run that fails is kept as
    such. Raises FaultError if a second one fails right after it.
    """
    sitting, stop, failed = rfc3339(utc_now()), Stop(), False
    folder.mkdir(parents=True, exist_ok=True)
    with stop.heard(steps):
        for repeat in range(1, max(repeats or case.repeats for case in cases) + 1):
            for case in cases:
                wanted = repeats or case.repeats
                if stop.asked:
                    return
                if repeat in results.missing(case.name, wanted, results.read(folder / results.FILE.name)):
                    run = _run(site, case, repeat, sitting, steps, folder)
                    if failed and run.problem:
                        raise FaultError(f"two runs failed after each other; {case.name}, run {repeat}: {run.problem}")
                    failed = bool(run.problem)


def _run(site: Site, case: Case, repeat: int, sitting: str, steps: Steps, folder: Path) -> Run:
    seed = secrets.randbits(32)
    run = Run(
        fault=case.name,
        repeat=repeat,
        commit=results.commit(),
        seed=seed,
        sitting=sitting,
        started=rfc3339(utc_now()),
        recording=results.free_name(case.name, repeat, folder),
    )
    attempt = Attempt(site, case, run, folder / run.recording)
    try:
        with steps.step(f"{case.name}, run {repeat}"):
            attempt.make()
    finally:
        results.append(attempt.run, folder / results.FILE.name)
    steps.say(f"  {attempt.run.problem or attempt.run.headline} (right after {_after(attempt.run)})")
    return attempt.run


def _after(run: Run) -> str:
    return f"{run.right - run.made:.1f} s" if run.right is not None and run.made is not None else "no time"


@dataclass
class Attempt:
    """One run, while it is made; ``run`` is what is known of it so far.

    ``chance``: seconds that may pass before the fault is made. ``stands``: seconds for which a right verdict has to
    stand until the fault is healed.
    """

    site: Site
    case: Case
    run: Run
    file: Path
    chance: float = _CHANCE
    stands: float = _STANDS

    def make(self) -> None:
        """Make the run to its end. One that fails, or is broken off, says so as its problem."""
        self._note(problem="it was broken off")
        try:
            with self._watcher() as watcher:
                self._follow(watcher)
        except (FaultError, DemoError, ClusterError) as error:
            self._note(problem=results.without_paths(str(error)).partition("\n")[0])
        else:
            self._note(problem="")

    def _watcher(self) -> Watcher:
        key, lacks = str(self.run.seed), self.case.lacks
        kubeconfig = kubeconfig_without(self.site, lacks) if lacks else self.site.kubeconfig
        return Watcher(kubeconfig, self.site.namespaces, recording=self.file, key=key)

    def _follow(self, watcher: Watcher) -> None:
        self._wait_until_healthy(watcher)
        chance = random.Random(self.run.seed).uniform(0, self.chance)  # noqa: S311 - no secret
        watcher.wait(lambda _: False, seconds=chance, since=watcher.now())
        began = watcher.now()
        with self.case.make(self.site) as made:
            if self.case.group is Group.NEGATIVE:  # all that happens counts, also on the way there
                watcher.wait(lambda _: False, seconds=self.case.limit, since=watcher.now())
            else:
                began = watcher.at(made)
                self._wait_until_right(watcher, began)
            self._note_verdict(watcher, began)
        quiet = watcher.wait(lambda look: look.quiet, seconds=_QUIET_SECONDS, since=watcher.now())
        if quiet is None:
            raise FaultError(f"it was healed and is not well again: {watcher.last.verdict.headline}")
        self._note(quiet=round(quiet.at, 1))

    def _wait_until_healthy(self, watcher: Watcher) -> None:
        if watcher.wait(lambda look: look.quiet, seconds=_HEALTHY_SECONDS, since=-1.0) is None:
            raise FaultError(f"it is not well before the fault is made: {watcher.last.verdict.headline}")

    def _wait_until_right(self, watcher: Watcher, began: float) -> None:
        """Until the right verdict has stood for a while, or the time is over."""
        deadline = time.monotonic() + self.case.limit
        since = began
        while (left := deadline - time.monotonic()) > 0:
            right = watcher.wait(lambda look: self._is_right(look, watcher), seconds=left, since=since)
            if right is None:
                return
            changed = watcher.wait(lambda look: not self._is_right(look, watcher), seconds=self.stands, since=right.at)
            if changed is None:
                return
            since = changed.at

    def _is_right(self, look: Judged, watcher: Watcher) -> bool:
        return is_right(look.verdict, self._truth(watcher))

    def _truth(self, watcher: Watcher) -> Truth:
        """The true causes by their ids in the cluster. What a fault takes away was in an earlier look."""
        graphs = [look.graph for look in watcher.looks]
        return [sorted({each for graph in graphs for each in cause(graph)}) for cause in self.case.causes]

    def _note_verdict(self, watcher: Watcher, began: float) -> None:
        looks, truth, last = [look for look in watcher.looks if look.at >= began], self._truth(watcher), watcher.last
        self._note(
            expected=tuple(tuple(map(watcher.recorded_id, names)) for names in truth),
            made=round(began, 1),
            healed=round(watcher.now(), 1),
            headline=results.without_paths(last.verdict.headline),
            causes=tuple(map(Said.of, last.verdict.causes)),
            unseen=last.verdict.unseen,
            first_sign=_first(looks, lambda look: look.signs),
            first_verdict=_first(looks, lambda look: bool(look.verdict.causes)),
            right=_first(looks, lambda look: is_right(look.verdict, truth)) if truth else None,
        )

    def _note(self, **fields: object) -> None:
        self.run = msgspec.structs.replace(self.run, **fields)


def _first(looks: Iterable[Judged], holds: Callable[[Judged], bool]) -> float | None:
    return next((round(look.at, 1) for look in looks if holds(look)), None)
