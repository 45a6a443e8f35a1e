"""The object of one operator, whose part the test plays in one lab."""

from typing import Any

from tests.integration.foreign.recordings import NAME, Recording
from tests.support.kube import Json
from tests.support.lab import Lab, condition
from tests.support.templates import container, order, pod_spec, template
from tests.support.waiting import eventually

SIZES: Json = {"name": "size", "enum": ["1Gi", "5Gi"], "default": "1Gi"}


class Played:
    """One operator's object in one lab."""

    def __init__(self, lab: Lab, recording: Recording) -> None:
        self.lab = lab
        self.recording = recording
        lab.add_template(self.template(timeout=300))
        lab.hub.first_start("a", order(size="5Gi"))
        self.name: str = eventually(lambda: self._objects())[0]["metadata"]["name"]

    def template(self, *, timeout: int) -> Json:
        """The Template; `timeout` in seconds."""
        entry = self.recording.entry | {"timeoutSeconds": timeout}
        spec = pod_spec(containers=[container(env=[written for written, _ in self.recording.env])])
        return template(variables=[SIZES], otherResources=[entry], pods=[{"name": "notebook", "spec": spec}])

    def write(self, status: Json) -> None:
        """As the operator does."""
        body = {"status": self.filled(status)}
        resource = f"{self.recording.foreign.kind.resource}/status"
        self.lab.kube.merge_patch(resource, self.lab.namespace, self.name, body, manager=self.recording.manager)

    def told(self, words: str) -> Json:
        """The Instance, once whoever waits for its server reads these words."""
        return self.lab.until(lambda instance: self.filled(words) in self.message(instance))

    def message(self, instance: Json) -> str:
        return condition(instance, "OtherResourcesProvisioned").get("message", "")

    def filled(self, value: Any) -> Any:
        """With the object's name where it belongs."""
        if isinstance(value, dict):
            return {key: self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        return value.replace(NAME, self.name) if isinstance(value, str) else value

    def _objects(self) -> list[Json]:
        return self.lab.kube.all(self.recording.foreign.kind.resource, self.lab.namespace)
