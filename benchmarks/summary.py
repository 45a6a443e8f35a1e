"""From the raw figures of all pieces to the rows of tables: one row compares the contenders in one run."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks.contenders import OPERATORS, Contender

Figures = dict[str, Any]
Row = dict[str, Any]

HUBS: Final = {"kubespawner": "kubespawner", "ours": "hub", "floor": "floor"}
"""The account of each contender's hub process."""
_KIND: Final = ("size", "volumes", "limits", "events")
_LEASES: Final = "leases"
_WATCHES: Final = "answers: WATCH"


def bursts(pieces: Mapping[str, Figures]) -> list[Row]:
    """A row for each kind of burst, in order, with the medians of each contender that was measured."""
    repeats: dict[tuple[Any, ...], dict[str, list[Row]]] = {}
    for figures in pieces.values():
        key = tuple(figures[each] for each in _KIND)
        repeats.setdefault(key, {}).setdefault(figures["contender"], []).append(_start(figures))
    return [_compared(dict(zip(_KIND, key, strict=True)), repeats[key]) for key in sorted(repeats, key=_order)]


def steady(pieces: Mapping[str, Figures]) -> list[Row]:
    """A row for each rate."""
    rows: dict[float, Row] = {}
    for figures in pieces.values():
        rate = figures["per_minute"]
        one = rows.setdefault(rate, {"per_minute": rate})[figures["contender"]] = _start(figures)
        for operator in one["operators"].values():
            operator["millicores"] = operator["cpu_ms"] * rate / 60
    return [rows[rate] for rate in sorted(rows)]


def templates(pieces: Mapping[str, Figures]) -> list[Row]:
    """A row for each number of Templates: medians of what a start costs hub and operators, and by that with fewest."""
    repeats: dict[int, list[dict[str, float]]] = {}
    for figures in pieces.values():
        processes = {"hub": figures["hub"], **figures["operators"]}
        used: dict[str, float] = {
            name: 1000 * each["cpu_seconds"] / figures["size"] for name, each in processes.items()
        }
        repeats.setdefault(figures["templates"], []).append(used | {"all": sum(used.values())})
    medians = {
        number: {name: statistics.median(each[name] for each in some) for name in some[0]}
        for number, some in sorted(repeats.items())
    }
    fewest = next(iter(medians.values()), {})
    return [
        {"templates": number, "cpu_ms": used, "by_fewest": used["all"] / fewest["all"], "runs": len(repeats[number])}
        for number, used in medians.items()
    ]


def judgement(pieces: Mapping[str, Figures]) -> list[Row]:
    """A row for each number of servers and each case."""
    return [
        {"servers": figures["servers"], "case": case, **took}
        for figures in sorted(pieces.values(), key=lambda each: each["servers"])
        for case, took in figures["cases"].items()
    ]


def idle(pieces: Mapping[str, Figures]) -> list[Row]:
    """Requests a minute of each account, watches and leases apart; CPU of each process in thousandths of a core."""
    rows: list[Row] = []
    for figures in pieces.values():
        seconds, contender = figures["seconds"], figures["contender"]
        for process, each in {"hub": figures["hub"], **figures["operators"]}.items():
            account = HUBS[contender] if process == "hub" else process
            rows.append(
                {"servers": figures["servers"], "contender": contender, "process": process}
                | _per_minute(figures["traffic"]["requests"].get(account, {}), seconds / 60)
                | {"millicores": 1000 * each["cpu_seconds"] / seconds, **_stalls(each)}
            )
    return sorted(rows, key=lambda row: (row["servers"], row["contender"] == "ours", row["process"] != "hub"))


def idle_bytes(pieces: Mapping[str, Figures]) -> list[Row]:
    """Kilobytes a minute of the whole cluster."""
    rows = [
        {"servers": figures["servers"], "contender": figures["contender"]}
        | {"kilobytes": _kilobytes(figures, figures["seconds"] / 60)}
        for figures in pieces.values()
    ]
    return sorted(rows, key=lambda row: (row["servers"], row["contender"] == "ours"))


def restart(pieces: Mapping[str, Figures]) -> list[Row]:
    """Seconds from the start of a process until it has taken everything up."""
    rows: list[Row] = []
    for figures in pieces.values():
        about = {"servers": figures["servers"], "contender": figures["contender"]}
        hub, result = figures["hub"], figures["hub"]["result"]
        rows.append(
            about
            | {"process": "hub", "ready": hub["process_seconds"], "all": hub["all_seconds"]}
            | {"answered": result["running"], "peak_mb": hub["peak_mb"], **_stalls(hub)}
            | {step: result[f"{step}_seconds"] for step in ("import", "load", "poll")}
        )
        rows += [
            about
            | {"process": name, "ready": each["working_seconds"], "all": each["done_seconds"]}
            | {"peak_mb": each["peak_mb"], **_stalls(each)}
            for name, each in figures["operators"].items()
        ]
    return sorted(rows, key=lambda row: (row["servers"], row["contender"] == "ours"))


def graph(pieces: Mapping[str, Figures]) -> list[Row]:
    """A row for each number of servers: medians of what was repeated, and the most memory and shapes of all repeats."""
    rows: list[Row] = []
    for figures in pieces.values():
        looks, watches, changes = figures["looks"], figures["watches"], figures["changes"]
        requests, minutes = figures["idle"]["requests"], figures["idle"]["seconds"] / 60
        rows.append(
            {"servers": figures["servers"], "made": figures["made"]}
            | {key: statistics.median(each[key] for each in looks) for key in ("seconds", "cpu_seconds")}
            | {key: statistics.median(each[key] for each in watches) for key in ("first_seconds", "whole_seconds")}
            | {
                "peak_mb": max(each["peak_mb"] for each in looks),
                "watch_peak_mb": max(*(each["peak_mb"] for each in watches), changes["after"]["peak_mb"]),
                "shapes": max(each["shapes"] for each in (*looks, *watches)),
                "idle_requests": sum(requests.values()) / minutes / 60,
                "idle_millicores": 1000 * figures["idle"]["cpu_seconds"] / figures["idle"]["seconds"],
                "calls": {call: number / minutes for call, number in requests.items()},
                "changes_per_second": changes["changes"] / changes["seconds"],
                "growth": changes["after"]["rss_mb"] / changes["before"]["rss_mb"] - 1,
                "before_mb": changes["before"]["rss_mb"],
                "after_mb": changes["after"]["rss_mb"],
                "drawings": changes["drawings"],
                "late": statistics.median(changes["late"]),
                "latest": max(changes["late"]),
                "cores": changes["cpu_seconds"] / changes["seconds"],
            }
        )
    return sorted(rows, key=lambda row: row["servers"])


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
    return {
        **figures["ready"],
        "failed": len(hub["result"]["errors"]),
        "hub_cpu_ms": 1000 * hub["cpu_seconds"] / size,
        **{f"hub_{key}": value for key, value in _stalls(hub).items()},
        "hub_peak_mb": hub["peak_mb"],
        "operators": {
            name: {"cpu_ms": 1000 * each["cpu_seconds"] / size, "peak_mb": each["peak_mb"], **_stalls(each)}
            for name, each in figures["operators"].items()
        },
        "cluster_cpu_ms": {name: 1000 * each / size for name, each in figures["cluster_cpu_seconds"].items()},
        "calls": calls(figures),
        "cluster_kilobytes": _kilobytes(figures, size),
    }


def all_cpu(one: Row) -> float:
    """Milliseconds of CPU that all processes took for a start, Kubernetes' own included."""
    return one["hub_cpu_ms"] + operators_cpu(one) + sum(one["cluster_cpu_ms"].values())


def operators_cpu(one: Row) -> float:
    """The same of the operators alone."""
    return sum(each["cpu_ms"] for each in one["operators"].values())


def _medians(repeats: Sequence[Row]) -> Row:
    """The median of every figure, the range of the times, and the failed starts of the worst repeat."""
    merged: Row = _median(list(repeats))
    times = {key: sorted(row[key] for row in repeats if row.get(key)) for key in ("p50", "last")}
    ranges = {f"{key}_range": [some[0], some[-1]] for key, some in times.items() if some}
    return merged | ranges | {"failed": max(row["failed"] for row in repeats), "repeats": len(repeats)}


def _median(values: list[Any]) -> Any:
    """Of numbers; of tables for each name in them. What was not measured does not count."""
    known = [value for value in values if value is not None]
    if known and isinstance(known[0], dict):
        names = dict.fromkeys(name for value in known for name in value)
        return {name: _median([value[name] for value in known if name in value]) for name in names}
    return statistics.median(known) if known else None


def _stalls(process: Figures) -> dict[str, float]:
    """Nothing of a process without a clock."""
    stalls = process["stalls"]
    return stalls and {
        "stall_ms": stalls["longest_ms"],
        "own_stall_ms": stalls["longest_own_ms"],
        "collection_ms": stalls["longest_collection_ms"],
    }


def _kilobytes(figures: Figures, share: float) -> dict[str, float]:
    """Without the answers to watches: these are counted when a watch ends, and its events were counted before."""
    megabytes: dict[str, float] = figures["traffic"]["cluster_megabytes"]
    return {name: 1000 * each / share for name, each in megabytes.items() if not name.startswith(_WATCHES)}


def _compared(about: Row, repeats: Mapping[str, Sequence[Row]]) -> Row:
    """With what the goals are about: our times and CPU by others'."""
    row = about | {contender: _medians(some) for contender, some in repeats.items()}
    ours = row.get("ours")
    if not ours or not ours["last"]:
        return row
    for other in ("floor", "kubespawner"):
        if other in row and row[other]["last"]:
            row[f"last_by_{other}"] = ours["last"] / row[other]["last"]
            row[f"p50_by_{other}"] = ours["p50"] / row[other]["p50"]
    if theirs := row.get("kubespawner"):
        row["hub_cpu_by_kubespawner"] = ours["hub_cpu_ms"] / theirs["hub_cpu_ms"]
        row["all_cpu_by_kubespawner"] = all_cpu(ours) / all_cpu(theirs)
        servers = ours["cluster_cpu_ms"].get("kube-apiserver"), theirs["cluster_cpu_ms"].get("kube-apiserver")
        if servers[0] and servers[1]:
            row["api_server_cpu_by_kubespawner"] = servers[0] / servers[1]
    return row


def _per_minute(requests: Mapping[str, int], minutes: float) -> dict[str, float]:
    watches = sum(number for call, number in requests.items() if call.startswith("watch "))
    leases = sum(number for call, number in requests.items() if f" {_LEASES}" in call)
    others = sum(requests.values()) - watches - leases
    return {"requests": others / minutes, "watches": watches / minutes, "leases": leases / minutes}


def _order(key: tuple[Any, ...]) -> tuple[Any, ...]:
    size, volumes, limits, events = key
    return events, ("default", "lifted").index(limits), ("later", "first", "none").index(volumes), size
