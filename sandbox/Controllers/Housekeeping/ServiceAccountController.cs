using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Controllers.Core;

namespace Flyte.MultiCluster.Sandbox.Controllers.Housekeeping;

/// <summary>Keeps the service account <c>default</c> and the ConfigMap <c>kube-root-ca.crt</c> in every namespace.</summary>
internal sealed class ServiceAccountController(Cluster cluster, IReviews reviews) : IController
{
    private const string Account = "default";
    private const string RootCertificate = "kube-root-ca.crt";

    public void Observe(Change change)
    {
        if (change.Key.Is("", "namespaces") && change.Old is null)
            cluster.Queue.Add(new WorkItem(this, change.Key));
        else if (change.Now is null && IsKept(change.Key))
            cluster.Queue.Add(new WorkItem(this, ObjectKey.ForNamespace(change.Key.Namespace)));
    }

    public void Reconcile(ObjectKey key)
    {
        if (cluster.Cache.Get(key) is not { Deleting: false })
            return;
        if (cluster.Get(ObjectKey.ServiceAccount(key.Name, Account)) is null)
            cluster.Create("", "serviceaccounts", key.Name, Named("ServiceAccount", Account));
        if (cluster.Get(ObjectKey.ConfigMap(key.Name, RootCertificate)) is null)
        {
            var map = Named("ConfigMap", RootCertificate);
            map["metadata"]!["annotations"] = new JsonObject
            {
                ["kubernetes.io/description"] =
                    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service "
                    + "IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
            };
            map["data"] = new JsonObject { ["ca.crt"] = reviews.CaCertificatePem };
            cluster.Create("", "configmaps", key.Name, map);
        }
    }

    private static bool IsKept(ObjectKey key) =>
        (key.Name == Account && key.Is("", "serviceaccounts")) || (key.Name == RootCertificate && key.Is("", "configmaps"));

    private static JsonObject Named(string kind, string name) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name },
        };
}
