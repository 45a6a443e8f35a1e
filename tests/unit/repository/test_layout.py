"""What holds for every file of the repository."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
MODULES = {
    str(path.relative_to(CHECKOUT)): path.read_text()
    for folder in ("src", "tools", "tests", "benchmarks")
    for path in sorted((CHECKOUT / folder).rglob("*.py"))
}


def test_no_module_is_too_long_for_one_head() -> None:
    assert [name for name, text in MODULES.items() if text.count("\n") > 400] == []


def test_every_function_fits_on_a_screen() -> None:
    functions = [
        (f"{name}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for name, text in MODULES.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert [where for where, lines in functions if lines > 60] == []


def test_every_module_says_why_it_exists() -> None:
    ours = {name: text for name, text in MODULES.items() if text and not name.startswith("tests/")}

    assert [name for name, text in ours.items() if not ast.get_docstring(ast.parse(text))] == []


def test_commands_that_the_documents_name_exist() -> None:
    documents = [*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md"), CHECKOUT / ".ci" / "run"]
    targets = set(re.findall(r"^([a-z0-9-]+):", (CHECKOUT / "Makefile").read_text(), re.M))

    named = {
        (document.name, target)
        for document in documents
        for target in re.findall(r"(?:^|`|&& )(?:[A-Z_]+=\S+ )*make ([a-z][a-z0-9-]*)", document.read_text(), re.M)
    }

    assert {each for each in named if each[1] not in targets} == set()


def test_links_of_the_top_documents_lead_somewhere() -> None:
    links = [
        (document.name, target)
        for document in CHECKOUT.glob("*.md")
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text())
    ]

    assert [link for link in links if not (CHECKOUT / link[1]).exists()] == []


def test_help_lists_every_target() -> None:
    targets = re.findall(r"^\.PHONY: (.+)$", (CHECKOUT / "Makefile").read_text(), re.M)

    printed = subprocess.run(["make", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout

    assert set(targets) == set(re.findall(r"^  make (\S+) +\S", printed, re.M))


@pytest.mark.parametrize("lock", sorted((CHECKOUT / "requirements").glob("*.txt")), ids=lambda lock: lock.name)
def test_lock_has_hashes_and_names_no_index(lock: Path) -> None:
    text = lock.read_text()

    unhashed = [line for line in re.findall(r"^[A-Za-z0-9].*$", text, re.M) if not line.endswith("\\")]

    assert unhashed == []
    assert "://" not in text
