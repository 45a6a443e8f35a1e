"""A whole operator process in a few lines: it writes the size of each Gadget into its status.

Run as ``python -m tests.integration.runtime.gadget_operator KUBECONFIG NAMESPACE``; prints its health port, and then
``at work`` each time that it has something to do.
"""

import asyncio
import sys
import uuid

from prometheus_client import CollectorRegistry

from jupyternetes.runtime import logs
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.errors import StartupError
from jupyternetes.runtime.events import EventRecorder
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease, LeaseTimes
from jupyternetes.runtime.metrics import ControllerMetrics
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.process import Process
from jupyternetes.runtime.store import Change
from tests.integration.runtime.gadgets import GADGETS, Gadget
from tools.cluster.layout import free_ports

HINTS = {GADGETS.full_name: "apply the CRD of gadgets"}


async def operate(kubeconfig: str, namespace: str, port: int) -> None:
    async with await Client.connect(kubeconfig, user_agent="gadget-operator/1") as client:
        registry = CollectorRegistry()
        gadgets = Informer(client, GADGETS, namespaces=[namespace], fail_fast=True)

        async def reconcile(key: ObjectKey) -> None:
            gadget = gadgets.get(*key)
            if gadget is None or gadget.status.left == str(gadget.spec.size):
                return
            print("at work", flush=True)
            await asyncio.sleep(0.5)  # so that a signal finds it there
            body = {
                "metadata": {"resourceVersion": gadget.metadata.resource_version},
                "status": {"left": str(gadget.spec.size)},
            }
            await client.merge_patch(GADGETS, *key, body, subresource="status")

        controller = Controller[ObjectKey]("gadgets", reconcile, metrics=ControllerMetrics(registry))

        def enqueue(change: Change[Gadget]) -> None:
            if change.new is not None:
                controller.enqueue(key_of(change.new), behind=change.initial)

        gadgets.subscribe(enqueue)
        process = Process(
            client,
            Lease(client, namespace, "gadget-operator", uuid.uuid4().hex, LeaseTimes.lasting(60)),
            informers=[gadgets],
            controllers=[controller],
            recorder=EventRecorder(client, "gadget-operator"),
            health_host="127.0.0.1",
            health_port=port,
            registry=registry,
            hints=HINTS,
            start_grace=0.5,
        )
        await process.run()


def main() -> None:
    logs.configure("INFO", "text")
    (port,) = free_ports(1)
    print(port, flush=True)
    try:
        asyncio.run(operate(sys.argv[1], sys.argv[2], port))
    except StartupError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
