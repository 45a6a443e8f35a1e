"""The images of the demonstration: built here and brought onto the local node, or named for a cluster to pull."""

from collections.abc import Sequence

from tools.cluster import Cluster, Steps
from tools.demo.settings import HubSettings, ImageNames
from tools.images.build import build_all

_OF_EVERY_HUB = ("operators", "hub", "notebook")
_OF_PROVIDERS = ("database", "login")


def loaded(cluster: Cluster, hubs: Sequence[HubSettings], steps: Steps) -> ImageNames:
    """Build what changed of what these hubs need, and bring onto the node what is not there yet.

    Their references say their content, so a Deployment rolls exactly when its image changed.
    """
    names = [*_OF_EVERY_HUB, *(_OF_PROVIDERS if any(hub.providers for hub in hubs) else ())]
    images = build_all(names, steps=steps)
    there = set(cluster.images())
    for image in images.values():
        if image.reference not in there:
            with steps.step(f"loading image {image.name}"):
                cluster.load_image(image.archive)
    return ImageNames(**{name: image.reference for name, image in images.items()})


def published(prefix: str, tag: str) -> ImageNames:
    """Images that somebody pushed to a registry which the cluster can reach."""
    return ImageNames(**{name: f"{prefix.rstrip('/')}/{name}:{tag}" for name in _OF_EVERY_HUB})
