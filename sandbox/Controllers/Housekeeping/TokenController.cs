using System.Text;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Housekeeping;

/// <summary>Fills Secrets of type <c>kubernetes.io/service-account-token</c>, and deletes those whose service account is gone or another one.</summary>
internal sealed class TokenController(Cluster cluster, IReviews reviews, IPodFaults faults) : IController, IFaultObserver
{
    private const string TokenType = "kubernetes.io/service-account-token";
    private const string NameAnnotation = "kubernetes.io/service-account.name";
    private const string UidAnnotation = "kubernetes.io/service-account.uid";
    private static ObjectKey Everything => default;
    private readonly HashSet<ObjectKey> held = [];

    public void Observe(Change change)
    {
        if (change.Key.Is("", "secrets") && change.Now is { } secret)
        {
            if (AccountOf(secret) is not null)
                cluster.Queue.Add(new WorkItem(this, change.Key));
        }
        else if (change.Key.Is("", "serviceaccounts") && (change.Old is null || change.Now is null))
        {
            foreach (var o in cluster.Cache.InNamespace(change.Key.Namespace))
            {
                if (o.Key.Is("", "secrets") && AccountOf(o) == change.Key.Name)
                    cluster.Queue.Add(new WorkItem(this, o.Key));
            }
        }
    }

    public void FaultsChanged() => cluster.Queue.Add(new WorkItem(this, Everything));

    public void Reconcile(ObjectKey key)
    {
        if (key == Everything)
        {
            if (faults.TokenNeverFilled)
                return;
            foreach (var secret in held)
                cluster.Queue.Add(new WorkItem(this, secret));
            held.Clear();
            return;
        }

        if (faults.TokenNeverFilled)
            held.Add(key);
        else if (cluster.Cache.Get(key) is { Deleting: false } secret && AccountOf(secret) is { } account)
            Reconcile(key, account);
    }

    private void Reconcile(ObjectKey key, string account)
    {
        var uid = cluster.Cache.Get(ObjectKey.ServiceAccount(key.Namespace, account))?.Uid;
        if (cluster.Get(key) is not { } secret)
            return;
        var annotated = secret.Child("metadata", "annotations")?.Text(UidAnnotation);
        if (uid is null || (!string.IsNullOrEmpty(annotated) && annotated != uid))
        {
            cluster.Delete(key);
            return;
        }

        var data = secret.ChildOrNew("data");
        var certificate = Base64(reviews.CaCertificatePem);
        var ns = Base64(key.Namespace);
        if (annotated == uid && !string.IsNullOrEmpty(data.Text("token")) && data.Text("ca.crt") == certificate && data.Text("namespace") == ns)
            return;
        secret.ChildOrNew("metadata").ChildOrNew("annotations")[UidAnnotation] = uid;
        data["ca.crt"] = certificate;
        data["namespace"] = ns;
        if (string.IsNullOrEmpty(data.Text("token")))
            data["token"] = Base64(reviews.SecretToken(key.Namespace, account, uid, key.Name));
        cluster.Update(key, secret);
    }

    private static string? AccountOf(CachedObject secret) =>
        secret.Object.Text("type") == TokenType ? secret.Object.Child("metadata", "annotations")?.Text(NameAnnotation) : null;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
