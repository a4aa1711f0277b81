{{/* The namespace of everything the chart makes. */}}
{{- define "flyte.namespace" -}}
{{- .Values.forceNamespace | default .Release.Namespace | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What a component is selected by. In: dict root, name. */}}
{{- define "flyte.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{/* All labels of a component. In: dict root, name; podLabels may add some. */}}
{{- define "flyte.labels" -}}
{{ include "flyte.selector" . }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .podLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* metadata of a namespaced object. In: dict root, object, name (of the component); annotations may be given. */}}
{{- define "flyte.metadata" -}}
name: {{ .object }}
namespace: {{ include "flyte.namespace" .root }}
labels:
  {{- include "flyte.labels" (dict "root" .root "name" .name) | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- tpl (toYaml .) $.root | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Configuration files of a ConfigMap: the empty ones are left out, templates in values are rendered. In: dict root, files. */}}
{{- define "flyte.files" -}}
{{- range $file, $content := .files }}
{{- if $content }}
{{ $file }}: |
  {{- tpl (ternary $content (toYaml $content) (kindIs "string" $content)) $.root | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The first 63 digits of the checksum of a template's output. In: dict root, file. */}}
{{- define "flyte.checksum" -}}
{{- include (print .root.Template.BasePath "/" .file) .root | sha256sum | trunc 63 | quote -}}
{{- end -}}

{{/* A values list that may hold templates. In: dict root, list. */}}
{{- define "flyte.list" -}}
{{- with .list }}
{{- tpl (toYaml .) $.root }}
{{- end }}
{{- end -}}

{{- define "flyte.image" -}}
image: "{{ .repository }}:{{ .tag }}"
imagePullPolicy: "{{ .pullPolicy }}"
{{- end -}}

{{- define "flyte.restricted" -}}
securityContext:
  allowPrivilegeEscalation: false
  capabilities:
    drop: ["ALL"]
{{- end -}}

{{/* The fields of a pod spec that every component takes from its values. In: dict root, values. */}}
{{- define "flyte.podOptions" -}}
{{- range $field := list "securityContext" "nodeSelector" "affinity" "tolerations" "priorityClassName" "imagePullSecrets" }}
{{- with index $.values $field }}
{{ $field }}:
  {{- tpl (toYaml .) $.root | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The database password, in the components that open the database. */}}
{{- define "flyte.database.mount" -}}
{{- with .Values.common.databaseSecret.name }}
- name: {{ . }}
  mountPath: /etc/db
{{- end }}
{{- end -}}

{{- define "flyte.database.volume" -}}
{{- with .Values.common.databaseSecret.name }}
- name: {{ . }}
  secret:
    secretName: {{ . }}
{{- end }}
{{- end -}}

{{/* The OAuth client's password, in the components that call flyteadmin. */}}
{{- define "flyte.auth.mount" -}}
{{- if .Values.secrets.adminOauthClientCredentials.enabled }}
- name: auth
  mountPath: /etc/secrets/
{{- end }}
{{- end -}}

{{- define "flyte.auth.volume" -}}
{{- with .Values.secrets.adminOauthClientCredentials }}
{{- if .enabled }}
- name: auth
  secret:
    secretName: {{ .secretName }}
{{- end }}
{{- end }}
{{- end -}}

{{/* A volume of the ConfigMaps named and, where one is set, the storage Secret. In: dict root, name, maps. */}}
{{- define "flyte.configVolume" -}}
- name: {{ .name }}
  projected:
    sources:
      {{- range .maps }}
      - configMap:
          name: {{ . }}
      {{- end }}
      {{- with .root.Values.storage.secretName }}
      - secret:
          name: {{ . }}
      {{- end }}
{{- end -}}

{{- define "flyte.podName.env" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- end -}}

{{/* A ServiceAccount. In: dict root, name, values (the serviceAccount block). */}}
{{- define "flyte.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "flyte.metadata" (dict "root" .root "object" .name "name" .name "annotations" .values.annotations) | nindent 2 }}
{{- with .values.imagePullSecrets }}
imagePullSecrets:
  {{- tpl (toYaml .) $.root | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Cluster or namespace: what kind of role a serviceAccount block asks for. */}}
{{- define "flyte.roleKind" -}}
{{- $scope := .rbacScope | default "cluster" -}}
{{- if not (has $scope (list "cluster" "namespace")) }}
{{- fail (printf "rbacScope must be cluster or namespace, not %q" $scope) }}
{{- end }}
{{- ternary "ClusterRole" "Role" (eq $scope "cluster") -}}
{{- end -}}

{{/* The storage configuration of admin, datacatalog and propeller; nothing where a Secret holds it. */}}
{{- define "flyte.storage" -}}
{{- with .Values.storage }}
{{- if not .secretName }}
storage:
  {{- if eq .type "s3" }}
  type: s3
  container: {{ .bucketName | quote }}
  connection:
    auth-type: {{ .s3.authType }}
    region: {{ .s3.region }}
    {{- with .s3.endpoint }}
    endpoint: {{ . }}
    {{- end }}
    {{- if eq .s3.authType "accesskey" }}
    access-key: {{ .s3.accessKey }}
    secret-key: {{ .s3.secretKey }}
    {{- end }}
  {{- else if eq .type "gcs" }}
  type: stow
  container: {{ .bucketName | quote }}
  stow:
    kind: google
    config:
      json: ""
      project_id: {{ .gcs.projectId }}
      scopes: https://www.googleapis.com/auth/cloud-platform
  {{- else if eq .type "sandbox" }}
  type: minio
  container: {{ .bucketName | quote }}
  stow:
    kind: s3
    config:
      auth_type: accesskey
      access_key_id: minio
      secret_key: miniostorage
      disable_ssl: true
      endpoint: http://minio.{{ $.Release.Namespace }}.svc.cluster.local:9000
      region: us-east-1
  {{- else }}
  {{- toYaml .custom | nindent 2 }}
  {{- end }}
  enable-multicontainer: {{ .enableMultiContainer }}
  limits:
    maxDownloadMBs: {{ .limits.maxDownloadMBs }}
  cache:
    max_size_mbs: {{ .cache.maxSizeMBs }}
    target_gc_percent: {{ .cache.targetGCPercent }}
{{- end }}
{{- end }}
{{- end -}}
