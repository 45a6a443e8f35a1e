"""The images of the demonstration: built here and brought onto the local node, or named for a cluster to pull."""

from tools.cluster import Cluster, Steps
from tools.demo.settings import ImageNames
from tools.images.build import build_all


def loaded(cluster: Cluster, steps: Steps) -> ImageNames:
    """Build what changed and bring onto the node what is not there yet.

    Their references say their content, so a Deployment rolls exactly when its image changed.
    """
    images = build_all(steps=steps)
    there = set(cluster.images())
    for image in images.values():
        if image.reference not in there:
            with steps.step(f"loading image {image.name}"):
                cluster.load_image(image.archive)
    return ImageNames(**{name: image.reference for name, image in images.items()})


def published(prefix: str, tag: str) -> ImageNames:
    """Images that somebody pushed to a registry which the cluster can reach."""
    return ImageNames(**{name: f"{prefix.rstrip('/')}/{name}:{tag}" for name in ("operators", "hub", "notebook")})
