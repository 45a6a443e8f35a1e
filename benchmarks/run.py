"""Runs pieces one after another: each is kept as soon as it is there, and one that fails keeps no other back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from rich.console import Console

from benchmarks import bursts, graph, judgement, many_templates, memory, results, running
from benchmarks.contenders import Contender

Pieces = Iterable[tuple[str, dict[str, Any]]]


@dataclass(slots=True)
class Run:
    """``missing`` leaves out what was measured before; ``failed`` names the pieces that were not measured."""

    console: Console
    missing: bool = False
    failed: list[str] = field(default_factory=list[str])

    def bursts(
        self,
        sizes: Iterable[int],
        who: Iterable[Contender],
        limits: Sequence[str],
        volumes: Sequence[str],
        *,
        events: int,
        repeats: int,
    ) -> None:
        """Many starts at once, each contender in a cluster of its own; in each repeat all have their turn."""
        for size, repeat, contender in product(sizes, range(1, repeats + 1), list(who)):
            phases = bursts.plan(size, limits, volumes)
            names = [bursts.name_of(contender, size, phase, events, repeat) for phase in phases if phase.measured]
            self._pieces(
                "bursts",
                names,
                lambda c=contender, s=size, p=phases, r=repeat: bursts.bursts(c, s, p, events, r),
            )

    def steady(self, per_minute: float, seconds: float, who: Iterable[Contender]) -> None:
        """A steady stream of starts."""
        for contender in who:
            name = f"{contender}-{per_minute:g}"
            self._pieces("steady", [name], lambda c=contender, n=name: [(n, bursts.steady(c, per_minute, seconds))])

    def templates(self, numbers: Sequence[int], starts: int, per_minute: float, repeats: int) -> None:
        """Starts beside so many Templates, in turn."""
        for repeat, number in product(range(1, repeats + 1), numbers):
            name = f"{number}-{repeat}"
            self._pieces(
                "templates", [name], lambda n=number, k=name: [(k, many_templates.starts(n, starts, per_minute))]
            )

    def running(
        self, servers: Sequence[int], who: Iterable[Contender], *, idle_seconds: float, restart: bool, volumes: bool
    ) -> None:
        """Idle traffic, and a restart, with many running servers."""
        for contender in who:
            names = [f"idle-{contender}-{number}" for number in servers] if idle_seconds else []
            names += [f"restart-{contender}-{max(servers)}"] if restart else []
            self._pieces(
                "running",
                names,
                lambda c=contender: running.running(
                    c, servers, idle_seconds=idle_seconds, restart=restart, volumes=volumes
                ),
            )

    def judgement(self, servers: Iterable[int], repeats: int) -> None:
        """One pass of judgement on a graph of so many servers."""
        for number in servers:
            self._pieces("judgement", [str(number)], lambda n=number: [(str(n), judgement.passes(n, repeats))])

    def memory(self, pods: int) -> None:
        """What cached pods cost an operator in memory."""
        name = f"pods-{pods}"
        self._pieces("memory", [name], lambda: [(name, memory.cached_pods(pods))])

    def graph(self, started: Iterable[int], written: Iterable[int], repeats: int) -> None:
        """The dependency graph of servers that were started, and of Instances whose status was written."""
        for kind, servers, measure in (("started", started, graph.of_started), ("written", written, graph.of_written)):
            for number in servers:
                self._pieces("graph", [f"{kind}-{number}"], lambda m=measure, n=number: m(n, repeats))

    def _pieces(self, part: str, names: Sequence[str], measure: Callable[[], Pieces]) -> None:
        if self.missing and results.has(part, *names):
            return
        try:
            for name, figures in measure():
                results.write(part, name, figures)
                self._say(f"{part} {name}", figures)
        except Exception:
            self.console.print_exception(max_frames=8)
            lost = [name for name in names if not results.has(part, name)] or list(names)
            self.console.print(f"{part}: {', '.join(lost)} failed; the others go on", style="red")
            self.failed += [f"{part} {name}" for name in lost]

    def _say(self, name: str, figures: dict[str, Any]) -> None:
        line, errors = name, figures.get("hub", {}).get("result")
        if "ready" in figures:
            line = f"{name}: {_summary(figures)}"
        self.console.print(line, highlight=False, soft_wrap=True)
        if isinstance(errors, dict) and (texts := errors.get("errors")):
            self.console.print(f"  {len(texts)} starts failed, as {texts[0]}", style="red")


def _summary(figures: dict[str, Any]) -> str:
    ready, hub, size = figures["ready"], figures["hub"], figures["size"]
    stalls = hub["stalls"]
    times = ", ".join(f"{key} {ready[key]:.1f} s" for key in ("p50", "p95", "last") if ready.get(key))
    operators = [f"{name} {1000 * each['cpu_seconds'] / size:.1f} ms" for name, each in figures["operators"].items()]
    return "; ".join(
        [
            times,
            f"hub {1000 * hub['cpu_seconds'] / size:.1f} ms each, {hub['peak_mb']:.0f} MB",
            f"stall {stalls['longest_ms']:.0f} ms (own {stalls['longest_own_ms']:.0f} ms)",
            *operators,
        ]
    )
