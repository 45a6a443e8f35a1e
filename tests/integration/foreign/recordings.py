"""What operators of other projects write into the status of their objects, and what a Template says of these.

Taken from the sources of the versions in `tests/support/foreign.py`: `pkg/resources/status` and `internal/controller`
of CloudNativePG, `internal/status` and `controllers` of the RabbitMQ Cluster Operator, `pkg/cluster` of Zalando's
Postgres Operator. `NAME` stands for the object's name.
"""

from dataclasses import dataclass
from typing import Any

from tests.support.foreign import CLOUD_NATIVE_PG, RABBITMQ, ZALANDO, Foreign
from tests.support.kube import Json

NAME = "NAME"


@dataclass(frozen=True, slots=True)
class Step:
    """A status, and what a person who waits reads meanwhile."""

    status: Json
    words: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """An operator at its work. `env`: of the pod, and what it has to become."""

    foreign: Foreign
    manager: str
    entry: Json
    steps: tuple[Step, ...]
    ready: Json
    failure: Step
    env: list[tuple[Json, Json]]

    def __str__(self) -> str:
        return self.foreign.kind.kind


def _condition(kind: str, status: str, reason: str, message: str = "") -> Json:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }


def _value(template: str, made: str) -> tuple[Json, Json]:
    return {"name": "HOST", "value": template}, {"name": "HOST", "value": made}


def _password(template: str, made: str) -> tuple[Json, Json]:
    def of(secret: str) -> Json:
        return {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": secret, "key": "password"}}}

    return of(template), of(made)


# CloudNativePG: the condition Ready, without a generation; why it is not true stands in phase and phaseReason.


def _cluster(phase: str, reason: str = "", *, ready: bool = False, **more: Any) -> Json:
    condition = (
        _condition("Ready", "True", "ClusterIsReady", "Cluster is Ready")
        if ready
        else _condition("Ready", "False", "ClusterIsNotReady", "Cluster Is Not Ready")
    )
    return {"phase": phase, "phaseReason": reason, "conditions": [condition], **more}


_SERVICES = {"writeService": f"{NAME}-rw", "readService": f"{NAME}-r", "instances": 1}

_CLOUD_NATIVE_PG = Recording(
    foreign=CLOUD_NATIVE_PG,
    manager="manager",
    entry={
        "name": "db",
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Cluster",
        "spec": {"instances": 1, "storage": {"size": "{size}"}},
        "outputs": [{"name": "host", "path": "status.writeService", "pattern": "[a-z0-9-]{1,63}"}],
    },
    steps=(
        Step({}, "no condition Ready or Available yet"),
        Step(
            _cluster("Setting up primary", f"Creating primary instance {NAME}-1", **_SERVICES),
            f"ClusterIsNotReady: Cluster Is Not Ready; Setting up primary: Creating primary instance {NAME}-1",
        ),
        Step(
            _cluster(
                "Waiting for the instances to become active",
                "Some instances are not yet active. Please wait.",
                **_SERVICES,
            ),
            "Some instances are not yet active",
        ),
    ),
    ready=_cluster("Cluster in healthy state", ready=True, readyInstances=1, **_SERVICES),
    failure=Step(
        _cluster("Unable to create required cluster objects", 'secrets "ca" is forbidden: exceeded quota'),
        'Unable to create required cluster objects: secrets "ca" is forbidden: exceeded quota',
    ),
    env=[
        _value("{jupyternetes.otherResources.db.host}", f"{NAME}-rw"),
        _password("{jupyternetes.otherResources.db}-app", f"{NAME}-app"),
    ],
)


# RabbitMQ: four conditions, none of which is Ready or Available; the generation counts once all is done.


def _broker(replicas: Json, available: Json, warnings: Json, success: Json, **more: Any) -> Json:
    return {"conditions": [replicas, available, warnings, success], **more}


_INITIALISING = _condition("ReconcileSuccess", "Unknown", "Initialising")
_NO_PODS = _condition("AllReplicasReady", "False", "NotAllPodsReady", "0/1 Pods ready")
_NO_ENDPOINTS = _condition(
    "ClusterAvailable", "False", "NoEndpointsAvailable", "The service has no endpoints available"
)
_NO_WARNINGS = _condition("NoWarnings", "True", "NoWarnings")
_USER = {"defaultUser": {"serviceReference": {"name": NAME, "namespace": "default"}}}

_RABBITMQ = Recording(
    foreign=RABBITMQ,
    manager="manager",
    entry={
        "name": "queue",
        "apiVersion": "rabbitmq.com/v1beta1",
        "kind": "RabbitmqCluster",
        "spec": {"replicas": 1, "persistence": {"storage": "{size}"}},
        "readyWhen": (
            "object.status.observedGeneration == object.metadata.generation && "
            "object.status.conditions.exists(c, c.type == 'ClusterAvailable' && c.status == 'True')"
        ),
        "outputs": [
            {"name": "host", "path": "status.defaultUser.serviceReference.name", "pattern": "[a-z0-9-]{1,63}"},
        ],
    },
    steps=(
        Step(
            _broker(
                _condition("AllReplicasReady", "Unknown", "MissingStatefulSet", "Could not find StatefulSet"),
                _condition(
                    "ClusterAvailable",
                    "Unknown",
                    "CouldNotRetrieveEndpoints",
                    "Could not verify available service endpoints",
                ),
                _condition("NoWarnings", "Unknown", "MissingStatefulSet", "Could not find StatefulSet"),
                _INITIALISING,
            ),
            "MissingStatefulSet: Could not find StatefulSet; CouldNotRetrieveEndpoints",
        ),
        Step(_broker(_NO_PODS, _NO_ENDPOINTS, _NO_WARNINGS, _INITIALISING, **_USER), "NotAllPodsReady: 0/1 Pods ready"),
        Step(
            _broker(
                _condition("AllReplicasReady", "True", "AllPodsAreReady"),
                _condition("ClusterAvailable", "True", "AtLeastOneEndpointAvailable"),
                _NO_WARNINGS,
                _INITIALISING,
                **_USER,
            ),
            "Initialising",
        ),
    ),
    ready=_broker(
        _condition("AllReplicasReady", "True", "AllPodsAreReady"),
        _condition("ClusterAvailable", "True", "AtLeastOneEndpointAvailable"),
        _NO_WARNINGS,
        _condition("ReconcileSuccess", "True", "Success", "Finish reconciling"),
        observedGeneration=1,
        **_USER,
    ),
    failure=Step(
        _broker(
            _NO_PODS,
            _NO_ENDPOINTS,
            _NO_WARNINGS,
            _condition("ReconcileSuccess", "False", "Error", "statefulsets.apps is forbidden: no right to create"),
        ),
        "Error: statefulsets.apps is forbidden: no right to create",
    ),
    env=[
        _value("{jupyternetes.otherResources.queue.host}", NAME),
        _password("{jupyternetes.otherResources.queue}-default-user", f"{NAME}-default-user"),
    ],
)


# Zalando's: one word, under a name of its own; what it makes is named after the object.

_SECRET = "notebook.{}.credentials.postgresql.acid.zalan.do"

_ZALANDO = Recording(
    foreign=ZALANDO,
    manager="postgres-operator",
    entry={
        "name": "acid-db",
        "apiVersion": "acid.zalan.do/v1",
        "kind": "postgresql",
        "spec": {
            "teamId": "acid",
            "numberOfInstances": 1,
            "volume": {"size": "{size}"},
            "postgresql": {"version": "17"},
            "users": {"notebook": ["createdb"]},
        },
        "readyWhen": "object.status.PostgresClusterStatus == 'Running'",
    },
    steps=(
        Step({}, "readyWhen cannot be decided yet"),
        Step({"PostgresClusterStatus": "Creating"}, "readyWhen is not true of it (Creating)"),
    ),
    ready={"PostgresClusterStatus": "Running"},
    failure=Step({"PostgresClusterStatus": "CreateFailed"}, "readyWhen is not true of it (CreateFailed)"),
    env=[
        _value("{jupyternetes.otherResources.acid-db}", NAME),
        _password(_SECRET.format("{jupyternetes.otherResources.acid-db}"), _SECRET.format(NAME)),
    ],
)

RECORDINGS = (_CLOUD_NATIVE_PG, _RABBITMQ, _ZALANDO)
