"""What only entries of `otherResources` say: kinds, names, outputs, readiness (templating/others)."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.other_kinds import DANGEROUS, NEVER, OtherKind, is_never_allowed, refusal
from jupyternetes.templating import CompiledTemplate, Ready, Waiting, compile_template, render
from jupyternetes.templating.others.contract import Contract
from jupyternetes.templating.others.kinds import NO_KINDS, Kinds
from jupyternetes.templating.others.readiness import readiness
from tests.unit.templating.templating_support import Json, container, instance, pod_template, texts

DATABASE: Json = {"name": "db", "apiVersion": "databases.example.org/v1", "kind": "Database"}
HOST: Json = {"name": "host", "path": "status.host", "pattern": "[a-z0-9.-]{1,253}"}
ALLOWED = Kinds([("databases.example.org/v1", "Database"), ("v1", "ConfigMap"), ("v1", "Service")])


def compiled(*others: Json, kinds: Kinds = ALLOWED, spec: Json | None = None, **template: Any) -> CompiledTemplate:
    return compile_template({**pod_template(spec or {}), "otherResources": [*others], **template}, kinds=kinds)


def contract(**fields: Any) -> Contract:
    found = compiled({**DATABASE, **fields})
    assert found.problems == ()
    return found.other_resources[0].contract


# Kinds


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"apiVersion": "v1", "kind": "Pod"}, "not allowed; add it to otherResources.kinds"),
        ({"apiVersion": "v2", "kind": "ConfigMap"}, "not allowed"),
        ({"apiVersion": "v1", "kind": "Secret"}, "never made"),
        ({"apiVersion": "v1", "kind": "{k}"}, "write it out"),
        ({"apiVersion": "{v}", "kind": "ConfigMap"}, "write it out"),
        ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"namespace": "kube-system"}}, "remove it"),
        ({"apiVersion": "v1", "kind": "ConfigMap", "status": {}}, "remove it"),
    ],
)
def test_a_kind_that_is_not_allowed_is_a_problem_of_the_template_X02(entry: Json, words: str) -> None:
    problems = compiled(
        {"name": "a", **entry}, variables=[{"name": "k", "enum": ["ConfigMap"]}, {"name": "v"}]
    ).problems

    assert words in texts(problems)
    assert all(problem.path.startswith("$.spec.otherResources[0].") for problem in problems)


@pytest.mark.parametrize("resource", NEVER)
def test_no_setting_allows_what_is_never_allowed_X02(resource: str) -> None:
    assert refusal(OtherKind("v1", NEVER[resource], resource), dangerous_allowed=True)
    assert refusal(OtherKind("v1", "Innocent", resource), dangerous_allowed=True), "rights follow from the resource"
    assert is_never_allowed("v1", NEVER[resource])


@pytest.mark.parametrize(
    "text",
    [
        "rbac.authorization.k8s.io/v1/Role=roles",
        "kadense.io/v1/JupyterNotebookInstance=jupyternotebookinstances",
        "apiextensions.k8s.io/v1/CustomResourceDefinition=customresourcedefinitions",
        "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy=validatingadmissionpolicies",
        "certificates.k8s.io/v1/CertificateSigningRequest=certificatesigningrequests",
        "authentication.k8s.io/v1/TokenRequest=tokenrequests",
        "coordination.k8s.io/v1/Lease=leases",
    ],
)
def test_no_setting_allows_a_kind_of_these_groups_X02(text: str) -> None:
    assert "never allowed" in refusal(OtherKind.read(text), dangerous_allowed=True)


@pytest.mark.parametrize("resource", DANGEROUS)
def test_what_passes_by_the_rules_of_pods_takes_a_setting_of_its_own(resource: str) -> None:
    plural, _, group = resource.partition(".")
    kind = OtherKind(f"{group}/v1" if group else "v1", DANGEROUS[resource], plural)

    assert "allowDangerousKinds" in refusal(kind, dangerous_allowed=False)
    assert refusal(kind, dangerous_allowed=True) == ""


@pytest.mark.parametrize(
    "text",
    ["v1/ConfigMap", "ConfigMap=configmaps", "v1/*=*", "v1/Pod=pods/exec", "v1/-a=a", "v1/A=a,b", ""],
)
def test_what_is_no_kind_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(ValueError, match="v1/ConfigMap=configmaps"):
        OtherKind.read(text)


def test_a_kind_is_read_with_its_group() -> None:
    kind = OtherKind.read("networking.k8s.io/v1/NetworkPolicy=networkpolicies")

    assert (kind.group, kind.version, kind.kind, kind.resource) == (
        "networking.k8s.io",
        "v1",
        "NetworkPolicy",
        "networkpolicies",
    )
    assert refusal(kind, dangerous_allowed=False) == ""


def test_a_kind_may_begin_with_a_small_letter() -> None:
    assert OtherKind.read("acid.zalan.do/v1/postgresql=postgresqls").kind == "postgresql"


@pytest.mark.parametrize("text", ["v1/secret=secrets", "v1/pod=pods"])
def test_a_small_letter_smuggles_no_kind_in_X02(text: str) -> None:
    assert refusal(OtherKind.read(text), dangerous_allowed=False)


def test_without_any_kind_entries_are_left_alone_C15() -> None:
    assert compiled({**DATABASE, "kind": "Whatever"}, kinds=NO_KINDS).problems == ()


# Names


@pytest.mark.parametrize("name", ["jni", "jni-a", "jni-0123-1"])
def test_a_name_as_of_start_secrets_is_refused_X02(name: str) -> None:
    assert "start Secrets" in texts(compiled({**DATABASE, "name": name}).problems)


def test_a_name_that_becomes_one_of_start_secrets_is_refused_X02() -> None:
    template = compiled({**DATABASE, "name": "{x}-a"}, variables=[{"name": "x", "pattern": "[a-z]+"}])

    assert "start Secrets" in texts(render(template, instance({"x": "jni"}), {}).problems)


# Reach


@pytest.mark.parametrize("text", ["{x}", "{bounded}", "{bounded:dns}"])
@pytest.mark.parametrize(
    "spec",
    [
        {"type": "?"},
        {"externalName": "?"},
        {"externalIPs": ["?"]},
        {"selector": {"app": "?"}},
        {"loadBalancerSourceRanges": ["?"]},
    ],
)
def test_where_a_service_leads_to_is_fixed_X02(spec: Json, text: str) -> None:
    filled = replaced(spec, text)
    service = {"name": "s", "apiVersion": "v1", "kind": "Service", "spec": filled}
    declared = [{"name": "x"}, {"name": "bounded", "pattern": "[a-z]{1,9}"}]

    (problem,) = compiled(service, variables=declared).problems

    assert "a fixed value" in problem.message


def test_a_service_may_select_the_pods_of_its_instance_W01() -> None:
    selector = {"jupyternetes.kadense.io/instanceUid": "{jupyternetes.instance.uid}"}

    assert compiled({"name": "s", "apiVersion": "v1", "kind": "Service", "spec": {"selector": selector}}).problems == ()


def test_free_text_stands_in_the_data_of_a_config_map_alone_X02() -> None:
    def config(**fields: Any) -> CompiledTemplate:
        return compiled({"name": "c", "apiVersion": "v1", "kind": "ConfigMap", **fields})

    assert config(data={"a": "{x}"}, labels={"a": "{x}"}, annotations={"a": "{x}"}).problems == ()
    for fields in ({"data": {"{x}": "a"}}, {"data": {"{x:dns}": "a"}}, {"binaryData": {"a": "{x}"}}, {"more": "{x}"}):
        assert config(**fields).problems != (), fields
    assert compiled({**DATABASE, "data": {"a": "{x}"}}).problems != ()


# Outputs


def test_an_output_with_a_pattern_is_bounded_and_one_without_is_free() -> None:
    image = container(image="{jupyternetes.otherResources.db.host}")
    assert compiled({**DATABASE, "outputs": [HOST]}, spec=image).problems == ()
    for pattern in (None, ".*"):
        weak = HOST | {"pattern": pattern}
        (problem,) = compiled({**DATABASE, "outputs": [weak]}, spec=image).problems
        assert "free text" in problem.message
    env = container(env=[{"name": "A", "value": "{jupyternetes.otherResources.db.host}"}])
    assert compiled({**DATABASE, "outputs": [{"name": "host", "path": "status.host"}]}, spec=env).problems == ()


@pytest.mark.parametrize("filtered", ["", ":dns", ":label"])
@pytest.mark.parametrize(
    "spec",
    [
        container(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "?", "key": "k"}}}]),
        container(envFrom=[{"secretRef": {"name": "?"}}]),
        {"volumes": [{"name": "v", "secret": {"secretName": "?"}}]},
        {"volumes": [{"name": "v", "projected": {"sources": [{"secret": {"name": "?"}}]}}]},
        {"imagePullSecrets": [{"name": "?"}]},
        {"serviceAccountName": "?"},
        container(image="i", env=[{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "?", "key": "k"}}}]),
    ],
)
def test_no_output_names_a_secret_X02(spec: Json, filtered: str) -> None:
    named = replaced(spec, f"{{jupyternetes.otherResources.db.host{filtered}}}")

    problems = compiled({**DATABASE, "outputs": [HOST]}, spec=named).problems

    assert "a fixed value" in texts(problems)


def test_a_secret_is_named_after_the_object_X02() -> None:
    spec = {"volumes": [{"name": "v", "secret": {"secretName": "{jupyternetes.otherResources.db}-app"}}]}

    assert compiled({**DATABASE, "outputs": [HOST]}, spec=spec).problems == ()


@pytest.mark.parametrize(
    ("outputs", "path"),
    [
        ([{"name": "a b", "path": "status.x"}], "outputs[0].name"),
        ([HOST, HOST | {"name": "HOST"}], "outputs[1].name"),
        ([HOST | {"path": "status..x"}], "outputs[0].path"),
        ([HOST | {"path": "$.status"}], "outputs[0].path"),
        ([HOST | {"path": "status.{x}"}], "outputs[0].path"),
        ([HOST | {"pattern": "(?=a)"}], "outputs[0].pattern"),
        ([HOST | {"kind": "Secret"}], "outputs[0].kind"),
    ],
)
def test_an_output_that_cannot_be_used_is_a_problem_C31(outputs: list[Json], path: str) -> None:
    (problem,) = compiled({**DATABASE, "outputs": outputs}).problems

    assert problem.path == f"$.spec.otherResources[0].{path}"


def test_an_output_that_no_entry_has_is_a_problem_C31() -> None:
    spec = container(env=[{"name": "A", "value": "{jupyternetes.otherResources.db.hots}"}])

    (problem,) = compiled({**DATABASE, "outputs": [HOST]}, spec=spec).problems

    assert "has no output 'hots' (did you mean 'host'?)" in problem.message


def test_what_waits_for_an_output_is_made_once_it_is_there() -> None:
    spec = container(env=[{"name": "A", "value": "{jupyternetes.otherResources.db.Host}"}])
    template = compiled({**DATABASE, "outputs": [HOST]}, spec=spec)

    (waiting,) = render(template, instance({}), {"otherResources": {"db": "db-1"}}).pods
    (made,) = render(template, instance({}), {"otherResources": {"db": "db-1", "db.host": "10.1.2.3"}}).pods

    assert isinstance(waiting, Waiting)
    assert waiting.needs == ("jupyternetes.otherresources.db.host",)
    assert isinstance(made, Ready)
    assert made.spec["containers"][0]["env"] == [{"name": "A", "value": "10.1.2.3"}]


# Readiness


def database(*conditions: Json, generation: int = 2, **status: Any) -> Json:
    return {"metadata": {"generation": generation}, "status": {"conditions": [*conditions], **status}}


def said(kind: str = "Ready", status: str = "True", **fields: Any) -> Json:
    return {"type": kind, "status": status, **fields}


@pytest.mark.parametrize(
    ("fields", "obj", "why"),
    [
        ({}, database(said()), ""),
        ({}, database(said("Available")), ""),
        ({}, database(said(observedGeneration=2)), ""),
        ({}, database(said(observedGeneration=1)), "earlier generation"),
        ({}, database(said(), observedGeneration=1), "earlier generation"),
        ({}, database(said(status="False", reason="Creating", message="disk 3 of 5")), "Creating: disk 3 of 5"),
        ({}, database(said("Other")), "no condition Ready or Available"),
        ({}, {}, "no condition Ready or Available"),
        ({"readyWhen": "object.status.phase == 'Up'"}, database(phase="Up"), ""),
        ({"readyWhen": "object.status.phase == 'Up'"}, database(phase="Down", message="no disk"), "Down: no disk"),
        ({"readyWhen": "object.status.phase == 'Up'"}, {"status": {}}, "cannot be decided yet"),
        ({"readyWhen": "object.status.dbStatus == 'Up'"}, {"status": {"dbStatus": "Failed"}}, "(Failed)"),
        (
            {},
            database(said(status="False", reason="NotYet"), phase="Stuck", phaseReason="full"),
            "(NotYet; Stuck: full)",
        ),
        (
            {"readyWhen": "object.status.up == true"},
            database(said("Up", "False", message="no pods"), said("Done", "False", reason="Error", message="no right")),
            "(no pods; Error: no right)",
        ),
        ({"readyWhen": "object.status.phase == 'Up'"}, {}, "cannot be decided yet"),
        ({"readyWhen": "object.spec.n > 1 && object.status.ready"}, {"spec": {"n": 2}, "status": {"ready": True}}, ""),
        (
            {"readyWhen": "object.status.conditions.exists(c, c.type == 'Up' && c.status == 'True')"},
            database(said("Up")),
            "",
        ),
        ({"outputs": [HOST]}, database(said(), host="db.example.org"), ""),
        ({"outputs": [HOST]}, database(said()), "status.host, which is output host, is not set"),
        ({"outputs": [HOST]}, database(said(), host="UPPER"), "is not what output host may be"),
        ({"outputs": [HOST]}, database(said(), host={"a": 1}), "is not set"),
        ({"outputs": [HOST]}, database(said(), host="x" * 300), "is not what output host may be"),
    ],
)
def test_an_object_is_ready_by_its_own_word(fields: Json, obj: Json, why: str) -> None:
    found = readiness(contract(**fields), obj, built_in=False)

    assert found.ready is (why == "")
    assert why in found.message
    assert "UPPER" not in found.message


def test_a_kind_of_kubernetes_own_is_ready_once_it_exists_unless_it_says_otherwise() -> None:
    assert readiness(contract(), {"metadata": {}}, built_in=True).ready
    assert not readiness(contract(), database(said("Available", "False")), built_in=True).ready


def test_words_that_are_said_twice_are_told_once() -> None:
    obj = database(said(status="False", reason="Creating"), said("Up", "False", reason="Creating"), phase="Creating")

    assert readiness(contract(), obj, built_in=False).message == "its condition Ready is not true (Creating)"


def test_outputs_are_read_from_lists_and_numbers() -> None:
    outputs = [{"name": "ip", "path": "status.at[1].ip"}, {"name": "port", "path": "spec.port"}]
    obj = {"spec": {"port": 5432}, "status": {"at": [{}, {"ip": "10.1.2.3"}]}}

    found = readiness(contract(outputs=outputs), obj, built_in=True)

    assert found.outputs == {"ip": "10.1.2.3", "port": "5432"}


@pytest.mark.parametrize("text", ["status.phase == 'Up'", "object.status.phase", "object.status.phase ==", "vars.x"])
def test_a_ready_when_that_cannot_be_used_is_a_problem_C31(text: str) -> None:
    (problem,) = compiled({**DATABASE, "readyWhen": text}).problems

    assert problem.path == "$.spec.otherResources[0].readyWhen"


def test_braces_of_ready_when_are_no_placeholders() -> None:
    assert compiled({**DATABASE, "readyWhen": "object.status == {'phase': object.spec.phase}"}).problems == ()


NAMES = ["status", "metadata", "conditions", "type", "host", "generation", "observedGeneration", "phase"]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(NAMES), anything, max_size=5), st.booleans())
def test_whatever_an_object_says_outputs_are_texts_that_fit_and_words_are_short_X02(
    obj: Mapping[str, Any], built_in: bool
) -> None:
    for fields in (
        {"outputs": [HOST]},
        {"outputs": [HOST], "readyWhen": "object.status.phase == 'Up'"},
        {"outputs": [HOST], "readyWhen": "object.phase == 1"},
    ):
        found = readiness(contract(**fields), obj, built_in=built_in)
        assert len(found.message) <= 512
        assert found.message.isprintable()
        assert bool(found.message) is not found.ready
        assert all(contract(**fields).outputs[0].takes(text) for text in found.outputs.values())


def replaced(value: Any, text: str) -> Any:
    """`value` with `text` in place of each question mark."""
    if isinstance(value, dict):
        return {key: replaced(member, text) for key, member in value.items()}
    if isinstance(value, list):
        return [replaced(item, text) for item in value]
    return text if value == "?" else value
