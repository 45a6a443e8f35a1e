"""A Deployment without pods, and with them again."""

import time
from collections.abc import Generator
from contextlib import contextmanager

from tools.demo.kubectl import Kubectl
from tools.faults.site import roll


@contextmanager
def scaled_to_zero(kubectl: Kubectl, name: str) -> Generator[float]:
    """No pod of a Deployment; afterwards as many as before. It counts from the command; then the pods have to go."""
    spec = kubectl.get("deployment", name)["spec"]
    selector = ",".join(f"{key}={value}" for key, value in spec["selector"]["matchLabels"].items())
    made = time.monotonic()
    kubectl.run("scale", f"deployment/{name}", "--replicas=0")
    try:
        kubectl.run("wait", "--for=delete", "pod", f"--selector={selector}", "--timeout=90s")
        yield made
    finally:
        kubectl.run("scale", f"deployment/{name}", f"--replicas={spec['replicas']}")
        roll(kubectl, name)
