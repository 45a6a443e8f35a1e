"""What a breached hub would like to choose, it cannot: the Template that leaves it the choice is not accepted."""

import json

import pytest

from jupyternetes.templating import Invalid, Ready, compile_template, render
from tests.unit.templating.reach.reach_support import ENUM, FREE, PATTERN, problems, reach_problems
from tests.unit.templating.templating_support import container, instance, pod_template

FIXED_PLACES = {
    "service account": {"serviceAccountName": FREE},
    "service account, the old name": {"serviceAccount": FREE},
    "token of the service account": {"automountServiceAccountToken": FREE},
    "network of the host": {"hostNetwork": FREE},
    "processes of the host": {"hostPID": FREE},
    "memory of the host": {"hostIPC": FREE},
    "users of the host": {"hostUsers": FREE},
    "processes of other containers": {"shareProcessNamespace": FREE},
    "node": {"nodeName": FREE},
    "nodes": {"nodeSelector": {"zone": FREE}},
    "tainted nodes": {"tolerations": [{"key": "gpu", "value": FREE}]},
    "nodes by affinity": {
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": "zone", "operator": "In", "values": [FREE]}]}]
                }
            }
        }
    },
    "namespaces of neighbours": {
        "affinity": {
            "podAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone", "namespaces": [FREE]}]
            }
        }
    },
    "priority": {"priorityClassName": FREE},
    "runtime": {"runtimeClassName": FREE},
    "scheduler": {"schedulerName": FREE},
    "devices": {"resourceClaims": [{"name": "gpu", "resourceClaimName": FREE}]},
    "pull secret": {"imagePullSecrets": [{"name": FREE}]},
    "host path": {"volumes": [{"name": "v", "hostPath": {"path": FREE}}]},
    "part of a host path": {"volumes": [{"name": "v", "hostPath": {"path": "/home/{x}"}}]},
    "CSI volume": {"volumes": [{"name": "v", "csi": {"driver": "d", "volumeAttributes": {"share": FREE}}}]},
    "NFS path": {"volumes": [{"name": "v", "nfs": {"server": "s", "path": "/export/{x}"}}]},
    "foreign Secret": {"volumes": [{"name": "v", "secret": {"secretName": FREE}}]},
    "foreign ConfigMap": {"volumes": [{"name": "v", "configMap": {"name": FREE}}]},
    "foreign Secret, projected": {"volumes": [{"name": "v", "projected": {"sources": [{"secret": {"name": FREE}}]}}]},
    "audience of a token": {
        "volumes": [{"name": "v", "projected": {"sources": [{"serviceAccountToken": {"audience": FREE}}]}}]
    },
    "foreign claim": {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": FREE}}]},
    "snapshot of others": {
        "volumes": [{"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": {"dataSource": {"name": FREE}}}}}]
    },
    "groups": {"securityContext": {"supplementalGroups": [FREE]}},
    "user of all": {"securityContext": {"runAsUser": FREE}},
    "kernel settings": {"securityContext": {"sysctls": [{"name": "net.core.somaxconn", "value": FREE}]}},
    "privileged": container(securityContext={"privileged": FREE}),
    "capabilities": container(securityContext={"capabilities": {"add": [FREE]}}),
    "whole security context": container(securityContext=FREE),
    "user": container(securityContext={"runAsUser": FREE}),
    "name of a variable": container(env=[{"name": FREE, "value": "1"}]),
    "variables of a Secret": container(envFrom=[{"secretRef": {"name": FREE}}]),
    "variables by prefix": container(envFrom=[{"prefix": FREE, "configMapRef": {"name": "c"}}]),
    "key of a Secret": container(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": FREE, "key": "k"}}}]),
    "mount propagation": container(volumeMounts=[{"name": "v", "mountPath": "/v", "mountPropagation": FREE}]),
    "name of a resource": container(resources={"limits": {FREE: 1}}),
    "name of a field": {FREE: True},
    "name of a field of a container": container(**{"{x}": True}),
}
BOUNDED_PLACES = {
    "image": container(image=FREE),
    "tag of an image": container(image="example.org/base:{x}"),
    "image as a volume": {"volumes": [{"name": "v", "image": {"reference": FREE}}]},
    "sub-path of a shared volume": container(volumeMounts=[{"name": "v", "mountPath": "/v", "subPath": FREE}]),
    "the same by the environment": container(volumeMounts=[{"name": "v", "mountPath": "/v", "subPathExpr": FREE}]),
    "limits": container(resources={"limits": {"memory": FREE}}),
    "port of the host": container(ports=[{"containerPort": 1, "hostPort": FREE}]),
    "command of a probe": container(livenessProbe={"exec": {"command": ["check", FREE]}}),
    "command of a hook": container(lifecycle={"preStop": {"exec": {"command": ["sh", "-c", "{x:shell}"]}}}),
    "host name": {"hostname": FREE},
    "name server": {"dnsConfig": {"nameservers": [FREE]}},
    "alias": {"hostAliases": [{"ip": FREE, "hostnames": ["hub"]}]},
    "time": {"activeDeadlineSeconds": FREE},
    "labels of neighbours": {
        "topologySpreadConstraints": [{"topologyKey": "zone", "labelSelector": {"matchLabels": {"user": FREE}}}]
    },
    "a field of a newer Kubernetes": {"brandNew": {"deep": [FREE]}},
}


@pytest.mark.parametrize("spec", FIXED_PLACES.values(), ids=FIXED_PLACES)
def test_an_instance_cannot_choose_what_is_fixed_X02(spec):
    # neither freely, nor within a pattern
    for declared in ((), PATTERN):
        (problem,) = reach_problems(spec, declared)
        assert "enum: " in problem.message
    # nor under the Template's name for its Instance, which whoever makes one gives
    named = json.loads(json.dumps(spec).replace(FREE, "{instance.name}"))
    assert reach_problems(named) != ()


@pytest.mark.parametrize("spec", FIXED_PLACES.values(), ids=FIXED_PLACES)
def test_what_the_template_lists_may_stand_anywhere(spec):
    assert [problem for problem in problems(spec, ENUM) if " is " in problem.message and "{x}" in problem.message] == []


@pytest.mark.parametrize("spec", BOUNDED_PLACES.values(), ids=BOUNDED_PLACES)
def test_free_text_may_not_stand_where_a_bounded_value_may_T01_F08_X02(spec):
    (problem,) = reach_problems(spec)
    assert "add to " in problem.message
    assert reach_problems(spec, PATTERN) == ()
    assert reach_problems(spec, ENUM) == ()


def test_a_pattern_that_anything_matches_is_no_bound():
    for pattern in (".*", ".+", r"[\s\S]*", "(?s).{0,50}", r"\S+", "[^\n]+", ".{1,64}", "a?.*", "(.|\n)+", ".*a.*"):
        (problem,) = reach_problems(BOUNDED_PLACES["image"], [{"name": "x", "pattern": pattern, "maxLength": 64}])
        assert "{x} is free text" in problem.message, pattern
    for pattern in ("[a-z]+", "[^/]+", r"example\.org/.*", "[A-Za-z0-9._-]{1,63}", r"\d+", "a|b", "[[:word:]]+"):
        assert reach_problems(BOUNDED_PLACES["image"], [{"name": "x", "pattern": pattern}]) == (), pattern


def test_amounts_are_bounded_by_their_maximum():
    spec = container(resources={"limits": {"memory": FREE}})
    for kind, most in (("quantity", "8Gi"), ("integer", 8), ("number", 8)):
        (problem,) = reach_problems(spec, [{"name": "x", "type": kind}])
        assert problem.message.endswith("add to the declaration of 'x': maximum: the greatest amount")
        assert reach_problems(spec, [{"name": "x", "type": kind, "maximum": most}]) == ()
    assert reach_problems(spec, [{"name": "x", "type": "boolean"}]) == ()


def test_a_boolean_is_no_list_that_somebody_has_thought_of():
    assert reach_problems({"hostNetwork": FREE}, [{"name": "x", "type": "boolean"}]) != ()
    assert reach_problems({"hostNetwork": FREE}, [{"name": "x", "type": "boolean", "enum": [True, False]}]) == ()


def test_filters_that_make_names_bound_a_value():
    image = container(image="example.org/{jupyterhub.user.name:dns}")
    assert reach_problems(image) == ()
    assert reach_problems(container(image="example.org/{x:label}")) == ()
    for weaker in ("url", "json", "shell"):
        assert reach_problems(container(image=f"example.org/{{x:{weaker}}}")) != ()
    assert reach_problems({"serviceAccountName": "{jupyterhub.user.name:dns}"}) != ()


@pytest.mark.parametrize("key", ["labels", "annotations"])
def test_keys_of_metadata_are_fixed(key):
    (problem,) = reach_problems({}, **{key: {"example.org/{x:label}": "1"}})
    assert problem.path == f"$.spec.pods[0].{key}['example.org/{{x:label}}']"
    assert "the key of a map" in problem.message
    assert reach_problems({}, ENUM, **{key: {"example.org/{x}": "1"}}) == ()


def test_labels_take_free_text_that_is_a_label_value():
    template = pod_template({}, labels={"user": "{jupyterhub.user.id}"})
    for value, fine in (("42", True), ("a b", False), ("x" * 64, False), ("{y}", False)):
        result = render(compile_template(template), instance({"jupyterhub.user.id": value}), {})
        assert isinstance(result.pods[0], Ready if fine else Invalid)


def test_annotations_take_free_text_unless_their_key_has_a_foreign_domain():
    for key in ("note", "jupyternetes.kadense.io/note", "hub.jupyter.org/username"):
        assert reach_problems({}, annotations={key: "{jupyterhub.user.name}"}) == ()
    for key in ("k8s.v1.cni.cncf.io/networks", "container.apparmor.security.beta.kubernetes.io/c", "x.kadense.io/y"):
        (problem,) = reach_problems({}, annotations={key: "{jupyterhub.user.name}"})
        assert "{jupyterhub.user.name:dns}" in problem.message
    assert reach_problems({}, [*ENUM, {"name": "y"}], annotations={"{x}": "{y}"}) != ()


# JSON that brings structure


@pytest.mark.parametrize(
    "spec",
    [
        "{x}",
        {"containers": FREE},
        {"containers": [FREE]},
        {"securityContext": FREE},
        {"volumes": [FREE]},
        container(env=FREE),
        container(env=[FREE]),
        container(workingDir=FREE),
        container(volumeMounts=[{"name": "v", "mountPath": FREE}]),
        container(resources=FREE),
        container(livenessProbe={"exec": {"command": FREE}}),
    ],
)
def test_json_brings_no_keys_X02(spec):
    for declared in ([{"name": "x", "type": "json"}], [{"name": "x", "type": "json", "maxLength": 5}]):
        assert reach_problems(spec, declared) != ()


@pytest.mark.parametrize("place", ["command", "args"])
@pytest.mark.parametrize(
    ("value", "fine"),
    [
        ('["--port","1"]', True),
        ("[]", True),
        ("null", True),
        ('{"a":"b"}', False),
        ("[1]", False),
        ('[["a"]]', False),
        ('[{"a":1}]', False),
        ("[null]", False),
        ('"text"', False),
        ("1", False),
    ],
)
def test_json_may_be_a_list_of_strings_in_command_and_args(place, value, fine):
    template = pod_template(container(**{place: FREE})) | {"variables": [{"name": "x", "type": "json"}]}
    compiled = compile_template(template)
    assert compiled.problems == ()
    (made,) = render(compiled, instance({"x": value}), {}).pods
    assert isinstance(made, Ready if fine else Invalid)


def test_json_of_which_the_template_lists_all_may_be_structure():
    declared = [{"name": "x", "type": "json", "enum": [{"runAsUser": 1000}, {"runAsUser": 1001}]}]
    assert reach_problems(container(securityContext=FREE), declared) == ()
