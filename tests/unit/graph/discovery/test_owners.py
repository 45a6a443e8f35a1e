"""Whose server a pod or an Instance is."""

import pytest

from jupyternetes.api.metadata import Metadata
from jupyternetes.graph.discovery.servers.owners import owner_of

USERNAME, SERVERNAME = "hub.jupyter.org/username", "hub.jupyter.org/servername"


@pytest.mark.parametrize(
    ("metadata", "shown"),
    [
        (Metadata(name="jupyter-x", annotations={USERNAME: "Ada <a@b>"}, labels={USERNAME: "ada---12"}), "Ada <a@b>"),
        (Metadata(name="x", annotations={USERNAME: "ada", SERVERNAME: "gpu"}), "ada/gpu"),
        (Metadata(name="jupyterhub-nb-ada-40example-2ecom"), "ada@example.com"),
        (Metadata(name="jupyterhub-nb-j-c3-bcrgen--gpu-2d1"), "jürgen/gpu-1"),
        (Metadata(name="jupyterhub-nb-j-ff"), "j\ufffd"),
        (Metadata(name="jupyter-ada", labels={USERNAME: "ada"}), "ada"),
        (Metadata(name="5e0f6a0d"), ""),
    ],
)
def test_raw_names_come_before_escaped_ones_and_slugs(metadata: Metadata, shown: str) -> None:
    assert str(owner_of(metadata)) == shown
