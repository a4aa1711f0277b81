using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Rendering;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Rendering;

/// <summary>The objects for Argo CD, Flux and the External Secrets Operator have the fields that their CRDs have.</summary>
internal sealed class GitOpsObjectTests
{
    private static readonly HelmValues Values = new();

    private static readonly ChartReference Chart = new() { Repository = "https://flyteorg.github.io/flyte", Version = "v1.16.8" };

    private static readonly RenderedCluster Cluster = new(
        "dataplane_1",
        "flyte-core-data",
        "flyte",
        [],
        (JsonObject)JsonNode.Parse("""{"common": {"databaseSecret": {"secretManifest": null}}}""")!,
        ["userSettings.dbPassword"],
        [],
        []
    );

    [Test]
    public void An_Application_has_the_pinned_chart_the_release_and_nothing_else_than_fields_of_the_CRD()
    {
        var application = new ArgoApplication(Chart, Values).Of(Cluster);

        Assert.That(
            Paths(application["spec"]!),
            Is.EquivalentTo(
                new[]
                {
                    "project",
                    "destination.name",
                    "destination.namespace",
                    "source.repoURL",
                    "source.chart",
                    "source.targetRevision",
                    "source.helm.releaseName",
                    "source.helm.values",
                    "syncPolicy.syncOptions",
                    "ignoreDifferences.group",
                    "ignoreDifferences.kind",
                    "ignoreDifferences.name",
                    "ignoreDifferences.namespace",
                    "ignoreDifferences.jsonPointers",
                }
            )
        );
        var source = application["spec"]!["source"]!;
        Assert.That((string?)source["helm"]!["releaseName"], Is.EqualTo("flyte-core-data"));
        Assert.That((string?)source["targetRevision"], Is.EqualTo("v1.16.8"));
        Assert.That(Values.Same(Values.Parse((string)source["helm"]!["values"]!, "values"), Cluster.Values), "null is not lost");
    }

    [Test]
    public void An_Application_s_OCI_registry_has_no_scheme()
    {
        var application = new ArgoApplication(Chart with { Repository = "oci://ghcr.io/example/charts" }, Values).Of(Cluster);

        Assert.That((string?)application["spec"]!["source"]!["repoURL"], Is.EqualTo("ghcr.io/example/charts"));
    }

    [Test]
    public void A_HelmRelease_keeps_the_release_s_name_and_has_only_fields_of_the_CRD()
    {
        var objects = new FluxRelease(Chart, Values).Of(Cluster);

        Assert.That(
            objects.Select(one => $"{one["apiVersion"]} {one["kind"]}"),
            Is.EqualTo(new[] { "source.toolkit.fluxcd.io/v1 HelmRepository", "v1 ConfigMap", "helm.toolkit.fluxcd.io/v2 HelmRelease" })
        );
        Assert.That(Paths(objects[0]["spec"]!), Is.EquivalentTo(new[] { "interval", "url" }));
        Assert.That(
            Paths(objects[2]["spec"]!),
            Is.EquivalentTo(
                new[]
                {
                    "interval",
                    "chart.spec.chart",
                    "chart.spec.version",
                    "chart.spec.sourceRef.kind",
                    "chart.spec.sourceRef.name",
                    "releaseName",
                    "targetNamespace",
                    "storageNamespace",
                    "install.crds",
                    "install.remediation.retries",
                    "upgrade.crds",
                    "upgrade.remediation.retries",
                    "valuesFrom.kind",
                    "valuesFrom.name",
                }
            )
        );
        Assert.That((string?)objects[2]["spec"]!["releaseName"], Is.EqualTo("flyte-core-data"));
        Assert.That(
            objects[2]["spec"]!["valuesFrom"]!.AsArray().Select(from => $"{from!["kind"]} {from["name"]}"),
            Is.EqualTo(new[] { "ConfigMap flyte-core-data-values", "Secret flyte-core-data-credential-values" })
        );
    }

    [Test]
    public void A_chart_in_an_OCI_registry_is_an_OCIRepository()
    {
        var objects = new FluxRelease(Chart with { Repository = "oci://ghcr.io/example/charts" }, Values).Of(Cluster);

        Assert.That((string?)objects[0]["kind"], Is.EqualTo("OCIRepository"));
        Assert.That(Paths(objects[0]["spec"]!), Is.EquivalentTo(new[] { "interval", "url", "ref.tag", "layerSelector.mediaType", "layerSelector.operation" }));
        Assert.That((string?)objects[0]["spec"]!["url"], Is.EqualTo("oci://ghcr.io/example/charts/flyte-core"));
        Assert.That(Paths(objects[2]["spec"]!), Is.SupersetOf(new[] { "chartRef.kind", "chartRef.name" }));
    }

    [TestCase(true, "Orphan")]
    [TestCase(false, "Merge")]
    public void An_ExternalSecret_never_owns_the_Secret(bool isOfChart, string policy)
    {
        var secret = ExternalSecrets.Of(new SecretKeys("db-pass", "flyte", ["pass.txt"], isOfChart));

        Assert.That(
            Paths(secret["spec"]!),
            Is.EquivalentTo(
                new[]
                {
                    "secretStoreRef.kind",
                    "secretStoreRef.name",
                    "target.name",
                    "target.creationPolicy",
                    "target.deletionPolicy",
                    "data.secretKey",
                    "data.remoteRef.key",
                    "data.remoteRef.property",
                }
            )
        );
        Assert.That((string?)secret["spec"]!["target"]!["creationPolicy"], Is.EqualTo(policy));
        Assert.That((string?)secret["spec"]!["target"]!["deletionPolicy"], Is.EqualTo("Retain"));
    }

    private static IEnumerable<string> Paths(JsonNode node, string prefix = "") =>
        node switch
        {
            JsonObject map => map.SelectMany(entry => Paths(entry.Value!, prefix.Length == 0 ? entry.Key : $"{prefix}.{entry.Key}")).Distinct(),
            JsonArray list => list.SelectMany(item => Paths(item!, prefix)).Distinct(),
            _ => [prefix],
        };
}
