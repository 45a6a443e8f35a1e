"""From which registry does an image come?"""

from typing import Final

_DEFAULT_REGISTRY: Final = "docker.io"


def registry_of(image: str) -> str:
    """The host of the registry, with its port where the image names one.

    https://kubernetes.io/docs/concepts/containers/images/#image-names
    """
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else _DEFAULT_REGISTRY
