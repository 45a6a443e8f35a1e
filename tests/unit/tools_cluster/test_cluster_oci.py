"""Images that we write are what the OCI specification says."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

from tools.cluster.oci import Image, write_archive

IMAGE = Image(name="localhost/tool:1", files={"bin/tool": b"\x7fELF"}, links={"bin/alias": "tool"}, command=("tool",))


def read(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    assert file is not None
    return file.read()


def test_archive_holds_name_manifest_configuration_and_layer(tmp_path: Path) -> None:
    write_archive(IMAGE, tmp_path / "image.tar")

    with tarfile.open(tmp_path / "image.tar") as tar:
        (entry,) = json.loads(read(tar, "index.json"))["manifests"]
        manifest = json.loads(blob(tar, entry))
        config = json.loads(blob(tar, manifest["config"]))
        layer = blob(tar, manifest["layers"][0])

    assert entry["annotations"]["io.containerd.image.name"] == "localhost/tool:1"
    assert config["rootfs"]["diff_ids"] == [manifest["layers"][0]["digest"]]
    assert config["config"]["Cmd"] == ["tool"]
    with tarfile.open(fileobj=io.BytesIO(layer)) as files:
        assert files.getmember("bin/tool").mode == 0o755
        assert files.getmember("bin/alias").linkname == "tool"
        assert files.getmember("bin").isdir()


def blob(tar: tarfile.TarFile, descriptor: dict[str, str]) -> bytes:
    """A blob, after checking that digest and size are its own."""
    content = read(tar, descriptor["digest"].replace("sha256:", "blobs/sha256/"))
    assert descriptor["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert descriptor["size"] == len(content)
    return content


def test_same_image_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_archive(IMAGE, tmp_path / name)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
