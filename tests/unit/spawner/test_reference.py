"""The reference page holds every trait with its help text, so that it cannot fall behind the code."""

import inspect
from pathlib import Path

from traitlets import TraitType

from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.traits import SpawnerTraits

PAGE = Path(__file__).parents[3] / "docs/reference/spawner.md"


def trait_section(name: str, trait: TraitType) -> str:
    """What the page says of a trait: its help text, in full."""
    return f"### `c.JupyternetesSpawner.{name}`\n\n{inspect.cleandoc(trait.help).strip()}\n"


def test_page_has_every_trait_as_the_code_explains_it() -> None:
    page = PAGE.read_text()
    own = SpawnerTraits.class_own_traits(config=True)

    missing = [trait_section(name, trait) for name, trait in own.items() if trait_section(name, trait) not in page]

    assert not missing, "docs/reference/spawner.md lacks or misquotes:\n" + "\n".join(missing)
    assert page.count("### `c.JupyternetesSpawner.") == len(own)


def test_page_names_the_defaults_that_differ_from_jupyterhubs_own() -> None:
    page = PAGE.read_text()
    spawner = JupyternetesSpawner()

    for name in ("ip", "port", "start_timeout", "cmd"):
        assert f"| `c.Spawner.{name}` | `{getattr(spawner, name)!r}` |" in page


def test_every_trait_is_configurable_and_explained() -> None:
    for trait in SpawnerTraits.class_own_traits().values():
        assert trait.metadata.get("config") is True
        assert len(str(trait.help)) > 40
