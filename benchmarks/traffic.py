"""What goes over the wire: requests by account from the audit log, bytes from the API server's own metrics.

Bytes are those of the whole cluster, Kubernetes' own components included: the API server does not tell them apart by
client. The difference between two contenders is theirs all the same.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

_METRICS: Final = {
    "apiserver_response_sizes_sum": "answers",
    "apiserver_watch_events_sizes_sum": "watch events",
    "apiserver_request_body_size_bytes_sum": "request bodies",
}
_SAMPLE: Final = re.compile(r"^(\w+)\{(.*)\} (\S+)$", re.M)
_LABEL: Final = re.compile(r'(\w+)="([^"]*)"')


class _User(msgspec.Struct):
    username: str


class _About(msgspec.Struct):
    resource: str = ""
    subresource: str = ""
    namespace: str = ""


class _Status(msgspec.Struct, frozen=True):
    code: int = 0


class _Entry(msgspec.Struct, rename="camel"):
    stage: str
    verb: str
    user: _User
    object_ref: _About | None = None
    response_status: _Status = _Status()


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: a position in the audit log, and the bytes until then."""

    position: int
    sizes: Counter[tuple[str, str]]


class Traffic:
    """Of one cluster: its audit ``log``, what gives a position in it, and what gives the API server's metrics."""

    def __init__(self, log: Path, position: Callable[[], int], metrics: Callable[[], str]) -> None:
        self._log = log
        self._position = position
        self._metrics = metrics

    def mark(self) -> Mark:
        """Now."""
        return Mark(self._position(), self._sizes())

    def since(self, mark: Mark) -> dict[str, Any]:
        """Requests by account and "verb resource (status, if refused)", and bytes of the whole cluster by kind."""
        requests: dict[str, Counter[str]] = {}
        for account, call in self._calls(mark.position, self._position()):
            requests.setdefault(account, Counter())[call] += 1
        sizes = self._sizes()
        sizes.subtract(mark.sizes)
        megabytes = {f"{what}: {of}": size / 1e6 for (what, of), size in sizes.most_common() if size > 1e4}
        return {"requests": {account: dict(sorted(calls.items())) for account, calls in sorted(requests.items())}} | {
            "cluster_megabytes": megabytes
        }

    def _calls(self, since: int, until: int) -> Iterator[tuple[str, str]]:
        decoder = msgspec.json.Decoder(_Entry)
        with self._log.open("rb") as log:
            log.seek(since)
            for line in log.read(until - since).splitlines():
                if not (line.startswith(b"{") and line.endswith(b"}")):
                    continue
                entry = decoder.decode(line)
                # A watch has a line when it begins and one when it ends; the others have one, apart from that of a
                # service account's request when it comes.
                if entry.stage == "RequestReceived" or (entry.verb == "watch" and entry.stage == "ResponseComplete"):
                    continue
                about = entry.object_ref or _About()
                resource = "/".join(filter(None, (about.resource, about.subresource)))
                code = entry.response_status.code
                refused = f" ({code})" if code >= 400 else ""
                yield entry.user.username.rpartition(":")[2], f"{entry.verb} {resource}".strip() + refused

    def _sizes(self) -> Counter[tuple[str, str]]:
        sizes: Counter[tuple[str, str]] = Counter()
        for name, labels, value in _SAMPLE.findall(self._metrics()):
            if name in _METRICS:
                label = dict(_LABEL.findall(labels))
                of = " ".join(filter(None, (label.get("verb"), label.get("resource") or label.get("kind"))))
                sizes[_METRICS[name], of] += int(float(value))
        return sizes
