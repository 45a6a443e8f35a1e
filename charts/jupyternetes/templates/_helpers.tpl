{{- define "jupyternetes.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* The prefix of every object's name. It carries the release's name, so that two releases live side by side. */ -}}
{{- define "jupyternetes.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "jupyternetes.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "jupyternetes.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "jupyternetes.selectorLabels" -}}
app.kubernetes.io/name: {{ include "jupyternetes.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "jupyternetes.labels" -}}
{{ include "jupyternetes.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "jupyternetes.image" -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}

{{- /* The numbers of a security context; null leaves one out. OpenShift's are too large for a plain {{ . }}. */ -}}
{{- define "jupyternetes.ids" -}}
{{- range $name := list "runAsUser" "runAsGroup" "fsGroup" }}
{{- $id := get ($ | default dict) $name }}
{{- if or (kindIs "float64" $id) (kindIs "int64" $id) }}
{{ $name }}: {{ int64 $id }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* The accounts that run operators, as a JSON list: those that are enabled. */ -}}
{{- define "jupyternetes.operators" -}}
{{- $names := list -}}
{{- range $name, $operator := .Values.operators -}}
{{- $idle := and (eq $name "other-resources") (empty (include "jupyternetes.otherKinds" $ | fromJsonArray)) -}}
{{- if and $operator.enabled (not $idle) -}}{{- $names = append $names $name -}}{{- end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{- /* The kinds that are allowed in otherResources, as a JSON list. What no setting allows is refused here as well. */ -}}
{{- define "jupyternetes.otherKinds" -}}
{{- $known := .Files.Get "files/other-kinds.yaml" | fromYaml -}}
{{- $others := .Values.otherResources | default dict -}}
{{- $kinds := $others.kinds | default list -}}
{{- range $kind := $kinds -}}
{{- $group := ternary (first (splitList "/" $kind.apiVersion)) "" (contains "/" $kind.apiVersion) -}}
{{- $resource := ternary (printf "%s.%s" $kind.resource $group) $kind.resource (ne $group "") -}}
{{- $named := ternary (printf "%s.%s" $kind.kind $group) $kind.kind (ne $group "") -}}
{{- if or (has $group $known.neverGroups) (has $resource $known.never.resources) (has $named $known.never.kinds) -}}
{{- fail (printf "otherResources.kinds: %s (%s) is never allowed: it would give away rights, credentials or the operators' own objects" $kind.kind $kind.apiVersion) -}}
{{- end -}}
{{- if and (not $others.allowDangerousKinds) (or (has $resource $known.dangerous.resources) (has $named $known.dangerous.kinds)) -}}
{{- fail (printf "otherResources.kinds: %s (%s) runs pods, leads traffic or gives files past the rules for Templates; it takes otherResources.allowDangerousKinds as well" $kind.kind $kind.apiVersion) -}}
{{- end -}}
{{- end -}}
{{- toJson $kinds -}}
{{- end -}}

{{- /* The rights on these kinds, as a JSON list of rules. */ -}}
{{- define "jupyternetes.otherRules" -}}
{{- $verbs := (.Files.Get "files/other-kinds.yaml" | fromYaml).verbs -}}
{{- $rules := list -}}
{{- range $kind := include "jupyternetes.otherKinds" . | fromJsonArray -}}
{{- $group := ternary (first (splitList "/" $kind.apiVersion)) "" (contains "/" $kind.apiVersion) -}}
{{- $rules = append $rules (dict "apiGroups" (list $group) "resources" (list $kind.resource) "verbs" $verbs) -}}
{{- end -}}
{{- toJson $rules -}}
{{- end -}}

{{- define "jupyternetes.templateNamespaces" -}}
{{- default (list .Release.Namespace) .Values.templateNamespaces | uniq | toJson -}}
{{- end -}}

{{- /* Where the hub may create Instances; every one of them must be in the operators' reach. */ -}}
{{- define "jupyternetes.instanceNamespaces" -}}
{{- $namespaces := default (default (list .Release.Namespace) .Values.namespaces) .Values.instanceNamespaces | uniq -}}
{{- if .Values.namespaces -}}
{{- range $namespaces -}}
{{- if not (has . $.Values.namespaces) -}}
{{- fail (printf "instanceNamespaces names %q, which is not among namespaces (%s): the operators would never see an Instance there; add it to namespaces" . (join ", " $.Values.namespaces)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $namespaces -}}
{{- end -}}

{{- /* What the graph looks at, as a JSON list: where Instances live, where the hubs are, and the release's own. */ -}}
{{- define "jupyternetes.graphNamespaces" -}}
{{- $looked := concat (include "jupyternetes.instanceNamespaces" . | fromJsonArray) (list .Release.Namespace) -}}
{{- range include "jupyternetes.hubSubjects" . | fromJsonArray -}}{{- $looked = append $looked .namespace -}}{{- end -}}
{{- $looked | uniq | toJson -}}
{{- end -}}

{{- /* Of a pod of ours: what the values say of all of them. Takes the root. */ -}}
{{- define "jupyternetes.podSpec" -}}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  {{- include "jupyternetes.ids" .Values.securityContext | nindent 2 }}
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* Of its container: the image, the variables of the site, and what it may not. Takes the root. */ -}}
{{- define "jupyternetes.container" -}}
image: {{ include "jupyternetes.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.extraEnv }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{- /* The hub's accounts as subjects of role bindings, as a JSON list. */ -}}
{{- define "jupyternetes.hubSubjects" -}}
{{- include "jupyternetes.subjects" (dict "root" . "accounts" .Values.hub.serviceAccounts) -}}
{{- end -}}

{{- /* The accounts that write numbers for the form, in the same way. */ -}}
{{- define "jupyternetes.availabilitySubjects" -}}
{{- $availability := .Values.availability | default dict -}}
{{- include "jupyternetes.subjects" (dict "root" . "accounts" $availability.serviceAccounts) -}}
{{- end -}}

{{- /* Accounts of the values as a JSON list of subjects. Takes a dict: root, accounts. */ -}}
{{- define "jupyternetes.subjects" -}}
{{- $subjects := list -}}
{{- range .accounts -}}
{{- $namespace := default $.root.Release.Namespace .namespace -}}
{{- $subjects = append $subjects (dict "kind" "ServiceAccount" "name" .name "namespace" $namespace) -}}
{{- end -}}
{{- toJson $subjects -}}
{{- end -}}

{{- /* "true" if gates are heeded: by default where a policy keeps those who answer them from writing anything else. */ -}}
{{- define "jupyternetes.gatesOn" -}}
{{- $gates := .Values.gates | default dict -}}
{{- $policies := and .Values.admissionPolicies.enabled (not .Values.namespaces) -}}
{{- if kindIs "bool" $gates.enabled -}}
{{- if $gates.enabled -}}true{{- end -}}
{{- else if $policies -}}
true
{{- else if $gates.accounts -}}
{{- fail "gates.accounts: without admission policies, which a namespaced install cannot have, such an account can write all of an Instance's status, also the address that users are sent to. Set gates.enabled to true if you trust these operators as much as ours, or to false" -}}
{{- end -}}
{{- end -}}

{{- /* The accounts that answer gates, as a JSON list of namespace, name and prefix; none where gates are off. */ -}}
{{- define "jupyternetes.gateAccounts" -}}
{{- $accounts := list -}}
{{- if include "jupyternetes.gatesOn" . -}}
{{- range (.Values.gates | default dict).accounts -}}
{{- $namespace := default $.Release.Namespace .namespace -}}
{{- $accounts = append $accounts (dict "namespace" $namespace "name" .serviceAccount "prefix" .prefix) -}}
{{- end -}}
{{- end -}}
{{- toJson $accounts -}}
{{- end -}}

{{- /*
A Role or ClusterRole and its binding. Takes a dict: root, name, account, rules, subjects, and namespace ("" for the
whole cluster). Nothing comes of no rules.
*/ -}}
{{- define "jupyternetes.grant" -}}
{{- if .rules }}
{{- $prefix := ternary "" "Cluster" (ne .namespace "") }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $prefix }}Role
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "jupyternetes.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .account }}
rules:
  {{- toYaml .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $prefix }}RoleBinding
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "jupyternetes.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .account }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $prefix }}Role
  name: {{ .name }}
subjects:
  {{- toYaml .subjects | nindent 2 }}
{{- end }}
{{- end -}}
