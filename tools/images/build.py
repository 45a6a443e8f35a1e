"""Builds what is not in the cache yet: base, wheel, images, archives.

One build at a time works on a cache; an archive appears in it whole and checked, or not at all.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.cluster.locks import file_lock
from tools.cluster.packages import ensure_packages
from tools.cluster.progress import Steps
from tools.images.archive import read_archive, set_names
from tools.images.base import base_reference, build_base
from tools.images.errors import ImageError
from tools.images.inputs import Inputs, read_source, write_files
from tools.images.machine import build_options
from tools.images.recipes import RECIPES, Recipe, select
from tools.images.storage import Buildah, Cache, run_logged
from tools.images.verify import problems

DEFAULT_TAG = "dev"
_PACKAGES = ("buildah", "mmdebstrap")
_WORK_PREFIX = "work."
_KEPT_ARCHIVES = 2  # of each image: the current one, and the one that a cluster may be importing


@dataclass(frozen=True, kw_only=True)
class BuiltImage:
    """An image in the cache."""

    name: str
    reference: str
    """Says its content: a Deployment that names it changes when the image does."""
    archive: Path
    """As `docker save` writes them: for `ctr --namespace k8s.io images import` or `docker load`."""
    names: tuple[str, ...]
    """All names that the image has once its archive is imported; `reference` first."""


@dataclass(frozen=True)
class _Job:
    recipe: Recipe
    base: str
    inputs: Inputs
    image: BuiltImage


def build_all(
    names: list[str] | None = None,
    *,
    tag: str = DEFAULT_TAG,
    cache: Cache | None = None,
    steps: Steps | None = None,
) -> dict[str, BuiltImage]:
    """Have the images of these names (all of them by default) in the cache, building what is missing.

    Raises ImageError, with the last words of the program that failed, or with what is wrong with an image, and
    ClusterError if Debian packages are missing and cannot be installed.
    """
    cache = cache or Cache.default()
    steps = steps or Steps()
    recipes = select(names)
    with file_lock(cache.lock, on_wait=lambda: steps.say("another build of images is running; waiting for it")):
        source = read_source()
        jobs = [_job(recipe, Inputs.read(recipe, source), tag, cache) for recipe in recipes]
        if missing := [job for job in jobs if not job.image.archive.is_file()]:
            _build(missing, source, cache, steps)
        for job in jobs:
            os.utime(job.image.archive)
            _drop_old_archives(cache, job.recipe.name)
    return {job.recipe.name: job.image for job in jobs}


def cached(cache: Cache) -> dict[str, list[Path]]:
    """The archives of each image in the cache, newest first."""
    return {name: _archives(cache, name) for name in RECIPES}


def verify(image: BuiltImage) -> int:
    """The size of an image in bytes. Raises ImageError that says all that is wrong with it."""
    return _verified_size(image.archive, RECIPES[image.name])


def _job(recipe: Recipe, inputs: Inputs, tag: str, cache: Cache) -> _Job:
    base = base_reference(recipe.packages)
    further_names = (f"{recipe.repository}:{tag}", *recipe.extra_names)
    key = inputs.key(base, further_names)
    reference = f"{recipe.repository}:{key}"
    image = BuiltImage(
        name=recipe.name,
        reference=reference,
        archive=cache.archive(recipe.name, key),
        names=(reference, *further_names),
    )
    return _Job(recipe, base, inputs, image)


def _build(jobs: Sequence[_Job], source: Mapping[str, bytes], cache: Cache, steps: Steps) -> None:
    ensure_packages(_PACKAGES, steps, purpose="building images")
    cache.archives.mkdir(parents=True, exist_ok=True)
    buildah = Buildah(cache)
    _remove_remains(buildah, cache)
    with tempfile.TemporaryDirectory(dir=cache.folder, prefix=_WORK_PREFIX) as name:
        folder = Path(name)
        for base, packages in {job.base: job.recipe.packages for job in jobs}.items():
            if not buildah.has(base):
                with steps.step(" ".join(("base image", *packages))):
                    build_base(base, packages, folder, buildah, cache)
        wheel: dict[str, bytes] = {}
        if any(job.recipe.uses_wheel for job in jobs):
            with steps.step("wheel"):
                wheel = _build_wheel(source, folder / "source", cache)
        for job in jobs:
            with steps.step(f"image {job.recipe.name}"):
                context = folder / job.recipe.name
                _build_image(job, wheel, context, buildah, cache)
            with steps.step(f"archive {job.image.archive.name}"):
                _write_archive(job, folder, buildah, cache)


def _remove_remains(buildah: Buildah, cache: Cache) -> None:
    """Remove what a build that was killed left behind: we hold the lock, so nobody works on it."""
    buildah.ask(["rm", "--all"])
    for folder in cache.folder.glob(f"{_WORK_PREFIX}*"):
        shutil.rmtree(folder)


def _build_wheel(source: Mapping[str, bytes], folder: Path, cache: Cache) -> dict[str, bytes]:
    """The wheel, as a file of a build context."""
    write_files(source, folder)
    output = folder.with_name("dist")
    command = [sys.executable, "-m", "uv", "build", "--wheel", "--out-dir", str(output), str(folder)]
    run_logged(command, log=cache.log("wheel"))
    return {f"dist/{path.name}": path.read_bytes() for path in output.glob("*.whl")}


def _build_image(job: _Job, wheel: Mapping[str, bytes], context: Path, buildah: Buildah, cache: Cache) -> None:
    settings = context.with_name(f"{job.recipe.name}.settings")
    settings.mkdir(mode=0o700)
    write_files({"Containerfile": job.inputs.containerfile}, settings)
    write_files({**job.inputs.context, **(wheel if job.recipe.uses_wheel else {})}, context)
    command = ["build", "--isolation=chroot", "--network=host", "--layers", "--pull-never", "--format=oci"]
    command += [f"--build-arg=BASE_IMAGE={job.base}", f"--build-arg=VERSION={job.inputs.version}"]
    command += build_options(os.environ, settings)
    command += [f"--tag={job.image.reference}", f"--file={settings / 'Containerfile'}", str(context)]
    buildah.run(command, log=cache.log(job.recipe.name))


def _write_archive(job: _Job, folder: Path, buildah: Buildah, cache: Cache) -> None:
    unfinished = folder / job.image.archive.name
    destination = f"docker-archive:{unfinished}:{job.image.reference}"
    command = ["push", "--quiet", job.image.reference, destination]
    buildah.run(command, log=cache.log(f"{job.recipe.name}-archive"))
    set_names(unfinished, job.image.names)
    _verified_size(unfinished, job.recipe)
    unfinished.rename(job.image.archive)
    for old in _archives(cache, job.recipe.name)[_KEPT_ARCHIVES:]:
        buildah.forget(f"{job.recipe.repository}:{old.stem.rpartition('-')[2]}")


def _verified_size(archive: Path, recipe: Recipe) -> int:
    content = read_archive(archive)
    if wrong := problems(content, recipe):
        raise ImageError("\n".join(f"image {recipe.name} {problem}" for problem in wrong))
    return content.size


def _archives(cache: Cache, name: str) -> list[Path]:
    found = cache.archives.glob(f"{name}-*.tar")
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def _drop_old_archives(cache: Cache, name: str) -> None:
    for old in _archives(cache, name)[_KEPT_ARCHIVES:]:
        old.unlink()
