"""Does the slow registry give an image away as containerd asks for it?"""

import hashlib

import requests

from tools.faults.slow_registry import slow_registry


def test_manifest_and_blobs_are_those_of_their_digests() -> None:
    with slow_registry(0) as image:
        host, _, tag = image.rpartition("/")
        name, _, version = tag.partition(":")
        url = f"http://{host}/v2/{name}"
        manifest = requests.get(f"{url}/manifests/{version}", timeout=10)
        descriptors = [manifest.json()["config"], *manifest.json()["layers"]]
        blobs = {each["digest"]: requests.get(f"{url}/blobs/{each['digest']}", timeout=10) for each in descriptors}
        unknown = requests.get(f"{url}/blobs/sha256:0", timeout=10)

    assert manifest.headers["Content-Type"] == manifest.json()["mediaType"]
    assert all(f"sha256:{hashlib.sha256(blob.content).hexdigest()}" == digest for digest, blob in blobs.items())
    assert [len(blobs[each["digest"]].content) for each in descriptors] == [each["size"] for each in descriptors]
    assert unknown.status_code == 404
