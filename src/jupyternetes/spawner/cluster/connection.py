"""The hub's connection to the cluster: one client for all spawners of a hub, and the watches that they share."""

import asyncio
import sys
from typing import ClassVar, Final
from weakref import WeakKeyDictionary

from jupyternetes import __version__
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.turns import Turns
from jupyternetes.runtime.wire import WEBHOOK_SECONDS, outlasting
from jupyternetes.spawner.cluster.templates import TemplateWatch
from jupyternetes.spawner.cluster.watch import InstanceWatch

#: As many as a Pod operator works on at a time.
LAUNCHES: Final = 16
#: Seconds after which a start that the Pod operator says nothing of makes room for two more.
_TAKEN_UP: Final = 1.0
_USER_AGENT = f"jupyternetes-spawner/{__version__}"


class Cluster:
    """A cluster as one hub reaches it, through one kubeconfig (none: what the hub's pod or environment offers)."""

    # JupyterHub makes a spawner object for every server and gives them nothing in common but its ``hub`` object, so
    # what they share hangs on that: it goes when the hub goes, and two hubs in one process stay apart.
    _of_hub: ClassVar[WeakKeyDictionary[object, dict[str, "Cluster"]]] = WeakKeyDictionary()

    def __init__(self, client: Client) -> None:
        self.client = client
        #: Of a class that clicks in the same moment so many starts are on their way to the Pod operator at a time, and
        #: the others after them: the first servers are ready while the last still wait for their turn.
        self.launching = Turns(LAUNCHES, most=sys.maxsize, patience=_TAKEN_UP)
        self._watches: dict[tuple[str, str], InstanceWatch] = {}
        self._templates: dict[str, TemplateWatch] = {}
        self._turns = asyncio.Lock()
        self._keeper = asyncio.get_running_loop().create_task(self._keep(), name="connection to the cluster")

    @classmethod
    async def of(cls, hub: object, kubeconfig: str, webhook_seconds: float = WEBHOOK_SECONDS) -> "Cluster":
        """The cluster that all spawners of ``hub`` share; nothing is sent yet.

        Its writes outlast admission webhooks that take ``webhook_seconds``, by the word of the first caller. Raises
        ConfigurationError, and tries again at the next call.
        """
        clusters = cls._of_hub.setdefault(hub, {})
        if kubeconfig not in clusters:
            bound = outlasting(webhook_seconds)
            client = await Client.connect(kubeconfig or None, user_agent=_USER_AGENT, write_bound=bound)
            if kubeconfig in clusters:  # another spawner was quicker
                await client.close()
            else:
                clusters[kubeconfig] = cls(client)
        return clusters[kubeconfig]

    @property
    def namespace(self) -> str:
        """The hub's own namespace."""
        return self.client.namespace

    def watch(self, namespace: str, hub_id: str) -> InstanceWatch:
        """The watch on the Instances of ``hub_id`` in ``namespace``, begun at the first call."""
        key = (namespace, hub_id)
        if key not in self._watches:
            self._watches[key] = InstanceWatch(self.client, namespace, hub_id)
        return self._watches[key]

    def templates(self, namespace: str) -> TemplateWatch:
        """The watch on the Templates in ``namespace``, begun at the first call."""
        if namespace not in self._templates:
            self._templates[namespace] = TemplateWatch(self.client, namespace)
        return self._templates[namespace]

    async def yield_to_loop(self) -> None:
        """Until the event loop has come round for this caller alone.

        A class that clicks in the same moment is prepared one by one, and the hub answers others in between.
        """
        async with self._turns:
            await asyncio.sleep(0)

    async def _keep(self) -> None:
        """Close the connections when the hub ends, which cancels all tasks and tells spawners nothing."""
        try:
            await asyncio.Event().wait()
        finally:
            await self.client.close()
