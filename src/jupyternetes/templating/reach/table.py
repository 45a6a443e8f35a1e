"""What may stand where: the one list to review before a new Kubernetes is supported.

Every place of a PodSpec and of a PersistentVolumeClaimSpec is here, of all supported versions: a test enumerates them
from `positions.txt`, and fails for one that is not. What is at stake decides, not what is likely: a fixed place chooses
whose rights, files, secrets or nodes are used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from jupyternetes.api.fields import name_of
from jupyternetes.api.other_kinds import group_of
from jupyternetes.api.template import ClaimEntry, Entry, OtherEntry, PodEntry
from jupyternetes.templating.reach.levels import Reach
from jupyternetes.templating.reach.places import UNKNOWN, Place, Special, tree
from jupyternetes.templating.references import OTHER_RESOURCES, PODS, PVCS

_Rows = Mapping[Reach, str]

_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS: Final = ("lifecycle.postStart", "lifecycle.preStop")
_NEW_CLAIM: Final = "volumes[].ephemeral.volumeClaimTemplate"
_CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")

_CLAIM: Final[_Rows] = {
    Reach.FIXED: """
        dataSource.** dataSourceRef.** selector.** volumeName
    """,
    Reach.BOUNDED: """
        accessModes[] resources.limits{} resources.requests{} storageClassName volumeAttributesClassName volumeMode
    """,
}

_ACTION: Final[_Rows] = {
    Reach.BOUNDED: """
        exec.command[] httpGet.host httpGet.httpHeaders[].name httpGet.httpHeaders[].value httpGet.path httpGet.port
        httpGet.protocol httpGet.scheme tcpSocket.host tcpSocket.port
    """,
}

_PROBE: Final[_Rows] = {
    Reach.BOUNDED: """
        failureThreshold grpc.mode grpc.port grpc.service initialDelaySeconds periodSeconds successThreshold
        terminationGracePeriodSeconds timeoutSeconds
    """,
}

_CONTAINER: Final[_Rows] = {
    Reach.FREE: """
        args[] command[] env[].value volumeMounts[].mountPath workingDir
    """,
    Reach.FIXED: """
        env[].name env[].valueFrom.configMapKeyRef.** env[].valueFrom.secretKeyRef.** envFrom.** resources.claims.**
        securityContext.** volumeMounts[].bindMountOptions.** volumeMounts[].mountPropagation
    """,
    Reach.BOUNDED: """
        env[].valueFrom.fieldRef.apiVersion env[].valueFrom.fieldRef.fieldPath
        env[].valueFrom.fileKeyRef.key env[].valueFrom.fileKeyRef.optional env[].valueFrom.fileKeyRef.path
        env[].valueFrom.fileKeyRef.volumeName env[].valueFrom.resourceFieldRef.containerName
        env[].valueFrom.resourceFieldRef.divisor env[].valueFrom.resourceFieldRef.resource
        image imagePullPolicy lifecycle.stopSignal name
        ports[].containerPort ports[].hostIP ports[].hostPort ports[].name ports[].protocol
        resizePolicy[].resourceName resizePolicy[].restartPolicy resources.limits{} resources.requests{}
        restartPolicy restartPolicyRules[].action restartPolicyRules[].exitCodes.operator
        restartPolicyRules[].exitCodes.values[] stdin stdinOnce
        terminationMessagePath terminationMessagePolicy tty volumeDevices[].devicePath volumeDevices[].name
        volumeMounts[].name volumeMounts[].readOnly volumeMounts[].recursiveReadOnly volumeMounts[].subPath
        volumeMounts[].subPathExpr
    """,
}

_VOLUME: Final[_Rows] = {
    Reach.FIXED: """
        awsElasticBlockStore.** azureDisk.** azureFile.** cephfs.** cinder.** configMap.** csi.** fc.** flexVolume.**
        flocker.** gcePersistentDisk.** gitRepo.** glusterfs.** hostPath.** iscsi.** nfs.**
        persistentVolumeClaim.claimName photonPersistentDisk.** portworxVolume.** projected.** quobyte.** rbd.**
        scaleIO.** secret.** storageos.** vsphereVolume.** ephemeral.volumeClaimTemplate.metadata.**
    """,
    Reach.BOUNDED: """
        downwardAPI.defaultMode downwardAPI.defaultUser downwardAPI.items[].fieldRef.apiVersion
        downwardAPI.items[].fieldRef.fieldPath downwardAPI.items[].mode downwardAPI.items[].path
        downwardAPI.items[].resourceFieldRef.containerName downwardAPI.items[].resourceFieldRef.divisor
        downwardAPI.items[].resourceFieldRef.resource downwardAPI.items[].user
        emptyDir.medium emptyDir.mode emptyDir.sizeLimit image.pullPolicy image.reference name
        persistentVolumeClaim.readOnly
    """,
}

_AFFINITY_TERM: Final[_Rows] = {
    Reach.FIXED: """
        namespaces.** namespaceSelector.**
    """,
    Reach.BOUNDED: """
        labelSelector.matchExpressions[].key labelSelector.matchExpressions[].operator
        labelSelector.matchExpressions[].values[] labelSelector.matchLabels{} matchLabelKeys[] mismatchLabelKeys[]
        topologyKey
    """,
}

_POD: Final[_Rows] = {
    Reach.FIXED: """
        affinity.nodeAffinity.** automountServiceAccountToken evictionResponders.** hostIPC hostNetwork hostPID
        hostUsers imagePullSecrets.** nodeName nodeSelector.** overhead.** preemptionPolicy priority priorityClassName
        resourceClaims.** resources.claims.** runtimeClassName schedulerName schedulingGroup.** securityContext.**
        serviceAccount serviceAccountName shareProcessNamespace tolerations.** workloadRef.**
    """,
    Reach.BOUNDED: """
        activeDeadlineSeconds
        affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[].weight
        affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[].weight
        dnsConfig.nameservers[] dnsConfig.options[].name dnsConfig.options[].value dnsConfig.searches[] dnsPolicy
        enableServiceLinks hostAliases[].hostnames[] hostAliases[].ip hostname hostnameOverride os.name
        readinessGates[].conditionType resources.limits{} resources.requests{} restartPolicy schedulingGates[].name
        setHostnameAsFQDN subdomain terminationGracePeriodSeconds
        topologySpreadConstraints[].labelSelector.matchExpressions[].key
        topologySpreadConstraints[].labelSelector.matchExpressions[].operator
        topologySpreadConstraints[].labelSelector.matchExpressions[].values[]
        topologySpreadConstraints[].labelSelector.matchLabels{} topologySpreadConstraints[].matchLabelKeys[]
        topologySpreadConstraints[].maxSkew topologySpreadConstraints[].minDomains
        topologySpreadConstraints[].nodeAffinityPolicy topologySpreadConstraints[].nodeTaintsPolicy
        topologySpreadConstraints[].topologyKey topologySpreadConstraints[].whenUnsatisfiable
    """,
}

_SPECIAL_OF_CONTAINERS: Final = {
    "args": Special.STRINGS,
    "args[]": Special.TEXT,
    "command": Special.STRINGS,
    "command[]": Special.TEXT,
    "env[].value": Special.TEXT,
    "volumeMounts[].mountPath": Special.PATH_PART,
    "workingDir": Special.PATH_PART,
}


_METADATA: Final = (("name", Reach.BOUNDED), ("labels{}", Reach.FREE), ("annotations{}", Reach.FREE))
_SPECIAL_OF_METADATA: Final = {"labels{}": Special.TEXT, "annotations{}": Special.ANNOTATION}


def _rows(rows: _Rows, prefix: str = "") -> Iterator[tuple[str, Reach]]:
    for most, paths in rows.items():
        yield from ((f"{prefix}{path}", most) for path in paths.split())


def _pod_rows() -> Iterator[tuple[str, Reach]]:
    yield from _rows(_POD)
    for kind in ("podAffinity", "podAntiAffinity"):
        required = f"affinity.{kind}.requiredDuringSchedulingIgnoredDuringExecution[]."
        preferred = f"affinity.{kind}.preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm."
        yield from _rows(_AFFINITY_TERM, required)
        yield from _rows(_AFFINITY_TERM, preferred)
    yield "ephemeralContainers[].targetContainerName", Reach.BOUNDED
    for containers in _CONTAINERS:
        yield f"{containers}[].args", Reach.FREE
        yield f"{containers}[].command", Reach.FREE
        yield from _rows(_CONTAINER, f"{containers}[].")
        for probe in _PROBES:
            yield from _rows(_ACTION, f"{containers}[].{probe}.")
            yield from _rows(_PROBE, f"{containers}[].{probe}.")
        for hook in _HOOKS:
            yield from _rows(_ACTION, f"{containers}[].{hook}.")
            yield f"{containers}[].{hook}.sleep.seconds", Reach.BOUNDED
    yield from _rows(_VOLUME, "volumes[].")
    yield f"{_NEW_CLAIM}.metadata.labels{{}}", Reach.FREE
    yield f"{_NEW_CLAIM}.metadata.annotations{{}}", Reach.FREE
    yield from _rows(_CLAIM, f"{_NEW_CLAIM}.spec.")


def _pod() -> Place:
    special = {"volumes[].persistentVolumeClaim.claimName": Special.CLAIM}
    special |= {f"{_NEW_CLAIM}.metadata.{path}": rule for path, rule in _SPECIAL_OF_METADATA.items()}
    for containers in _CONTAINERS:
        special |= {f"{containers}[].{path}": rule for path, rule in _SPECIAL_OF_CONTAINERS.items()}
    made = tree(_pod_rows(), special)
    members = dict(made.members)
    for containers in _CONTAINERS:
        lists = members[containers]
        one = replace(lists.members["[]"], container=True)
        members[containers] = replace(lists, members={"[]": one})
    return replace(made, members=members)


def _entry(*rows: tuple[str, Reach], special: Mapping[str, Special] | None = None, spec: Place = UNKNOWN) -> Place:
    made = tree([*_METADATA, *rows], {**_SPECIAL_OF_METADATA, **(special or {})})
    return replace(made, members={**made.members, "spec": spec})


@dataclass(frozen=True, slots=True)
class Places:
    """What may stand where in the entries of a Template, by the kind of the entry.

    `objects`: the same of entries of `otherResources`, by the group and the kind of the object, where it matters.
    """

    entries: Mapping[str, Place]
    objects: Mapping[tuple[str, str], Place] = field(default_factory=dict[tuple[str, str], Place])

    def of(self, kind: str, entry: Entry) -> Place:
        """The places of one entry."""
        if isinstance(entry, OtherEntry):
            return self.objects.get((group_of(entry.api_version), entry.kind), self.entries[kind])
        return self.entries[kind]


POD_SPEC: Final = _pod()
CLAIM_SPEC: Final = tree(_rows(_CLAIM), {})

_CLAIM_NAME: Final = name_of(ClaimEntry.claim_name)
_KIND: Final = ((name_of(OtherEntry.api_version), Reach.FIXED), (name_of(OtherEntry.kind), Reach.FIXED))

#: A Service leads people to pods, and with the fields below to any address; a policy opens the pods that it selects.
_SERVICE_SPEC: Final = tree(
    _rows(
        {
            Reach.FIXED: """
                externalIPs.** externalName loadBalancerClass loadBalancerIP loadBalancerSourceRanges.** selector.**
                type
            """
        }
    ),
    {},
)
_NETWORK_POLICY_SPEC: Final = tree(_rows({Reach.FIXED: "podSelector.**"}), {})

PLACES: Final = Places(
    {
        PODS: _entry((name_of(PodEntry.port), Reach.BOUNDED), spec=POD_SPEC),
        PVCS: _entry((_CLAIM_NAME, Reach.FIXED), special={_CLAIM_NAME: Special.ADOPTED_CLAIM}, spec=CLAIM_SPEC),
        OTHER_RESOURCES: _entry(*_KIND),
    },
    {
        ("", "ConfigMap"): _entry(*_KIND, ("data{}", Reach.FREE), special={"data{}": Special.TEXT}),
        ("", "Service"): _entry(*_KIND, spec=_SERVICE_SPEC),
        ("networking.k8s.io", "NetworkPolicy"): _entry(*_KIND, spec=_NETWORK_POLICY_SPEC),
    },
)
