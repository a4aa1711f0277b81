using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.DataPlanes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.DataPlanes;

/// <summary>A data plane's own values.</summary>
internal sealed class DataPlaneValuesTests
{
    private static readonly FlyteSettings Flyte = new()
    {
        Chart = new ChartReference { Path = "/chart" },
        Endpoint = "dns:///flyte.example.com:443",
        Insecure = true,
    };

    [Test]
    public void Everything_a_data_plane_needs_is_there() =>
        Assert.That(
            Written(Flyte with { Catalog = new CatalogSettings("datacatalog.internal:89", false) }),
            Is.EqualTo(
                """
                flytepropeller:
                  clusterName: Dp_1
                configmap:
                  admin:
                    admin:
                      endpoint: dns:///flyte.example.com:443
                      insecure: true
                  catalog:
                    catalog-cache:
                      endpoint: datacatalog.internal:89
                      insecure: false
                common:
                  ingress:
                    enabled: false
                  databaseSecret:
                    name: ""
                    secretManifest: null

                """
            )
        );

    [Test]
    public void Without_a_catalog_the_charts_stays() => Assert.That(Written(Flyte), Does.Not.Contain("catalog"));

    private static string Written(FlyteSettings flyte) => new HelmValues().Write(DataPlaneValues.Of(flyte, "Dp_1"));
}
