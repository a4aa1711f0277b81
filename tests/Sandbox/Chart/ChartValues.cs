namespace Flyte.MultiCluster.Tests.Sandbox.Chart;

/// <summary>The runbook's values files, as far as they decide what the chart renders.</summary>
internal static class ChartValues
{
    /// <summary>What the runbook takes from values-eks.yaml.</summary>
    public const string Eks = """
        userSettings: {accountNumber: "123456789012", accountRegion: eu-west-1, rdsHost: db.internal, dbPassword: secret, bucketName: metadata}
        flyteadmin:
          replicaCount: 2
          serviceAccount: {annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::{{ .Values.userSettings.accountNumber }}:role/iam-role-flyte"}}
        flytepropeller: {replicaCount: 2, priorityClassName: system-cluster-critical}
        datacatalog: {replicaCount: 2}
        flyteconsole: {replicaCount: 2}
        common:
          ingress: {albSSLRedirect: true, separateGrpcIngress: true}
          databaseSecret:
            name: db-pass
            secretManifest:
              apiVersion: v1
              kind: Secret
              metadata: {name: db-pass}
              type: Opaque
              stringData: {pass.txt: "{{ .Values.userSettings.dbPassword }}"}
        storage: {type: s3, bucketName: "{{ .Values.userSettings.bucketName }}", s3: {region: "{{ .Values.userSettings.accountRegion }}"}}
        workflow_scheduler: {enabled: true, type: native}
        """;

    /// <summary>What the product writes for a data plane.</summary>
    public const string DataPlane = """
        flytepropeller: {clusterName: dataplane_1}
        configmap:
          admin: {admin: {endpoint: "dns:///flyte.example.com:443", insecure: false}}
          catalog: {catalog-cache: {endpoint: "datacatalog.internal:89", insecure: false}}
        common:
          ingress: {enabled: false}
          databaseSecret: {name: "", secretManifest: null}
        """;

    /// <summary>What the product writes for the control plane.</summary>
    public const string Override = """
        flyteadmin:
          additionalVolumes: [{name: cluster-credentials, secret: {secretName: cluster-credentials}}]
          additionalVolumeMounts: [{name: cluster-credentials, mountPath: /var/run/credentials}]
        configmap:
          clusters:
            labelClusterMap: {label1: [{id: dataplane_1, weight: 1}]}
            clusterConfigs:
              - name: dataplane_1
                endpoint: https://dataplane.example.com:443
                enabled: true
                auth: {type: file_path, tokenPath: /var/run/credentials/dataplane_1_token, certPath: /var/run/credentials/dataplane_1_cacert}
        """;

    /// <summary>What the product writes of roles on AWS; the real chart v1.16.8 renders of it what the test of the stand-in expects.</summary>
    public const string Roles = """
        flyteadmin: {serviceAccount: {annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/cp"}}}
        datacatalog: {serviceAccount: {annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/cp"}}}
        cluster_resource_manager:
          config: {cluster_resources: {customData: [{production: [{defaultIamRole: {value: "arn:aws:iam::1:role/w"}}]}]}}
          templates:
            - key: aab_default_service_account
              value: |
                apiVersion: v1
                kind: ServiceAccount
                metadata:
                  name: default
                  namespace: {{ namespace }}
                  annotations:
                    eks.amazonaws.com/role-arn: {{ defaultIamRole }}
        """;

    /// <summary>The same with clusters but no label.</summary>
    public const string OverrideWithoutLabels = """
        flyteadmin:
          additionalVolumes: [{name: cluster-credentials, secret: {secretName: cluster-credentials}}]
          additionalVolumeMounts: [{name: cluster-credentials, mountPath: /var/run/credentials}]
        configmap: {clusters: {labelClusterMap: {}, clusterConfigs: [{name: dataplane_1, endpoint: "https://a.example.com"}]}}
        """;

    /// <summary>Kind and name of all that the real chart v1.16.8 renders for a data plane with these values.</summary>
    public static readonly string[] DataPlaneObjects =
    [
        "ClusterRole flyte-flyte-pod-webhook",
        "ClusterRole flyte-flyteadmin",
        "ClusterRole flyte-flytepropeller",
        "ClusterRoleBinding flyte-flyte-pod-webhook",
        "ClusterRoleBinding flyte-flyteadmin-binding",
        "ClusterRoleBinding flyte-flytepropeller",
        "ConfigMap flyte-propeller-config",
        "CustomResourceDefinition flyteworkflows.flyte.lyft.com",
        "Deployment flyte-pod-webhook",
        "Deployment flytepropeller",
        "Secret flyte-pod-webhook",
        "Secret flyte-secret-auth",
        "Service flyte-pod-webhook",
        "ServiceAccount flyte-pod-webhook",
        "ServiceAccount flyteadmin",
        "ServiceAccount flytepropeller",
    ];

    /// <summary>What it renders besides, where the product's data plane values are left out.</summary>
    public static readonly string[] DanglingInDataPlane = ["Ingress flyte-core", "Ingress flyte-core-grpc", "Secret db-pass"];

    /// <summary>Kind and name of all that the real chart v1.16.8 renders for the control plane with these values.</summary>
    public static readonly string[] ControlPlaneObjects =
    [
        "ClusterRole flyte-flyteadmin",
        "ClusterRoleBinding flyte-flyteadmin-binding",
        "ConfigMap clusterresource-template",
        "ConfigMap datacatalog-config",
        "ConfigMap flyte-admin-base-config",
        "ConfigMap flyte-admin-clusters-config",
        "ConfigMap flyte-clusterresourcesync-config",
        "ConfigMap flyte-console-config",
        "ConfigMap flyte-scheduler-config",
        "Deployment datacatalog",
        "Deployment flyteadmin",
        "Deployment flyteconsole",
        "Deployment flytescheduler",
        "Deployment syncresources",
        "Ingress flyte-core",
        "Ingress flyte-core-grpc",
        "Secret db-pass",
        "Secret flyte-admin-secrets",
        "Secret flyte-secret-auth",
        "Service datacatalog",
        "Service flyteadmin",
        "Service flyteconsole",
        "ServiceAccount datacatalog",
        "ServiceAccount flyteadmin",
        "ServiceAccount flytescheduler",
    ];
}
