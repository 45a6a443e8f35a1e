"""No name of ours hides one that JupyterHub's own code uses, but for the methods that it wants overridden.

JupyterHub calls itself through these names: a trait that takes one of them breaks only the sites whose settings lead
there. The test runs against each JupyterHub that we support.
"""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

import jupyterhub
from traitlets.config import LoggingConfigurable

from jupyternetes import spawner as our_package
from jupyternetes.spawner.traits import SpawnerTraits

#: https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html and the docstrings of ``jupyterhub.spawner``
OVERRIDE_POINTS = {
    *("start", "stop", "poll", "progress", "get_url", "rename", "delete_forever", "create_certs"),
    *("load_state", "get_state", "clear_state", "format_string", "options_from_query"),
}
EXCEPTIONS = {
    # The trait's name is the published product's. JupyterHub's method is called by ``format_string`` alone.
    "template_namespace": SpawnerTraits,
}


def our_classes() -> list[type]:
    """Every class of the spawner that derives from one of JupyterHub's."""
    modules = [importlib.import_module(found.name) for found in _modules(our_package)]
    classes = {item for module in modules for item in vars(module).values() if inspect.isclass(item)}
    return [cls for cls in classes if _is_ours(cls) and any(_is_jupyterhubs(base) for base in cls.__mro__)]


def own_names(cls: type) -> set[str]:
    """What a class sets: class attributes, traits, and whatever its methods assign to ``self``."""
    written_by_python = set(vars(type("Empty", (LoggingConfigurable,), {})))
    assigned = {node.attr for node in _attributes_of(_tree(cls), {"self"}) if isinstance(node.ctx, ast.Store)}
    return {*vars(cls), *assigned} - written_by_python - {"__init__"}


def names_of_jupyterhub(cls: type) -> set[str]:
    """What its foreign classes have, and what JupyterHub's code reads or sets on such an object anywhere."""
    bases = [base for base in cls.__mro__ if _is_jupyterhubs(base)]
    used = {node.attr for base in bases for node in _attributes_of(_tree(base), {"self"})}
    for path in Path(jupyterhub.__file__).parent.rglob("*.py"):
        if "tests" not in path.parts:
            used |= {node.attr for node in _attributes_of(ast.parse(path.read_text()), {"spawner"})}
    return used.union(*(vars(base) for base in cls.__mro__ if not _is_ours(base)))


def test_there_is_a_class_to_look_at() -> None:
    assert [cls.__name__ for cls in our_classes()] == ["JupyternetesSpawner"]


def test_no_attribute_of_ours_hides_one_of_jupyterhub_H01() -> None:
    hidden: dict[str, type] = {}
    for cls in our_classes():
        theirs = names_of_jupyterhub(cls)
        hidden |= {name: part for part in cls.__mro__ if _is_ours(part) for name in own_names(part) & theirs}

    assert {name: part for name, part in hidden.items() if name not in OVERRIDE_POINTS} == EXCEPTIONS


def test_names_that_jupyterhub_only_assigns_are_known() -> None:
    """Else the test above would be blind for them."""
    (cls,) = our_classes()
    assert {"template_namespace", "server", "_check_pending", "orm_spawner", "_callbacks"} <= names_of_jupyterhub(cls)


def _modules(package: object) -> Iterator[pkgutil.ModuleInfo]:
    return pkgutil.walk_packages(package.__path__, f"{package.__name__}.")


def _is_ours(cls: type) -> bool:
    return cls.__module__.startswith("jupyternetes.")


def _is_jupyterhubs(cls: type) -> bool:
    return cls.__module__.startswith("jupyterhub.")


def _tree(cls: type) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(cls)))


def _attributes_of(tree: ast.AST, names: set[str]) -> Iterator[ast.Attribute]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            yield node
