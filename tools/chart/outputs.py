"""Which files are generated, and from what."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from jupyternetes.api.crds import custom_resource_definitions
from tools.chart import commands, editors, fields, graph, other_kinds, reach, reasons, rights, values

CRDS = Path("charts/jupyternetes/crds")
RIGHTS = Path("charts/jupyternetes/files/rights.yaml")
OTHER_KINDS = Path("charts/jupyternetes/files/other-kinds.yaml")
REFERENCE = Path("docs/reference")
PUBLISHED_GRAPH = Path("examples/graph/open-data-hub.json")
#: What the tutorial has at two moments, recorded from `make demo-graph`.
LESSON = Path("examples/graph/demo.json")
LESSON_WITHOUT_DATABASE = Path("examples/graph/demo-without-database.json")

_HEADER = "# Generated from {source} by `python -m tools.chart generate`; edit that, not this.\n"


def outputs(repository: Path) -> dict[Path, str]:
    """Every generated file by its path in the repository, with the content that it should have."""
    chart = repository / "charts/jupyternetes"
    files: dict[Path, str] = {}
    for crd in custom_resource_definitions():
        files[CRDS / f"{_name(crd)}.yaml"] = _yaml(crd, "jupyternetes.api.crds")
        files[REFERENCE / f"{_page_name(crd)}.md"] = fields.page(crd)
        files[REFERENCE / f"{_page_name(crd)}.schema.json"] = editors.schema(crd)
    return files | {
        RIGHTS: _yaml(rights.rules(), "jupyternetes.api.rights"),
        OTHER_KINDS: _yaml(other_kinds.content(), "jupyternetes.api.other_kinds"),
        REFERENCE / "command.md": commands.page(),
        REFERENCE / "graph.md": graph.page(),
        REFERENCE / "graph.schema.json": graph.schema(),
        Path("docs/explanation/published-graph.svg"): graph.picture(repository / PUBLISHED_GRAPH),
        Path("docs/tutorial/hub-dependencies.svg"): graph.picture(repository / LESSON),
        Path("docs/tutorial/hub-without-database.svg"): graph.picture_of_causes(repository / LESSON_WITHOUT_DATABASE),
        REFERENCE / "reach.md": reach.page(),
        REFERENCE / "rights.md": rights.page(),
        REFERENCE / "reasons.md": reasons.page(),
        REFERENCE / "chart-values.md": values.page(chart / "values.schema.json", chart / "values.yaml"),
    }


def drifted(repository: Path, expected: Mapping[Path, str]) -> list[Path]:
    """The files that are missing, differ from what they should be, or have nothing left that they come from."""
    stale = {path.relative_to(repository) for path in (repository / CRDS).glob("*.yaml")} - expected.keys()
    return sorted(stale | {path for path, content in expected.items() if _read(repository / path) != content})


def write(repository: Path, contents: Mapping[Path, str | None]) -> None:
    """Write these files; None removes one."""
    for path, content in contents.items():
        target = repository / path
        if content is None:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)


def _read(path: Path) -> str | None:
    return path.read_text() if path.is_file() else None


def _name(crd: Mapping[str, object]) -> str:
    return cast("dict[str, Any]", crd["metadata"])["name"]


def _page_name(crd: Mapping[str, object]) -> str:
    kind = cast("dict[str, Any]", crd["spec"])["names"]["kind"]
    return kind.removeprefix("JupyterNotebook").lower()


def _yaml(content: object, source: str) -> str:
    text = yaml.dump(content, Dumper=_Plain, sort_keys=False, width=120, allow_unicode=True)
    return _HEADER.format(source=source) + text


class _Plain(yaml.SafeDumper):
    """Writes equal parts out in full: anchors of a dumper's making help nobody who reads the file."""

    def ignore_aliases(self, data: object) -> bool:
        return True
