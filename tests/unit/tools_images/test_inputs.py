"""The key of an image: it changes with everything that goes into the image, and with nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.images.errors import ImageError
from tools.images.inputs import Inputs, fingerprint, read_source
from tools.images.recipes import Recipe

RECIPE = Recipe(
    name="sample",
    containerfile="images/sample/Containerfile",
    context=("requirements/sample.txt",),
    uses_wheel=True,
    size_limit=1,
)
INPUTS = Inputs(containerfile=b"FROM x", context={"a.txt": b"a"}, source={"src/b.py": b"b"}, version="1.0")
parts = st.dictionaries(st.text(), st.binary())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    files = {
        "pyproject.toml": "[project]",
        "README.md": "read me",
        "LICENSE": "licence",
        "src/jupyternetes/__init__.py": '"""x"""\n\n__version__ = "1.2.3"\n',
        "images/sample/Containerfile": "FROM base",
        "requirements/sample.txt": "six==1.0",
    }
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    return tmp_path


def read(checkout: Path, recipe: Recipe = RECIPE) -> Inputs:
    return Inputs.read(recipe, read_source(checkout), checkout)


@pytest.mark.parametrize(
    "changed",
    [
        replace(INPUTS, containerfile=b"FROM y"),
        replace(INPUTS, context={"a.txt": b"other"}),
        replace(INPUTS, context={"other.txt": b"a"}),
        replace(INPUTS, source={"src/b.py": b"other"}),
        replace(INPUTS, source={}),
        replace(INPUTS, version="1.1"),
    ],
)
def test_key_changes_with_every_input(changed: Inputs) -> None:
    assert changed.key("base", ["name"]) != INPUTS.key("base", ["name"])


def test_key_changes_with_base_and_names() -> None:
    keys = {INPUTS.key("base", ["name"]), INPUTS.key("other", ["name"]), INPUTS.key("base", ["other"])}

    assert len(keys) == 3


@given(parts)
def test_fingerprint_does_not_depend_on_order(content: dict[str, bytes]) -> None:
    assert fingerprint(dict(reversed(content.items()))) == fingerprint(content)


@given(parts, parts)
def test_fingerprint_tells_contents_apart(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


def test_source_is_read_without_bytecode(checkout: Path) -> None:
    cache = checkout / "src/jupyternetes/__pycache__"
    cache.mkdir()
    (cache / "x.pyc").write_bytes(b"x")

    assert set(read_source(checkout)) == {"pyproject.toml", "README.md", "LICENSE", "src/jupyternetes/__init__.py"}


def test_version_comes_from_our_package(checkout: Path) -> None:
    assert read(checkout).version == "1.2.3"


def test_image_without_wheel_does_not_depend_on_source(checkout: Path) -> None:
    recipe = replace(RECIPE, uses_wheel=False)
    before = read(checkout, recipe).key("base", [])
    (checkout / "src/jupyternetes/new.py").write_text("new")

    assert read(checkout, recipe).key("base", []) == before
    assert read(checkout).source["src/jupyternetes/new.py"] == b"new"


def test_missing_file_is_named(checkout: Path) -> None:
    (checkout / "requirements/sample.txt").unlink()

    with pytest.raises(ImageError, match=r"requirements/sample\.txt"):
        read(checkout)


def test_missing_version_is_named(checkout: Path) -> None:
    (checkout / "src/jupyternetes/__init__.py").write_text("")

    with pytest.raises(ImageError, match="__version__"):
        read(checkout)
