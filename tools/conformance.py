"""Writes docs/reference/conformance.md: which behaviours are promised, and which tests hold each.

The texts stand in conformance.toml beside it; a test claims a behaviour by carrying its id in its name, as in
`test_deleted_pod_is_reported_P07`. Made from the source of the tests, so that nothing has to be collected or imported.
"""

import argparse
import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
SOURCE = CHECKOUT / "docs" / "reference" / "conformance.toml"
PAGE = CHECKOUT / "docs" / "reference" / "conformance.md"
TESTS = CHECKOUT / "tests"

_ID = re.compile(r"_([A-Z]\d\d)(?![0-9A-Za-z])")

_HEAD = """\
<!-- Generated from conformance.toml and the names of the tests by `make generate`; edit those, not this. -->

# Behaviours and their tests

What people who know JupyterHub on Kubernetes rely on, and which tests hold it. An id in the name of a test leads to its
row: `grep -r P07 tests/` finds the tests of P07. {tested} of {total} behaviours have a test.
"""


class ConformanceError(Exception):
    """The list of behaviours and the tests do not fit together; the text says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    title: str
    behaviours: Mapping[str, str]
    """id -> the behaviour in one sentence"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    groups: Sequence[Group]
    explanations: Mapping[str, str]

    @property
    def ids(self) -> list[str]:
        return [id_ for group in self.groups for id_ in group.behaviours]


def read_catalogue(text: str) -> Catalogue:
    """The behaviours of a TOML text.

    Raises ConformanceError for an id that stands twice, or is explained but unknown.
    """
    tables: dict[str, dict[str, str]] = tomllib.loads(text)
    explanations = tables.pop("explanations", {})
    groups = [
        Group(title=table["title"], behaviours={key: value for key, value in table.items() if key != "title"})
        for table in tables.values()
    ]
    catalogue = Catalogue(groups=groups, explanations=explanations)
    ids = catalogue.ids
    if twice := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        raise ConformanceError(f"{SOURCE.name}: ids that stand twice: {', '.join(twice)}")
    if unknown := sorted(explanations.keys() - set(ids)):
        raise ConformanceError(f"{SOURCE.name}: explanations of unknown ids: {', '.join(unknown)}")
    return catalogue


def find_tests(folder: Path) -> dict[str, list[str]]:
    """Behaviour id -> the tests that name it, as `unit/runtime/test_queue.py::test_...`, sorted."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted(folder.rglob("test_*.py")):
        for name in _test_names(path):
            for id_ in _ID.findall(name):
                found[id_].add(f"{path.relative_to(folder)}::{name}")
    return {id_: sorted(tests) for id_, tests in found.items()}


def render_page(catalogue: Catalogue, tests: Mapping[str, Sequence[str]]) -> str:
    """The page as MyST Markdown. Raises ConformanceError if a test names an id that is not in the catalogue."""
    if unknown := sorted(tests.keys() - set(catalogue.ids)):
        where = "; ".join(f"{id_} in {', '.join(tests[id_])}" for id_ in unknown)
        raise ConformanceError(f"tests name behaviours that {SOURCE.name} does not have: {where}")
    lines = [_HEAD.format(tested=len(tests), total=len(catalogue.ids))]
    for group in catalogue.groups:
        lines += [f"## {group.title}\n", "| Id | Behaviour | Tests, explanation |", "|---|---|---|"]
        for id_, behaviour in group.behaviours.items():
            named = [f"`{test}`" for test in tests.get(id_, ())]
            explained = [catalogue.explanations[id_]] if id_ in catalogue.explanations else []
            lines.append(f"| {id_} | {behaviour} | {'<br>'.join([*explained, *named]) or 'no test yet'} |")
        lines.append("")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.conformance", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the page is not up to date")
    options = parser.parse_args(arguments)
    try:
        page = render_page(read_catalogue(SOURCE.read_text()), find_tests(TESTS))
    except ConformanceError as error:
        sys.exit(f"error: {error}")
    if not options.check:
        PAGE.write_text(page)
    elif not PAGE.exists() or PAGE.read_text() != page:
        sys.exit(f"error: {PAGE.relative_to(CHECKOUT)} is not up to date; run: make generate")


def _test_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


if __name__ == "__main__":
    main()
