"""The operator of the tutorial: what it promises beside its code. That it works is tried with a real PostgreSQL."""

import json
import subprocess
import sys
from typing import Any

import yaml

from jupyternetes.cli.templates.cases import failures, suites, template_for
from jupyternetes.cli.templates.lint import findings
from jupyternetes.cli.templates.manifests import manifests
from jupyternetes.templating.schemas.shipped import shipped
from tests.support.examples import EXAMPLES, example

EXAMPLE = EXAMPLES / "postgres"
PROGRAM = EXAMPLE / "postgres_operator.py"


def test_an_operator_of_databases_is_written_in_less_than_a_hundred_lines() -> None:
    assert len(PROGRAM.read_text().splitlines()) < 100


def test_its_template_is_accepted_and_gives_what_its_tests_say() -> None:
    name = str(EXAMPLE / "template.yaml")
    (manifest,) = manifests(name, (EXAMPLE / "template.yaml").read_text())
    (suite,) = suites(str(EXAMPLE / "template-test.yaml"))
    template = template_for(suite, str(EXAMPLE / "template-test.yaml"))

    assert findings(manifest, shipped()) == []
    assert {case.name: failures(case, template) for case in suite.tests} == {case.name: [] for case in suite.tests}


def test_its_template_asks_for_the_kind_that_is_defined_and_reads_what_its_status_has() -> None:
    definition, template = example("postgres/definition.yaml"), example("postgres/template.yaml")
    (entry,) = template["spec"]["otherResources"]
    (version,) = definition["spec"]["versions"]
    fields = version["schema"]["openAPIV3Schema"]["properties"]

    assert entry["apiVersion"] == f"{definition['spec']['group']}/{version['name']}"
    assert entry["kind"] == definition["spec"]["names"]["kind"]
    assert entry["spec"].keys() <= fields["spec"]["properties"].keys()
    (allowed,) = example("postgres/chart-values.yaml")["otherResources"]["kinds"]
    assert allowed == {key: entry[key] for key in ("apiVersion", "kind")} | {
        "resource": definition["spec"]["names"]["plural"]
    }
    read = {output["path"].removeprefix("status.") for output in entry["outputs"]}
    assert read <= fields["status"]["properties"].keys()


def test_it_is_given_the_rights_that_it_asks_for_and_reads_no_secrets() -> None:
    options = ["--print-rights", "--namespace=kadense", "--lease-namespace=databases"]
    printed = subprocess.check_output([sys.executable, PROGRAM, *options])

    installed: list[Any] = list(yaml.safe_load_all((EXAMPLE / "install.yaml").read_text()))
    given = [each for each in installed if each["apiVersion"].startswith("rbac.")]
    assert sorted(given, key=str) == sorted(json.loads(printed)["items"], key=str)
    secrets = [rule["verbs"] for each in given for rule in each.get("rules", ()) if "secrets" in rule["resources"]]
    assert secrets == [["create"]]
