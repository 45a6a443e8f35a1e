"""What the documentation tells people to write: the operators accept the Templates that stand in it."""

from typing import Any

import pytest
import yaml

from jupyternetes.cli.templates.lint import findings
from jupyternetes.cli.templates.manifests import manifests
from jupyternetes.templating.schemas.shipped import shipped
from tests.support.documents import DOCS, blocks

#: The pages say what is wrong with these.
MISTAKEN = {("how-to/check-templates.md", "course"), ("tutorial/own-template.md", "greeter")}


def template(block: Any) -> Any:
    """The Template that a block is, or is the spec of; None of a fragment."""
    head = {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookTemplate"}
    match block:
        case {"kind": "JupyterNotebookTemplate"}:
            return block
        case {"spec": {"pods": [{"spec": {"containers": _}}, *_]} as spec}:
            return head | {"metadata": {"name": "unnamed"}, "spec": spec}
        case _:
            return None


WRITTEN = [
    (page, found)
    for page in sorted(str(each.relative_to(DOCS)) for each in DOCS.rglob("*.md"))
    for found in map(template, blocks(page))
    if found
]


@pytest.mark.parametrize(("page", "written"), WRITTEN, ids=[page for page, _ in WRITTEN])
def test_a_template_of_the_documentation_is_accepted_unless_its_page_says_why_not(page: str, written: Any) -> None:
    (manifest,) = manifests(page, yaml.safe_dump(written, sort_keys=False))

    found = [str(each) for each in findings(manifest, shipped())]

    assert bool(found) is ((page, written["metadata"]["name"]) in MISTAKEN), found
