"""Reading and naming image archives."""

import gzip
import json
import tarfile
from pathlib import Path

import pytest

from tests.unit.tools_images.image_archive import layer, write_image
from tools.images.archive import read_archive, set_names
from tools.images.errors import ImageError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "image.tar"


def test_user_labels_size_and_paths_of_all_layers_are_read(path: Path) -> None:
    layers = [layer({"./bin/sh": b"shell", "etc/": b""}), layer({"bin/.wh.sh": b""})]
    write_image(path, layers=layers, config={"User": "1000:100", "Labels": {"a": "b"}})

    content = read_archive(path)

    assert (content.user, content.labels, content.names) == ("1000:100", {"a": "b"}, ("localhost/x:1",))
    assert content.size == sum(map(len, layers))
    assert content.paths == {"bin/sh", "etc", "bin/.wh.sh"}


def test_image_that_says_nothing_runs_as_nobody_in_particular(path: Path) -> None:
    write_image(path, layers=[], config={})

    assert (read_archive(path).user, read_archive(path).labels) == ("", {})


def test_given_names_replace_those_before(path: Path) -> None:
    write_image(path, layers=[layer({"a": b"a"})], config={"User": "1"})
    before = read_archive(path)

    set_names(path, ["localhost/x:2", "localhost/y:3"])

    after = read_archive(path)
    assert after.names == ("localhost/x:2", "localhost/y:3")
    assert (after.user, after.size, after.paths) == (before.user, before.size, before.paths)


def test_last_list_of_names_wins_for_readers_that_go_through_the_archive_in_order(path: Path) -> None:
    write_image(path, layers=[], config={})

    set_names(path, ["localhost/x:2"])

    with tarfile.open(path) as archive:
        manifests = [json.load(archive.extractfile(entry)) for entry in archive if entry.name == "manifest.json"]
    assert manifests[-1][0]["RepoTags"] == ["localhost/x:2"]


@pytest.mark.parametrize("content", [b"", b"no archive at all", gzip.compress(b"x", mtime=0)])
def test_file_that_is_no_archive_is_named(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(ImageError, match=str(path)):
        read_archive(path)


def test_archive_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(ImageError, match=str(path)):
        read_archive(path)


def test_compressed_layer_is_refused_because_its_size_says_nothing(path: Path) -> None:
    write_image(path, layers=[gzip.compress(layer({"a": b"a"}))], config={})

    with pytest.raises(ImageError, match="build again"):
        read_archive(path)
