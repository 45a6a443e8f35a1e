"""The dependency graph of many servers: how long it takes, how much memory, what it asks, and how late it is."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from benchmarks.contenders import Contender, warmed
from benchmarks.graph_deployment import AT_ONCE, cluster_node, install_parts, write_instances
from benchmarks.graph_process import ACCOUNT, Watch, look
from benchmarks.lab import NAMESPACE, Lab
from benchmarks.processes import cpu_seconds, memory_mb
from benchmarks.running import start_many

#: Seconds after what came before, Events and questions to the API server among it, until nothing happens any more.
_SETTLING: Final = 15.0
_IDLE: Final = 180.0
_WARMING: Final = 20.0
_CHANGING: Final = 60.0
_PER_SECOND: Final = 200
_MARKER_EVERY: Final = 5 * _PER_SECOND  # changes


def of_started(servers: int, repeats: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Servers that our operators made, on fake nodes."""
    with warmed(Contender.OURS, volumes=True, clocked=False) as team:
        install_parts(team.lab)
        start_many(team, 0, servers)
        figures = _measured(team.lab, servers, repeats)
        for operator in team.operators:  # they would put right what is changed
            operator.stop()
        yield f"started-{servers}", {"made": "started", **figures, "changes": _changes(team.lab)}


def of_written(servers: int, repeats: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Instances whose status is written straight to the API server."""
    with Lab.up() as lab:
        install_parts(lab)
        write_instances(lab, servers)
        figures = _measured(lab, servers, repeats)
        yield f"written-{servers}", {"made": "written", **figures, "changes": _changes(lab)}


def _measured(lab: Lab, servers: int, repeats: int) -> dict[str, Any]:
    shown = len(_names(lab))
    looks = [look(lab) for _ in range(repeats)]
    begun = [_begun(lab, shown) for _ in range(repeats)]
    return {"servers": servers, "looks": looks, "watches": begun, "idle": _idle(lab, shown)}


def _names(lab: Lab) -> list[str]:
    """Of all Instances: the graph shows those of servers that were stopped after warming up too."""
    return sorted(each["metadata"]["name"] for each in lab.kube.all("jupyternotebookinstances", NAMESPACE))


def _begun(lab: Lab, servers: int) -> dict[str, float]:
    """What it takes until a watch shows everything."""
    with Watch(lab) as watch:
        first, whole = watch.first(), watch.whole(servers)
        shapes = max(each.shapes for each in watch.drawn)
        used = {"cpu_seconds": cpu_seconds(watch.pid), "peak_mb": memory_mb(watch.pid)["peak_mb"]}
        return {"first_seconds": first, "whole_seconds": whole, "shapes": shapes, **used}


def _idle(lab: Lab, servers: int) -> dict[str, Any]:
    """What a watch asks the API server for while nothing happens."""
    with Watch(lab) as watch:
        watch.whole(servers)
        time.sleep(_SETTLING)
        mark, cpu, begun = lab.traffic.mark(), cpu_seconds(watch.pid), time.monotonic()
        time.sleep(_IDLE)
        requests: dict[str, int] = lab.traffic.since(mark)["requests"].get(ACCOUNT, {})
        seconds = time.monotonic() - begun
        return {"seconds": seconds, "requests": requests, "cpu_seconds": cpu_seconds(watch.pid) - cpu}


def _changes(lab: Lab) -> dict[str, Any]:
    """Servers change all the time; now and then one fails in a way of its own, by which its drawing is known."""
    with Watch(lab) as watch:
        watch.whole(len(_names(lab)))
        _change(lab, _WARMING, "Warming")  # the first drawings after each other take memory that later ones use again
        before, cpu, drawn = memory_mb(watch.pid), cpu_seconds(watch.pid), len(watch.drawn)
        changed = _change(lab, _CHANGING, "Marker")
        late = [watch.saying(marker).at - at for marker, at in changed["markers"].items()]
        used = {
            "cpu_seconds": cpu_seconds(watch.pid) - cpu,
            "seconds": changed["seconds"],
            "changes": changed["changes"],
        }
        drawings = len(watch.drawn) - drawn
        time.sleep(_SETTLING)
        return {"before": before, "after": memory_mb(watch.pid), "late": late, "drawings": drawings, **used}


def _change(lab: Lab, seconds: float, word: str) -> dict[str, Any]:
    """Change servers at a rate, one after another; when each marker was written, by the monotonic clock.

    Markers begin with ``word``.
    """
    names = _names(lab)
    markers: dict[str, float] = {}

    def write(number: int) -> None:
        marker = "" if number % _MARKER_EVERY else f"{word}{number // _MARKER_EVERY:02}"
        status = {"nodeName": cluster_node(number), "pods": {"notebook": _pod(number, len(names), marker)}}
        name = names[number % len(names)]
        lab.kube.merge_patch("jupyternotebookinstances/status", NAMESPACE, name, {"status": status})
        if marker:
            markers[marker] = time.monotonic()

    begun, number = time.monotonic(), 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        writes: list[Future[None]] = []
        while time.monotonic() - begun < seconds:
            writes.append(pool.submit(write, number))
            number += 1
            time.sleep(max(0.0, begun + number / _PER_SECOND - time.monotonic()))
        for each in writes:
            each.result()
    return {"changes": number, "markers": markers, "seconds": time.monotonic() - begun}


def _pod(number: int, servers: int, marker: str) -> dict[str, str]:
    """A server fails once, with a marker; the others are on their way at their first change and run at the next."""
    if marker:
        return {"state": "Stopped", "reason": marker}
    on_its_way = number // servers % 2 == 0
    return {"state": "Processed" if on_its_way else "Running", "reason": ""}
