using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>Who else keeps the Secret of the credentials.</summary>
internal sealed class SecretOwnerTests
{
    [TestCase("""{"ownerReferences":[{"kind":"ExternalSecret","name":"creds","controller":true}]}""", "ExternalSecret creds (ownerReference)")]
    [TestCase("""{"labels":{"reconcile.external-secrets.io/managed":"true"}}""", "External Secrets (label reconcile.external-secrets.io/managed)")]
    [TestCase("""{"annotations":{"sealedsecrets.bitnami.com/managed":"true"}}""", "Sealed Secrets (annotation sealedsecrets.bitnami.com/managed)")]
    [TestCase("""{"annotations":{"argocd.argoproj.io/tracking-id":"flyte:/Secret:flyte/x"}}""", "Argo CD (annotation argocd.argoproj.io/tracking-id)")]
    [TestCase(
        """{"labels":{"app.kubernetes.io/instance":"flyte"}}""",
        "Argo CD, or another tool that tracks objects by this label (label app.kubernetes.io/instance)"
    )]
    [TestCase("""{"labels":{"kustomize.toolkit.fluxcd.io/name":"flyte"}}""", "Flux (label kustomize.toolkit.fluxcd.io/name)")]
    [TestCase("""{"labels":{"team":"a"},"annotations":{"note":"b"}}""", null)]
    public void It_is_reported_by_what_shows_it(string metadata, string? owner) =>
        Assert.That(SecretOwner.Of(new JsonObject { ["metadata"] = JsonNode.Parse(metadata) }), Is.EqualTo(owner));

    [TestCase("""{"immutable":true}""", true)]
    [TestCase("""{"immutable":false}""", false)]
    [TestCase("{}", false)]
    public void An_immutable_one_is_known(string secret, bool immutable) =>
        Assert.That(SecretOwner.IsImmutable(JsonNode.Parse(secret)!.AsObject()), Is.EqualTo(immutable));
}
