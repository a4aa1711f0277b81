namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>The resources that every cluster serves, as a Kubernetes 1.36 API server's discovery lists them (those that helm, kubectl and Flyte
/// touch).</summary>
internal static class BuiltInResources
{
    private static readonly IReadOnlyList<string> StatusVerbs = ["get", "patch", "update"];

    /// <summary>All of them, in discovery order.</summary>
    public static IReadOnlyList<ResourceInfo> All { get; } =
    [
        // plural, singular, kind, short names, categories, subresources; g: generation, c: cluster-scoped, 1: create only
        .. Group(
            "",
            "v1",
            "configmaps configmap ConfigMap cm",
            "endpoints endpoints Endpoints ep",
            "events event Event ev",
            "limitranges limitrange LimitRange limits",
            "namespaces namespace Namespace ns - finalize,status c",
            "nodes node Node no - status c",
            "persistentvolumeclaims persistentvolumeclaim PersistentVolumeClaim pvc - status",
            "persistentvolumes persistentvolume PersistentVolume pv - status c",
            "pods pod Pod po all eviction,log,status g",
            "podtemplates podtemplate PodTemplate - - - g",
            "replicationcontrollers replicationcontroller ReplicationController rc all scale,status g",
            "resourcequotas resourcequota ResourceQuota quota - status",
            "secrets secret Secret",
            "serviceaccounts serviceaccount ServiceAccount sa - token",
            "services service Service svc all status"
        ),
        .. Group(
            "authentication.k8s.io",
            "v1",
            "selfsubjectreviews selfsubjectreview SelfSubjectReview - - - c1",
            "tokenreviews tokenreview TokenReview - - - c1"
        ),
        .. Group(
            "authorization.k8s.io",
            "v1",
            "localsubjectaccessreviews localsubjectaccessreview LocalSubjectAccessReview - - - 1",
            "selfsubjectaccessreviews selfsubjectaccessreview SelfSubjectAccessReview - - - c1",
            "selfsubjectrulesreviews selfsubjectrulesreview SelfSubjectRulesReview - - - c1",
            "subjectaccessreviews subjectaccessreview SubjectAccessReview - - - c1"
        ),
        .. Group(
            "apps",
            "v1",
            "controllerrevisions controllerrevision ControllerRevision",
            "daemonsets daemonset DaemonSet ds all status g",
            "deployments deployment Deployment deploy all scale,status g",
            "replicasets replicaset ReplicaSet rs all scale,status g",
            "statefulsets statefulset StatefulSet sts all scale,status g"
        ),
        .. Group("events.k8s.io", "v1", "events event Event ev"),
        .. Group("autoscaling", "v2", "horizontalpodautoscalers horizontalpodautoscaler HorizontalPodAutoscaler hpa all status"),
        .. Group("autoscaling", "v1", "horizontalpodautoscalers horizontalpodautoscaler HorizontalPodAutoscaler hpa all status"),
        .. Group("batch", "v1", "cronjobs cronjob CronJob cj all status g", "jobs job Job - all status g"),
        .. Group(
            "networking.k8s.io",
            "v1",
            "ingressclasses ingressclass IngressClass - - - cg",
            "ingresses ingress Ingress ing - status g",
            "networkpolicies networkpolicy NetworkPolicy netpol - - g"
        ),
        .. Group("policy", "v1", "poddisruptionbudgets poddisruptionbudget PodDisruptionBudget pdb - status g"),
        .. Group(
            "rbac.authorization.k8s.io",
            "v1",
            "clusterrolebindings clusterrolebinding ClusterRoleBinding - - - c",
            "clusterroles clusterrole ClusterRole - - - c",
            "rolebindings rolebinding RoleBinding",
            "roles role Role"
        ),
        .. Group("storage.k8s.io", "v1", "storageclasses storageclass StorageClass sc - - c"),
        .. Group(
            "admissionregistration.k8s.io",
            "v1",
            "mutatingwebhookconfigurations mutatingwebhookconfiguration MutatingWebhookConfiguration - api-extensions - cg",
            "validatingwebhookconfigurations validatingwebhookconfiguration ValidatingWebhookConfiguration - api-extensions - cg"
        ),
        .. Group("apiextensions.k8s.io", "v1", "customresourcedefinitions customresourcedefinition CustomResourceDefinition crd,crds api-extensions status cg"),
        .. Group("scheduling.k8s.io", "v1", "priorityclasses priorityclass PriorityClass pc - - cg"),
        .. Group("coordination.k8s.io", "v1", "leases lease Lease"),
        .. Group("discovery.k8s.io", "v1", "endpointslices endpointslice EndpointSlice - - - g"),
    ];

    private static IEnumerable<ResourceInfo> Group(string group, string version, params string[] rows)
    {
        foreach (string row in rows)
        {
            string[] f = row.Split(' ');
            string flags = f.ElementAtOrDefault(6) ?? "";
            string[] subresources = List(f, 5);
            ResourceInfo info = new(group, version, f[0], f[1], f[2], !flags.Contains('c', StringComparison.Ordinal))
            {
                ShortNames = List(f, 3),
                Categories = List(f, 4),
                HasGeneration = flags.Contains('g', StringComparison.Ordinal),
                Verbs =
                    flags.Contains('1', StringComparison.Ordinal) ? ["create"]
                    : f[0] == "namespaces" ? [.. ResourceInfo.AllVerbs.Where(v => v != "deletecollection")]
                    : ResourceInfo.AllVerbs,
                Subresources = [.. subresources.Select(s => Subresource(group, version, f[2], s))],
            };
            yield return info;
        }
    }

    private static string[] List(string[] fields, int index) => fields.Length > index && fields[index] != "-" ? fields[index].Split(',') : [];

    private static SubresourceInfo Subresource(string group, string version, string kind, string name) =>
        name switch
        {
            "scale" => new(name, "autoscaling", "v1", "Scale", StatusVerbs),
            "token" => new(name, "authentication.k8s.io", "v1", "TokenRequest", ["create"]),
            "eviction" => new(name, "policy", "v1", "Eviction", ["create"]),
            "log" => new(name, group, version, kind, ["get"]),
            "finalize" => new(name, group, version, kind, ["update"]),
            _ => new(name, group, version, kind, StatusVerbs),
        };
}
