"""The images of the project: what each is made from and what it must keep to.

How each is made stands in its Containerfile; here is only what this tool has to know beforehand.
"""

from dataclasses import dataclass
from pathlib import Path

from tools.images.errors import ImageError

CHECKOUT = Path(__file__).resolve().parents[2]
PREFIX = "localhost/jupyternetes"
_MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One image. Paths are relative to the checkout."""

    name: str
    containerfile: str
    context: tuple[str, ...]
    """Files that the Containerfile copies; the wheel apart."""
    uses_wheel: bool
    size_limit: int
    """Bytes of all layers together, not compressed."""
    packages: tuple[str, ...] = ()
    """Debian packages that its base has to hold, beyond those of every base."""
    extra_names: tuple[str, ...] = ()
    """Further references under which the image is to be found."""

    @property
    def repository(self) -> str:
        return f"{PREFIX}/{self.name}"


_ALL = (
    Recipe(
        name="operators",
        containerfile="images/jupyternetes/Containerfile",
        context=("requirements/operators.txt",),
        uses_wheel=True,
        size_limit=300 * _MEGABYTE,
    ),
    Recipe(
        name="hub",
        containerfile="images/hub/Containerfile",
        context=(
            "requirements/hub.txt",
            "requirements/node.txt",
            "images/hub/package.json",
            "images/hub/package-lock.json",
        ),
        uses_wheel=True,
        size_limit=600 * _MEGABYTE,
    ),
    Recipe(
        name="notebook",
        containerfile="images/notebook/Containerfile",
        context=("requirements/notebook.txt",),
        uses_wheel=False,
        size_limit=700 * _MEGABYTE,
        # The image of the published Template, which is then used unchanged.
        extra_names=("quay.io/jupyter/datascience-notebook:hub-5.2.1",),
    ),
    # What a hub depends on, for `make demo-graph`.
    Recipe(
        name="database",
        containerfile="images/database/Containerfile",
        context=("images/database/start.sh",),
        uses_wheel=False,
        packages=("postgresql",),
        size_limit=500 * _MEGABYTE,
    ),
    Recipe(
        name="login",
        containerfile="images/login/Containerfile",
        context=("requirements/login.txt",),
        uses_wheel=False,
        size_limit=200 * _MEGABYTE,
    ),
)

RECIPES = {recipe.name: recipe for recipe in _ALL}


def select(names: list[str] | None) -> list[Recipe]:
    """The recipes of these names, all without any. Raises ImageError for a name that is none."""
    unknown = sorted(set(names or ()) - RECIPES.keys())
    if unknown:
        raise ImageError(f"no image named {', '.join(unknown)}; there are {', '.join(RECIPES)}")
    return [recipe for recipe in RECIPES.values() if not names or recipe.name in names]
