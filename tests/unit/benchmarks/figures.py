"""Figures as the pieces keep them, small enough to calculate with by hand."""

from typing import Any

from benchmarks import summary

STALLS = {"longest_ms": 12.0, "longest_own_ms": 8.0, "longest_collection_ms": 3.0, "over_50_ms": 0, "own_over_50_ms": 0}
MEMORY = {"rss_mb": 70.0, "peak_mb": 75.0}


def burst(contender: str, *, last: float, cpu: float, **about: Any) -> dict[str, Any]:
    """Figures of a burst of 100."""
    operator = {"cpu_seconds": 0.2, "stalls": STALLS, **MEMORY}
    account = summary.HUBS[contender]
    return {
        "contender": contender,
        "size": 100,
        "volumes": "first",
        "limits": "lifted",
        "events": 0,
        "ready": {"p50": last / 2, "p95": last, "last": last, "number": 100},
        "hub": {"result": {"errors": []}, "seconds": last, "cpu_seconds": cpu, "peak_mb": 150.0, "stalls": STALLS},
        "operators": {"pods": operator} if contender == "ours" else {},
        "seconds": last + 2,
        "cluster_cpu_seconds": {"kube-apiserver": 4.0},
        "traffic": {
            "requests": {account: {"create pods": 100}, "kube-scheduler": {"create pods/binding": 100}},
            "cluster_megabytes": {"answers: POST pods": 0.5},
        },
        **about,
    }


def idle(contender: str, **requests: int) -> dict[str, Any]:
    """Figures of half a minute with 1000 servers."""
    calls = {key.replace("_", " "): number for key, number in requests.items()}
    return {
        "contender": contender,
        "servers": 1000,
        "seconds": 30.0,
        "hub": {"cpu_seconds": 0.3, "stalls": STALLS},
        "operators": {"pods": {"cpu_seconds": 0.15, "stalls": STALLS, **MEMORY}} if contender == "ours" else {},
        "traffic": {"requests": {summary.HUBS[contender]: calls}, "cluster_megabytes": {"answers: GET": 0.2}},
    }


def beside(templates: int, cpu_ms: float) -> list[dict[str, Any]]:
    """Figures of three runs of 100 starts, one of which was disturbed."""
    return [
        {
            "templates": templates,
            "size": 100,
            "hub": {"cpu_seconds": used * 0.06},
            "operators": {"pods": {"cpu_seconds": used * 0.04}},
        }
        for used in (cpu_ms, 3 * cpu_ms, cpu_ms)
    ]


def restart() -> dict[str, Any]:
    """Figures of one with 1000 servers."""
    result = {"running": 1000, "import_seconds": 0.7, "load_seconds": 1.9, "poll_seconds": 0.3}
    hub = {"result": result, "process_seconds": 1.0, "all_seconds": 2.0, "peak_mb": 200.0, "stalls": STALLS}
    operator = {"working_seconds": 1.5, "done_seconds": 2.5, "stalls": STALLS, **MEMORY}
    return {"contender": "ours", "servers": 1000, "hub": hub, "operators": {"pods": operator}}


def memory(more: float) -> dict[str, Any]:
    """Figures of 10,000 cached pods."""
    cached = {"pods": {"rss_mb": 70.0 + more, "peak_mb": 75.0 + more}}
    return {"pods": 10_000, "without": {"pods": MEMORY}, "with": cached, "more_mb": {"pods": more}}


def starts() -> dict[str, Any]:
    """Figures of two starts of each kind."""
    calls = {"hub: create secrets": [1.0, 1.0], "pvcs: create persistentvolumeclaims": [1.0, 0.0]}
    times = {"first start: Instance → claim": {"p50_ms": 12.0, "p95_ms": 22.0}}
    return {"starts": 2, "calls_first_later": calls, "calls_total_first_later": [2.0, 1.0], "times": times}


def graph(servers: int, **about: Any) -> dict[str, Any]:
    """Figures of a graph that was drawn twice; two minutes of nothing, a minute of changes."""
    look = {"seconds": 4.0, "cpu_seconds": 3.0, "peak_mb": 110.0, "servers": servers, "shapes": 40}
    watch = {"first_seconds": 2.0, "whole_seconds": 3.0, "peak_mb": 100.0, "shapes": 41}
    return {
        "servers": servers,
        "made": "started",
        "looks": [look | about.get("looks", {})] * 2,
        "watches": [watch | about.get("watches", {})] * 2,
        "idle": {"seconds": 120.0, "requests": {"get leases": about.get("requests", 6)}, "cpu_seconds": 0.6},
        "changes": {
            "before": {"rss_mb": 100.0, "peak_mb": 105.0},
            "after": {"rss_mb": about.get("after", 101.0), "peak_mb": 108.0},
            "late": [1.0, 2.0, 6.0],
            "drawings": 30,
            "changes": 12_000,
            "seconds": 60.0,
            "cpu_seconds": 30.0,
        },
    }
