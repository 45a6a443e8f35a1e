"""From the raw figures of all pieces to the rows of tables: one row compares the contenders in one run."""

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.contenders import OPERATORS, Contender

Figures = dict[str, Any]
Row = dict[str, Any]

HUBS: Final = {"kubespawner": "kubespawner", "ours": "hub", "floor": "floor"}
"""The account of each contender's hub process."""
_LEASES: Final = "leases"


def bursts(pieces: Mapping[str, Figures]) -> list[Row]:
    """A row for each kind of burst, in order, with the figures of each contender that was measured."""
    rows: dict[tuple[Any, ...], Row] = {}
    for figures in pieces.values():
        about = {key: figures[key] for key in ("size", "volumes", "limits", "events")}
        row = rows.setdefault(tuple(about.values()), about)
        row[figures["contender"]] = _start(figures)
    for row in rows.values():
        _compare(row)
    return [rows[key] for key in sorted(rows, key=_order)]


def steady(pieces: Mapping[str, Figures]) -> list[Row]:
    """A row for each rate."""
    rows: dict[float, Row] = {}
    for figures in pieces.values():
        rate = figures["per_minute"]
        one = _start(figures) | {"operator_millicores": _millicores(figures)}
        rows.setdefault(rate, {"per_minute": rate})[figures["contender"]] = one
    return [rows[rate] for rate in sorted(rows)]


def idle(pieces: Mapping[str, Figures]) -> list[Row]:
    """Requests a minute of each account, watches and leases apart; CPU of each process in thousandths of a core."""
    rows: list[Row] = []
    for figures in pieces.values():
        seconds = figures["seconds"]
        contender = figures["contender"]
        used = {"hub": figures["hub"]["cpu_seconds"]}
        used |= {name: each["cpu_seconds"] for name, each in figures["operators"].items()}
        for process, cpu in used.items():
            account = HUBS[contender] if process == "hub" else process
            rows.append(
                {"servers": figures["servers"], "contender": contender, "process": process}
                | _per_minute(figures["traffic"]["requests"].get(account, {}), seconds / 60)
                | {"millicores": 1000 * cpu / seconds}
                | ({"longest_stall_ms": figures["hub"]["stalls"]["longest_ms"]} if process == "hub" else {})
            )
    return sorted(rows, key=lambda row: (row["servers"], row["contender"] == "ours", row["process"] != "hub"))


def restart(pieces: Mapping[str, Figures]) -> list[Row]:
    """Seconds from the start of a process until it has taken everything up."""
    rows: list[Row] = []
    for figures in pieces.values():
        about = {"servers": figures["servers"], "contender": figures["contender"]}
        hub, result = figures["hub"], figures["hub"]["result"]
        rows.append(
            about
            | {"process": "hub", "ready": hub["process_seconds"], "all": hub["all_seconds"]}
            | {"answered": result["running"], "peak_mb": hub["peak_mb"], "stall_ms": hub["stalls"]["longest_ms"]}
        )
        rows += [
            about
            | {"process": name, "ready": each["working_seconds"], "all": each["done_seconds"]}
            | {"peak_mb": each["peak_mb"], "stall_ms": each["stalls"]["longest_ms"]}
            for name, each in figures["operators"].items()
        ]
    return rows


def calls(figures: Figures) -> dict[str, dict[str, float]]:
    """Requests of each account for one start."""
    accounts = [HUBS[figures["contender"]], *(OPERATORS if figures["contender"] == Contender.OURS else ())]
    requests: dict[str, dict[str, int]] = figures["traffic"]["requests"]
    return {
        account: {call: number / figures["size"] for call, number in requests.get(account, {}).items()}
        for account in accounts
    }


def _start(figures: Figures) -> Row:
    hub, size = figures["hub"], figures["size"]
    operators: dict[str, Figures] = figures["operators"]
    return {
        **figures["ready"],
        "failed": len(hub["result"]["errors"]),
        "hub_cpu_ms": 1000 * hub["cpu_seconds"] / size,
        "hub_stall_ms": hub["stalls"]["longest_ms"],
        "hub_own_stall_ms": hub["stalls"]["longest_own_ms"],
        "hub_collection_ms": hub["stalls"]["longest_collection_ms"],
        "hub_peak_mb": hub["peak_mb"],
        "operator_cpu_ms": {name: 1000 * each["cpu_seconds"] / size for name, each in operators.items()},
        "operator_stall_ms": {name: each["stalls"]["longest_ms"] for name, each in operators.items()},
        "operator_own_stall_ms": {name: each["stalls"]["longest_own_ms"] for name, each in operators.items()},
        "operator_peak_mb": {name: each["peak_mb"] for name, each in operators.items()},
        "cluster_cpu_ms": {name: 1000 * each / size for name, each in figures["cluster_cpu_seconds"].items()},
        "calls": calls(figures),
        "cluster_kilobytes": {
            name: 1000 * each / size for name, each in figures["traffic"]["cluster_megabytes"].items()
        },
    }


def _compare(row: Row) -> None:
    """What the goals are about: our last server's time by another's, our hub's CPU by KubeSpawner's."""
    ours = row.get("ours")
    if not ours or not ours["last"]:
        return
    for other in ("floor", "kubespawner"):
        if other in row and row[other]["last"]:
            row[f"last_by_{other}"] = ours["last"] / row[other]["last"]
    if "kubespawner" in row:
        row["hub_cpu_by_kubespawner"] = ours["hub_cpu_ms"] / row["kubespawner"]["hub_cpu_ms"]


def _millicores(figures: Figures) -> dict[str, float]:
    seconds = figures["seconds"]
    return {name: 1000 * each["cpu_seconds"] / seconds for name, each in figures["operators"].items()}


def _per_minute(requests: Mapping[str, int], minutes: float) -> dict[str, float]:
    watches = sum(number for call, number in requests.items() if call.startswith("watch "))
    leases = sum(number for call, number in requests.items() if f" {_LEASES}" in call)
    others = sum(requests.values()) - watches - leases
    return {"requests": others / minutes, "watches": watches / minutes, "leases": leases / minutes}


def _order(key: tuple[Any, ...]) -> tuple[Any, ...]:
    size, volumes, limits, events = key
    return events, ("default", "lifted").index(limits), ("later", "first", "none").index(volumes), size
