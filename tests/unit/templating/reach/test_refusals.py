"""What comes with choices, whose claims may be named, which names are fixed, and how a refusal reads."""

import pytest

from jupyternetes.templating import Invalid, compile_template, render
from tests.unit.templating.reach.reach_support import reach_problems
from tests.unit.templating.templating_support import container, instance, pod_template, texts

# What comes with choices


def sized(values, *more):
    return [{"name": "size", "choices": [{"value": "a", "values": values}]}, *more]


def test_what_comes_with_a_choice_is_fixed():
    for spec in (
        {"serviceAccountName": "{size.it}"},
        {"volumes": [{"name": "v", "hostPath": {"path": "{size.it}"}}]},
        container(securityContext={"privileged": "{size.it}"}),
    ):
        assert reach_problems(spec, sized({"it": "a"})) == ()


def test_what_comes_with_a_choice_is_as_weak_as_its_weakest_placeholder():
    declared = sized({"it": "base:{tag}"}, {"name": "tag"})
    (problem,) = reach_problems(container(image="{size.it}"), declared)
    assert problem.path == "$.spec.variables[0].choices[0].values.it"
    (problem,) = reach_problems(container(image="example.org/{size.it}"), declared)
    assert "bound what the choices of 'size' have placeholders for" in problem.message
    bounded = sized({"it": "base:{tag}"}, {"name": "tag", "pattern": "[a-z]+"})
    assert reach_problems(container(image="{size.it}"), bounded) == ()
    assert reach_problems({"serviceAccountName": "{size.it}"}, bounded) != ()


def test_lists_that_come_with_a_choice_are_judged_where_they_come_to_stand():
    init = [{"name": "i", "image": "{x}", "env": [{"name": "A", "value": "{x}"}]}]
    (problem,) = reach_problems({"initContainers": "{size.init}"}, sized({"init": init}, {"name": "x"}))
    assert problem.path == "$.spec.variables[0].choices[0].values.init[0].image"


# Claims


def claims(**fields):
    return compile_template({"pvcs": [{"name": "home", "spec": {"accessModes": ["ReadWriteOnce"]}, **fields}]}).problems


CREATES = ["Never", "IfMissing"]


@pytest.mark.parametrize("create", CREATES)
@pytest.mark.parametrize("filtered", ["dns", "label", "kubespawner", "kubespawner-escape"])
@pytest.mark.parametrize("name", ["jupyterhub.user.name", "jupyterhub.server.name", "jupyterhub.user_server"])
def test_the_hubs_names_may_choose_a_claim_through_a_filter(name, filtered, create):
    assert claims(claimName=f"home-{{{name}:{filtered}}}", create=create) == ()


@pytest.mark.parametrize("create", CREATES)
@pytest.mark.parametrize(
    "text",
    [
        "{x}",
        "{x:dns}",
        "{x:kubespawner}",
        "{jupyterhub.user.name}",
        "{jupyterhub.user.name:url}",
        "{jupyterhub.user_server}",
        "{jupyterhub.user.id:dns}",
        "{jupyterhub.user.id:kubespawner-escape}",
        "{instance.name}",
        "{jupyternetes.instance.name:dns}",
        "home-{jupyterhub.user.name:dns}-{x:dns}",
    ],
)
def test_nothing_else_may_choose_a_claim_X02(text, create):
    (problem,) = claims(claimName=text, create=create)
    assert "{jupyterhub.user.name:dns}" in problem.message


def chosen(text, create, variable):
    entry = {"name": "home", "spec": {"accessModes": ["ReadWriteOnce"]}, "claimName": text, "create": create}
    other = {"name": "other", "spec": {}}
    return compile_template({"variables": [variable], "pvcs": [other, entry]}).problems


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("home-{x}", {"name": "x", "enum": ["a", "b"]}),
        ("home-{x:dns}", {"name": "x", "enum": ["a", "b"]}),
        ("{x.claim}", {"name": "x", "choices": [{"value": "a", "values": {"claim": "home-a"}}]}),
        (
            "{x.claim}",
            {"name": "x", "choices": [{"value": "a", "values": {"claim": "home-{jupyterhub.user.name:dns}"}}]},
        ),
        ("home-{x:dns}", {"name": "x", "pattern": "[ab]"}),
        ("{jupyternetes.pvcs.other}-too", {"name": "x"}),
    ],
)
def test_a_claim_that_is_made_is_not_called_after_a_choice_X02(text, variable):
    assert [problem.path for problem in chosen(text, "IfMissing", variable)] == ["$.spec.pvcs[1].claimName"]


def test_a_claim_that_is_there_already_may_be_one_of_a_list():
    assert chosen("home-{x}", "Never", {"name": "x", "enum": ["a", "b"]}) == ()


@pytest.mark.parametrize("text", ["home", "home-{jupyternetes.instance.uid}", "{jupyternetes.instance.namespace}-home"])
def test_what_is_fixed_may_stand_in_the_name_of_a_claim_that_is_made(text):
    assert claims(claimName=text, create="IfMissing") == ()


def test_a_claim_that_is_made_by_name_has_a_name_and_a_spec():
    (problem,) = claims(create="IfMissing")
    assert (problem.path, "claimName" in problem.message) == ("$.spec.pvcs[0].create", True)
    (problem,) = claims(claimName="home", create="IfMissing", spec=None)
    assert problem.path == "$.spec.pvcs[0].spec"


@pytest.mark.parametrize(
    "fields",
    [
        {"volumeName": "{x:dns}"},
        {"selector": {"matchLabels": {"user": "{x:label}"}}},
        {"dataSource": {"kind": "PersistentVolumeClaim", "name": "{x:dns}"}},
        {"dataSourceRef": {"kind": "PersistentVolumeClaim", "name": "a", "namespace": "{x:dns}"}},
        {"storageClassName": "{x}"},
        {"resources": {"requests": {"storage": "{x}"}}},
    ],
)
def test_a_claim_does_not_take_what_others_have(fields):
    assert len(claims(spec=fields)) == 1


def test_a_pod_names_claims_of_its_template_only():
    def volumes(name):
        return {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": name}}]}

    pvcs = [{"name": "home", "claimName": "{jupyterhub.user.name:dns}"}]
    template = pod_template(volumes("{jupyternetes.pvcs.home}")) | {"pvcs": pvcs}
    assert compile_template(template).problems == ()
    for theft in (
        "{jupyterhub.user.name:dns}",
        "claim-{jupyterhub.user_server:kubespawner}",
        "{jupyternetes.pvcs.home:dns}",
        "{instance.name}",
    ):
        (problem,) = compile_template(pod_template(volumes(theft)) | {"pvcs": pvcs}).problems
        assert "{jupyternetes.pvcs" in problem.message
    # and the claim, whose name the hub has chosen, is the name of nothing else
    stolen = pod_template({"volumes": [{"name": "v", "secret": {"secretName": "{jupyternetes.pvcs.home}"}}]})
    (problem,) = compile_template(stolen | {"pvcs": pvcs}).problems
    assert problem.path.endswith("secretName")


# Names that only operators give


def test_names_of_the_operators_are_fixed():
    for name in ("jupyternetes.instance.uid", "jupyternetes.instance.namespace", "template.name", "template.namespace"):
        assert reach_problems({"serviceAccountName": f"{{{name}}}"}) == ()
    (problem,) = reach_problems({"serviceAccountName": "{instance.name}"})
    assert "{jupyternetes.instance.uid}" in problem.message


def test_an_instance_gives_names_of_the_operators_no_value_X02():
    template = pod_template({"serviceAccountName": "sa-{jupyternetes.instance.uid}"})
    (made,) = render(compile_template(template), instance({"jupyternetes.instance.uid": "admin"}), {}).pods
    assert made.spec["serviceAccountName"] == "sa-uid-1"


def test_other_resources_have_fixed_kinds_and_bounded_fields():
    def other(**fields):
        return compile_template(
            {"otherResources": [{"name": "a", "apiVersion": "v1", "kind": "Widget", **fields}]}
        ).problems

    assert other(kind="{x:label}") != ()
    assert other(apiVersion="{x:dns}") != ()
    assert other(data={"a": "{x}"}) != ()
    assert other(data={"a": "{x:dns}"}) == ()
    assert other(data={"{x:dns}": "a"}) != ()


# How a refusal reads


def test_a_refusal_says_where_what_and_the_line_to_add():
    found = reach_problems(container(image="{image}"))
    assert texts(found) == (
        "Template $.spec.pods[0].spec.containers[0].image: {image} is free text (whatever an Instance says), and here "
        "may be no more than a bounded value (within a pattern or an amount): add to spec.variables: "
        "- {name: image, enum: [the values that there are]} or - {name: image, pattern: '[a-z0-9-]+'}"
    )


def test_amounts_of_the_hub_are_mended_by_a_maximum():
    (problem,) = reach_problems(container(resources={"limits": {"memory": "{jupyterhub.mem_limit}"}}))
    line = "- {name: jupyterhub.mem_limit, type: quantity, maximum: the greatest amount}"
    assert problem.message.endswith(f"add to spec.variables: {line}")


def test_the_users_name_in_a_sub_path_is_mended_by_a_filter_T01():
    def mounted(sub_path):
        return container(volumeMounts=[{"name": "v", "mountPath": "/v", "subPath": sub_path}])

    (problem,) = reach_problems(mounted("{jupyterhub.user.name}"))
    assert "write {jupyterhub.user.name:dns}" in problem.message
    assert reach_problems(mounted("{jupyterhub.user.name:dns}")) == ()


def test_every_place_is_named_once_and_all_at_once():
    spec = container(image="{a}-{b}", securityContext={"privileged": "{c}"}) | {"hostNetwork": "{d}"}
    assert [problem.path.rpartition(".")[2] for problem in reach_problems(spec)] == [
        "image",
        "privileged",
        "hostNetwork",
    ]


def test_a_wrong_declaration_is_not_called_unbounded_too():
    declared = [{"name": "x", "pattern": "("}]
    (problem,) = reach_problems(container(image="{x}"), declared)
    assert problem.path == "$.spec.variables[0].pattern"


def test_with_nothing_accepted_nothing_is_made_X02():
    compiled = compile_template(pod_template(container(image="{image}")))
    (made,) = render(compiled, instance({"image": "example.org/any"}), {}).pods
    assert isinstance(made, Invalid)


def test_a_bound_for_a_variable_of_the_hub_may_be_declared():
    declared = [{"name": "jupyterhub.user.name", "pattern": "[a-z0-9]+"}]
    mount = container(volumeMounts=[{"name": "v", "mountPath": "/v", "subPath": "{jupyterhub.user.name}"}])
    assert reach_problems(mount, declared) == ()


@pytest.mark.parametrize(
    ("pattern", "spec", "advice"),
    [
        (None, container(image="{jupyternetes.otherResources.db.it}"), "give the output a pattern"),
        ("[a-z]+", {"serviceAccountName": "{jupyternetes.otherResources.db.it}"}, "may not choose it"),
        (None, container(envFrom=[{"secretRef": {"name": "{jupyternetes.otherResources.db.it}"}}]), "db}-app"),
    ],
)
def test_what_an_output_may_not_be_is_told_with_what_to_write_instead(pattern, spec, advice):
    output = {"name": "it", "path": "status.it"} | ({"pattern": pattern} if pattern else {})
    entry = {"name": "db", "apiVersion": "databases.example.org/v1", "kind": "Database", "outputs": [output]}

    (problem,) = compile_template({**pod_template(spec), "otherResources": [entry]}).problems

    assert advice in problem.message
