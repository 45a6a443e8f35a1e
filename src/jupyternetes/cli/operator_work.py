"""What the commands of ``jupyternetes operator`` do: run one operator until it is told to stop."""

import asyncio
import socket
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import jupyternetes
from jupyternetes.api.fields import OTHER_RESOURCES_OPERATOR
from jupyternetes.api.identity import lease_name as default_lease_name
from jupyternetes.api.other_kinds import OtherKind, refusal
from jupyternetes.operators.assembly.assembly import Settings
from jupyternetes.runtime import logs
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.lease import Lease, LeaseTimes
from jupyternetes.runtime.process import Process

Build = Callable[[Client, Lease, Settings], Process]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """An operator, as its command's options describe it."""

    name: str
    kubeconfig: Path | None
    namespaces: tuple[str, ...]
    template_namespaces: tuple[str, ...]
    other_kinds: tuple[OtherKind, ...]
    lease_namespace: str | None
    lease_name: str | None
    webhook_seconds: float
    lease_seconds: float | None
    health_host: str | None
    health_port: int
    gates: bool = False
    gate_leases: tuple[str, ...] = ()

    def run(self, log_level: str, log_format: Literal["json", "text"]) -> None:
        """Run it until it is told to stop. Raises what made it fail."""
        logs.configure(log_level, log_format)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._run())

    async def _run(self) -> None:
        asyncio.get_running_loop().set_exception_handler(logs.loop_error)
        agent = f"jupyternetes-{self.name}/{jupyternetes.__version__}"
        # The Lease has connections of its own: no burst of work may keep it from being renewed.
        async with await Client.connect(self.kubeconfig, user_agent=agent) as lease_client:
            lease = self._lease(lease_client)
            async with await Client.connect(
                self.kubeconfig,
                user_agent=agent,
                write_bound=lease.times.write_bound,
                writes_until=lambda: lease.writes_until,
            ) as client:
                await _build(self.name)(client, lease, self._settings(client.namespace)).run()

    def _lease(self, client: Client) -> Lease:
        identity = f"{socket.gethostname()}_{uuid.uuid4().hex[:8]}"  # a restarted process is another candidate
        where, called = self.lease_namespace or client.namespace, self.lease_name or default_lease_name(self.name)
        lasting = self.lease_seconds
        times = LeaseTimes.lasting(lasting) if lasting else LeaseTimes.outlasting(self.webhook_seconds)
        return Lease(client, where, called, identity, times)

    def _settings(self, own_namespace: str) -> Settings:
        return Settings(
            namespaces=self.namespaces,
            template_namespaces=self.template_namespaces or (own_namespace,),
            other_kinds=self.other_kinds,
            health_host=self.health_host,
            health_port=self.health_port,
            gates=self.gates,
            gate_leases=self.gate_leases,
        )


def allowed_kinds(operator: str, texts: Iterable[str], *, dangerous_allowed: bool) -> tuple[OtherKind, ...]:
    """The kinds that an operator is told of. Raises ValueError for one that cannot be allowed."""
    kinds = tuple(dict.fromkeys(map(OtherKind.read, texts)))
    for kind in kinds:
        if refused := refusal(kind, dangerous_allowed=dangerous_allowed):
            raise ValueError(refused)
    if operator == OTHER_RESOURCES_OPERATOR and not kinds:
        raise ValueError("there is nothing to do without a kind: give one, such as v1/ConfigMap=configmaps")
    return kinds


def _build(name: str) -> Build:
    """What puts this operator together. The others stay out of the process's memory."""
    match name:
        case "pvcs":
            from jupyternetes.operators.pvcs.wiring import build
        case "pods":
            from jupyternetes.operators.pods.wiring import build
        case "pod-status":
            from jupyternetes.operators.pod_status.wiring import build
        case "other-resources":
            from jupyternetes.operators.other_resources.wiring import build
        case _:
            raise ValueError(f"there is no operator {name!r}")
    return build


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where the extra is installed: quicker requests and answers."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
