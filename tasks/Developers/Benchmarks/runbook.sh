#!/usr/bin/env bash
# Flyte's multi-cluster runbook as an operator types it, one command after another: what the Benchmark target measures
# AddDataPlane against. Its mistakes are fixed (docs/runbook.md), its steps and their order are kept.
#
#   runbook.sh join CHART N    N data planes join the control plane, in contexts dataplane1 … dataplaneN and controlplane
#   runbook.sh floor CHART     what no ordering can avoid: one data plane's install and the control plane's upgrade;
#                              after a join in the same folder
#
# KUBECONFIG names the kubeconfig. Files are written into the working directory.
set -euo pipefail

what=$1
chart=$2
count=${3:-1}
namespace=flyte

write_dataplane_values() {
  cat >values-dataplane.yaml <<YAML
configmap:
  admin:
    admin:
      endpoint: dns:///flyteadmin.flyte.svc:81
      insecure: true
  catalog:
    catalog-cache:
      endpoint: datacatalog.flyte.svc:89
      insecure: true
YAML
}

install_dataplane() { # context
  helm install flyte-core-data "$chart" -n "$namespace" --create-namespace --kube-context "$1" \
    --values "$chart/values-dataplane.yaml" --values values-dataplane.yaml >/dev/null
}

create_token() { # number
  kubectl --context "dataplane$1" apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Secret
metadata:
  name: dataplane$1-token
  namespace: $namespace
  annotations:
    kubernetes.io/service-account.name: flyteadmin
type: kubernetes.io/service-account-token
YAML
}

begin_secrets() {
  cat >secrets.yaml <<YAML
apiVersion: v1
kind: Secret
metadata:
  name: cluster-credentials
  namespace: $namespace
type: Opaque
data:
YAML
}

collect_credential() { # number
  local token certificate
  token=$(kubectl --context "dataplane$1" get secret -n "$namespace" "dataplane$1-token" -o jsonpath='{.data.token}')
  certificate=$(kubectl --context "dataplane$1" get secret -n "$namespace" "dataplane$1-token" -o jsonpath='{.data.ca\.crt}')
  [ -n "$token" ] && [ -n "$certificate" ]
  printf '  dataplane_%s_token: %s\n  dataplane_%s_cacert: %s\n' "$1" "$token" "$1" "$certificate" >>secrets.yaml
}

find_endpoint() { # number
  kubectl --context "dataplane$1" cluster-info | sed -e 's/\x1b\[[0-9;]*m//g' -n -e 's/.* is running at \(https:[^ ]*\).*/\1/p' | head -n 1
}

write_override() {
  local number
  cat <<YAML
flyteadmin:
  additionalVolumes:
  - name: cluster-credentials
    secret:
      secretName: cluster-credentials
  additionalVolumeMounts:
  - name: cluster-credentials
    mountPath: /var/run/credentials
configmap:
  clusters:
    labelClusterMap:
YAML
  for number in $(seq "$count"); do
    printf '      label%s:\n      - id: dataplane_%s\n        weight: 1\n' "$number" "$number"
  done
  printf '    clusterConfigs:\n'
  for number in $(seq "$count"); do
    cat <<YAML
    - name: dataplane_$number
      endpoint: ${endpoints[$number]}
      enabled: true
      auth:
        type: file_path
        tokenPath: /var/run/credentials/dataplane_${number}_token
        certPath: /var/run/credentials/dataplane_${number}_cacert
YAML
  done
}

upgrade_control_plane() {
  helm upgrade --install flyte-core "$chart" -n "$namespace" --create-namespace --kube-context controlplane \
    --values "$chart/values-controlplane.yaml" --values values-override.yaml >/dev/null
}

wait_for_pods() { # context
  kubectl --context "$1" wait -n "$namespace" --for=condition=Available --timeout=10m deployment --all >/dev/null
}

join() {
  local number
  declare -a endpoints
  write_dataplane_values
  begin_secrets
  for number in $(seq "$count"); do
    install_dataplane "dataplane$number"
    create_token "$number"
    collect_credential "$number"
    endpoints[number]=$(find_endpoint "$number")
  done
  # The sandbox's control plane is empty at first; a real one has the namespace.
  kubectl --context controlplane create namespace "$namespace" >/dev/null
  kubectl --context controlplane apply -f secrets.yaml >/dev/null
  write_override >values-override.yaml
  upgrade_control_plane
  wait_for_pods controlplane
  kubectl --context controlplane get pods -n "$namespace" >/dev/null
}

floor() {
  install_dataplane dataplane1
  wait_for_pods dataplane1
  upgrade_control_plane
}

"$what"
