"""Where the API server keeps each kind that we read or write, and what it decodes to."""

from typing import Final

from jupyternetes.api import identity
from jupyternetes.api.core import Claim, Event, Nothing, Pod
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import Template
from jupyternetes.runtime.resource import Resource

INSTANCES: Final = Resource(
    identity.GROUP, identity.VERSION, "jupyternotebookinstances", identity.INSTANCE_KIND, Instance
)
TEMPLATES: Final = Resource(
    identity.GROUP, identity.VERSION, "jupyternotebooktemplates", identity.TEMPLATE_KIND, Template
)
PODS: Final = Resource("", "v1", "pods", "Pod", Pod)
CLAIMS: Final = Resource("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", Claim)
SECRETS: Final = Resource("", "v1", "secrets", "Secret", Nothing)
EVENTS: Final = Resource("", "v1", "events", "Event", Event, bookmarks=False)
