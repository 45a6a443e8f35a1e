"""Building: what is done when, and what is left when it fails. buildah and mmdebstrap are stand-ins here."""

import os
import sys
from pathlib import Path

import pytest

from tests.unit.tools_images.image_archive import layer, write_image
from tools.cluster.progress import Steps
from tools.images import base, build
from tools.images.build import BuiltImage, build_all, cached
from tools.images.errors import ImageError
from tools.images.storage import Cache

FAKE = """#!{python}
import pathlib, shutil, sys
here = pathlib.Path(__file__).resolve().parent
command = sys.argv[1:]
with (here / "calls").open("a") as calls:
    print(pathlib.Path(sys.argv[0]).name, *command, file=calls)
if pathlib.Path(sys.argv[0]).name == "mmdebstrap":
    next(pathlib.Path(each) for each in command if each.endswith(".tar")).touch()
elif "inspect" in command:
    sys.exit(0 if (here / "has-base").exists() else 1)
elif "build" in command and (here / "fail").exists():
    sys.exit("no space left on device")
elif "push" in command:
    shutil.copy(here / "image.tar", command[-1].split(":")[1])
"""


class Machine:
    """Programs that note how they were called; `push` gives the archive that was set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("buildah", "mmdebstrap"):
            program = folder / name
            program.write_text(FAKE.format(python=sys.executable))
            program.chmod(0o755)
        self.gives(user="1000:100")

    def gives(self, *, user: str) -> None:
        write_image(self.folder / "image.tar", layers=[layer({"a": b"a"})], config={"User": user})

    def fails(self) -> None:
        (self.folder / "fail").touch()

    def has_base(self) -> None:
        (self.folder / "has-base").touch()

    def calls(self) -> list[str]:
        calls = self.folder / "calls"
        return calls.read_text().splitlines() if calls.exists() else []

    def forget(self) -> None:
        (self.folder / "calls").unlink()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setattr(build, "ensure_packages", lambda *_, **__: None)
    monkeypatch.setattr(base, "release", lambda: "bookworm")
    monkeypatch.setattr(base, "apt_sources", lambda _: ["deb http://mirror.example bookworm main"])
    return Machine(folder)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def build_notebook(cache: Cache, tag: str = "dev") -> BuiltImage:
    return build_all(["notebook"], tag=tag, cache=cache, steps=Steps())["notebook"]


def test_image_is_built_on_the_base_and_its_archive_has_all_names(machine: Machine, cache: Cache) -> None:
    image = build_notebook(cache)

    assert image.archive == cache.archive("notebook", image.reference.rpartition(":")[2])
    assert build.read_archive(image.archive).names == image.names
    assert image.names == (
        image.reference,
        "localhost/jupyternetes/notebook:dev",
        "quay.io/jupyter/datascience-notebook:hub-5.2.1",
    )
    (built,) = [call for call in machine.calls() if "--isolation=chroot" in call]
    assert f"--build-arg=BASE_IMAGE={base.base_reference()}" in built


def test_second_build_runs_no_program(machine: Machine, cache: Cache) -> None:
    first = build_notebook(cache)
    machine.forget()

    assert build_notebook(cache) == first
    assert machine.calls() == []


def test_base_that_is_there_is_not_made_again(machine: Machine, cache: Cache) -> None:
    machine.has_base()

    build_notebook(cache)

    assert [call for call in machine.calls() if call.startswith("mmdebstrap")] == []


def test_image_with_packages_of_its_own_has_a_base_with_them(machine: Machine, cache: Cache) -> None:
    build_all(["notebook", "database"], cache=cache, steps=Steps())

    usual, with_packages = [call for call in machine.calls() if call.startswith("mmdebstrap")]
    assert "--include=postgresql" not in usual
    assert "--include=postgresql" in with_packages
    built = [call for call in machine.calls() if "--isolation=chroot" in call]
    assert [f"BASE_IMAGE={base.base_reference()}" in call for call in built] == [True, False]
    assert f"BASE_IMAGE={base.base_reference(['postgresql'])}" in built[1]


def test_other_tag_is_another_archive(machine: Machine, cache: Cache) -> None:
    first, second = build_notebook(cache), build_notebook(cache, tag="other")

    assert first.archive != second.archive
    assert "localhost/jupyternetes/notebook:other" in build.read_archive(second.archive).names


@pytest.mark.parametrize("user", ["", "0"])
def test_image_that_breaks_a_rule_does_not_enter_the_cache(machine: Machine, cache: Cache, user: str) -> None:
    machine.gives(user=user)

    with pytest.raises(ImageError, match="image notebook runs as user"):
        build_notebook(cache)

    assert cached(cache)["notebook"] == []


def test_failure_tells_the_last_words_and_where_the_rest_is(machine: Machine, cache: Cache) -> None:
    machine.fails()

    with pytest.raises(ImageError, match="no space left on device") as caught:
        build_notebook(cache)

    assert str(cache.log("notebook")) in str(caught.value)


def test_nothing_but_archives_logs_and_storage_stays(machine: Machine, cache: Cache) -> None:
    machine.fails()
    with pytest.raises(ImageError):
        build_notebook(cache)

    assert {entry.name for entry in cache.folder.iterdir()} <= {"archives", "logs", "storage"}


def test_what_a_killed_build_left_is_removed(machine: Machine, cache: Cache) -> None:
    remains = cache.folder / "work.killed"
    remains.mkdir(parents=True)
    (remains / "base.tar").touch()

    build_notebook(cache)

    assert not remains.exists()
    assert any("rm --all" in call for call in machine.calls())


def test_only_the_newest_archives_stay(machine: Machine, cache: Cache) -> None:
    images = [build_notebook(cache, tag=tag) for tag in ("one", "two", "three")]

    assert [image.archive.exists() for image in images] == [False, True, True]


def test_archive_in_use_counts_as_new(machine: Machine, cache: Cache) -> None:
    one = build_notebook(cache, tag="one")
    two = build_notebook(cache, tag="two")
    build_notebook(cache, tag="one")
    build_notebook(cache, tag="three")

    assert (one.archive.exists(), two.archive.exists()) == (True, False)


def test_unknown_image_is_refused_with_the_names_there_are(machine: Machine, cache: Cache) -> None:
    with pytest.raises(ImageError, match="no image named nothing; there are operators, hub, notebook"):
        build_all(["nothing"], cache=cache)


def test_cache_is_in_the_folder_of_the_xdg_specification(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert Cache.default().folder == tmp_path / "jupyternetes" / "images"
