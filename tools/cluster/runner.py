"""Starts, watches and stops the components of one cluster."""

import signal
from pathlib import Path

from tools.cluster import processes
from tools.cluster.binaries import find_or_build
from tools.cluster.component import Component
from tools.cluster.errors import ClusterError
from tools.cluster.layout import Layout, Record
from tools.cluster.probe import is_healthy
from tools.cluster.processes import Marked
from tools.cluster.progress import Steps

_READY_SECONDS = 60


class Runner:
    """The components of the cluster at `layout`, by name."""

    def __init__(self, layout: Layout, record: Record, components: list[Component], steps: Steps) -> None:
        self._layout = layout
        self._record = record
        self._components = {component.name: component for component in components}
        self._steps = steps

    @property
    def names(self) -> list[str]:
        return list(self._components)

    def process(self, name: str) -> Marked | None:
        """The running process of a component. Raises ClusterError if there is no such component."""
        return processes.find_component(self._layout.folder, self._component(name).name)

    def is_ready(self, name: str) -> bool:
        """Whether a component runs and says that it serves."""
        return self.process(name) is not None and self._is_healthy(self._component(name))

    def start(self, *names: str) -> None:
        """Start those of the components that do not run, then wait until each is ready.

        Raises ClusterError with the last lines of its log if one ends instead.
        """
        for name in names:
            if self.process(name) is None:
                self._spawn(self._component(name))
        for name in names:
            self.wait_ready(name)

    def wait_ready(self, name: str) -> None:
        """Wait until a component serves. Raises ClusterError if it ends or takes longer than a minute."""
        component = self._component(name)
        processes.wait_until(
            lambda: self._is_healthy(component),
            what=f"{name} is ready (its log: {self._layout.log(name)})",
            timeout=_READY_SECONDS,
            alive=lambda: self._check_alive(name),
        )
        self._check_alive(name)  # somebody else may answer on its port

    def stop(self, name: str) -> None:
        if process := self.process(name):
            processes.stop([process])

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a component. Raises ClusterError if it does not run."""
        process = self.process(name)
        if process is None or not process.send(number):
            raise ClusterError(f"{name} of cluster {self._layout.folder} does not run")

    def programs(self) -> list[str]:
        """The programs that may have to be built."""
        return [component.program for component in self._components.values() if isinstance(component.program, str)]

    def _component(self, name: str) -> Component:
        if name not in self._components:
            raise ClusterError(f"no component {name!r} in this cluster; there are: {', '.join(self._components)}")
        return self._components[name]

    def _spawn(self, component: Component) -> None:
        program = component.program
        path = program if isinstance(program, Path) else find_or_build(program, self._steps)
        processes.spawn(
            self._layout.folder,
            component.name,
            [path, *component.arguments, *self._record.extra_arguments.get(component.name, ())],
            log=self._layout.log(component.name),
        )

    def _is_healthy(self, component: Component) -> bool:
        return component.health is None or is_healthy(component.health, self._layout.pki / "ca.crt")

    def _check_alive(self, name: str) -> None:
        if self.process(name) is None:
            log = self._layout.log(name)
            lines = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
            raise ClusterError("\n  ".join([f"{name} ended while starting; the end of {log}:", *lines]))
