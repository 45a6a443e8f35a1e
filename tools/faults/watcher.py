"""Follows a deployment while a fault comes and goes: judges each look, as `graph causes --watch`, and records it."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Condition, Thread
from typing import Final, Self

from jupyternetes.cli.graph_watch import LEAST
from jupyternetes.graph.causes.read import read
from jupyternetes.graph.causes.verdict import Verdict
from jupyternetes.graph.causes.watch import Judge
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.follow import Follower
from jupyternetes.graph.discovery.hub.ask_hub import ask_hubs
from jupyternetes.graph.model.anonymise import anonymous_ids
from jupyternetes.graph.model.graph import Graph
from jupyternetes.runtime.client import Client
from tools.faults.errors import FaultError
from tools.faults.recording import Recorder, without_names

#: Seconds after which it looks again though nothing has changed, as `graph causes --watch` does.
_MOST: Final = 5.0
_FIRST_SECONDS: Final = 60.0
_END_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Judged:
    """One look: the graph, whether it holds any sign of trouble, and the verdict. ``at``: seconds since the first."""

    at: float
    graph: Graph
    signs: bool
    verdict: Verdict

    @property
    def quiet(self) -> bool:
        """Whether nothing is wrong and nothing looks like it."""
        return not self.signs and not self.verdict.causes


class Watcher:
    """Looks again and again in a thread of its own, from `with` to its end; ``key`` makes the names in the recording.

    A thread, since faults are made by commands that take long.
    """

    def __init__(self, kubeconfig: Path, namespaces: Sequence[str], *, recording: Path, key: str) -> None:
        self._kubeconfig = kubeconfig
        self._namespaces = tuple(namespaces)
        self._recorder = Recorder(recording)
        self._key = key
        self._changed = Condition()
        self._looks: list[Judged] = []
        self._names: dict[str, str] = {}
        self._began = 0.0
        self._error: Exception | None = None
        self._end: Callable[[], object] = lambda: None
        self._thread = Thread(target=self._run, name="watcher", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            if self.wait(lambda _: True, seconds=_FIRST_SECONDS, since=-1.0) is None:
                raise FaultError(f"the deployment could not be looked at within {_FIRST_SECONDS:.0f} s")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._thread.join(_END_SECONDS)
        self._recorder.close()

    def now(self) -> float:
        """Seconds since the first look."""
        return self.at(time.monotonic())

    def at(self, moment: float) -> float:
        """Seconds from the first look to a moment of `time.monotonic`."""
        return moment - self._began

    @property
    def last(self) -> Judged:
        """The last look."""
        return self._looks[-1]

    @property
    def looks(self) -> list[Judged]:
        """All looks so far."""
        return list(self._looks)

    def recorded_id(self, real: str) -> str:
        """The id in the recording of a node, or of an edge in the form of a verdict. Raises KeyError for others."""
        source, arrow, rest = real.partition(" -> ")
        if not arrow:
            return self._names[real]
        target, _, kind = rest.rpartition(" (")
        return f"{self._names[source]} -> {self._names[target]} ({kind}"

    def wait(self, until: Callable[[Judged], bool], *, seconds: float, since: float) -> Judged | None:
        """The first look later than ``since`` for which ``until`` holds; None if there is none within ``seconds``.

        Raises FaultError if looking has failed.
        """
        deadline = time.monotonic() + seconds
        seen = 0
        with self._changed:
            while True:
                if self._error is not None:
                    raise FaultError(f"following the deployment failed: {self._error!r}") from self._error
                for look in self._looks[seen:]:
                    if look.at > since and until(look):
                        return look
                seen = len(self._looks)
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)

    def _run(self) -> None:
        try:
            asyncio.run(self._follow())
        except Exception as error:
            with self._changed:
                self._error = error
                self._changed.notify_all()

    async def _follow(self) -> None:
        judge, ended = Judge(), asyncio.Event()
        self._end = partial(asyncio.get_running_loop().call_soon_threadsafe, ended.set)
        async with (
            await Client.connect(self._kubeconfig, user_agent="jupyternetes-faults") as client,
            Follower(client, self._namespaces, cluster=True, closely=True) as follower,
        ):
            while not ended.is_set():
                graph = build(await ask_hubs(await follower.look()))
                self._note(graph, judge)
                await follower.wait(least=LEAST, most=_MOST)

    def _note(self, graph: Graph, judge: Judge) -> None:
        now = time.monotonic()
        if not self._looks:
            self._began = now
        verdict = judge.look(graph, now)
        self._names |= anonymous_ids(graph, self._key)
        self._recorder.add(without_names(graph, self._key), now)
        with self._changed:
            self._looks.append(Judged(now - self._began, graph, bool(read(graph).signs), verdict))
            self._changed.notify_all()
