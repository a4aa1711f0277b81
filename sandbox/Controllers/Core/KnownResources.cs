using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>The resources that may hold objects when the controllers start: the built-in ones and those that CustomResourceDefinitions define.</summary>
internal static class KnownResources
{
    private static readonly (string Group, string Resource)[] BuiltIn =
    [
        ("", "namespaces"),
        ("", "serviceaccounts"),
        ("", "secrets"),
        ("", "configmaps"),
        ("", "services"),
        ("", "endpoints"),
        ("", "events"),
        ("", "pods"),
        ("", "nodes"),
        ("", "limitranges"),
        ("", "resourcequotas"),
        ("", "persistentvolumeclaims"),
        ("", "persistentvolumes"),
        ("", "podtemplates"),
        ("", "replicationcontrollers"),
        ("apps", "deployments"),
        ("apps", "replicasets"),
        ("apps", "statefulsets"),
        ("apps", "daemonsets"),
        ("apps", "controllerrevisions"),
        ("batch", "jobs"),
        ("batch", "cronjobs"),
        ("autoscaling", "horizontalpodautoscalers"),
        ("policy", "poddisruptionbudgets"),
        ("networking.k8s.io", "ingresses"),
        ("networking.k8s.io", "ingressclasses"),
        ("networking.k8s.io", "networkpolicies"),
        ("rbac.authorization.k8s.io", "roles"),
        ("rbac.authorization.k8s.io", "rolebindings"),
        ("rbac.authorization.k8s.io", "clusterroles"),
        ("rbac.authorization.k8s.io", "clusterrolebindings"),
        ("apiextensions.k8s.io", "customresourcedefinitions"),
        ("coordination.k8s.io", "leases"),
        ("discovery.k8s.io", "endpointslices"),
        ("scheduling.k8s.io", "priorityclasses"),
        ("storage.k8s.io", "storageclasses"),
        ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
        ("admissionregistration.k8s.io", "validatingwebhookconfigurations"),
    ];

    public static IEnumerable<(string Group, string Resource)> Of(IObjectStore store) =>
        BuiltIn.Concat(
            store
                .List("apiextensions.k8s.io", "customresourcedefinitions")
                .Select(d => d.Child("spec"))
                .Select(s => (s?.Text("group") ?? "", s?.Child("names")?.Text("plural") ?? ""))
                .Where(r => r.Item2.Length > 0)
        );
}
