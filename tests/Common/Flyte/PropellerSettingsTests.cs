using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>Defaults of the chart with which a data plane's flytepropeller cannot work.</summary>
internal sealed class PropellerSettingsTests
{
    private const string Service = "/api/v1/namespaces/flyte/services/datacatalog";

    [TestCase("datacatalog:89", "flyte/datacatalog")]
    [TestCase("dns:///datacatalog:89", "flyte/datacatalog")]
    [TestCase("datacatalog.flyte:89", "flyte/datacatalog")]
    [TestCase("datacatalog.other.svc:89", "other/datacatalog")]
    [TestCase("dns:///datacatalog.other.svc.cluster.local:89", "other/datacatalog")]
    [TestCase("datacatalog.internal:89", null)]
    [TestCase("catalog.example.com:443", null)]
    [TestCase("10.0.0.7:89", null)]
    [TestCase("[::1]:89", null)]
    [TestCase("localhost:89", null)]
    [TestCase("{{ .Values.catalog }}:89", null)]
    [TestCase(null, null)]
    public void An_address_in_the_cluster_is_a_Service(string? endpoint, string? service) =>
        Assert.That(PropellerSettings.Service(endpoint, "flyte") is { } found ? $"{found.Namespace}/{found.Name}" : null, Is.EqualTo(service));

    [TestCase("{secrets: {adminOauthClientCredentials: {enabled: true, clientSecret: foobar}}}", true)]
    [TestCase("{secrets: {adminOauthClientCredentials: {enabled: true, clientSecret: own}}}", false)]
    [TestCase("{secrets: {adminOauthClientCredentials: {enabled: false, clientSecret: foobar}}}", false)]
    [TestCase("{}", false)]
    public void The_charts_default_client_secret_is_known(string values, bool isDefault) =>
        Assert.That(PropellerSettings.Of(new HelmValues().Parse(values, "values")).IsDefaultSecret, Is.EqualTo(isDefault));

    [TestCase("{stringData: {client_secret: foobar}}", true)]
    [TestCase("{data: {client_secret: Zm9vYmFy}}", true)]
    [TestCase("{data: {client_secret: Zm9vYmFyCg==}}", true)]
    [TestCase("{data: {client_secret: b3du}}", false)]
    [TestCase("{data: {client_secret: '%'}}", false)]
    public void A_Secret_is_read_as_it_is_written_and_as_it_is_stored(string secret, bool isDefault) =>
        Assert.That(PropellerSettings.Of(new HelmValues(), null, new HelmValues().Parse(secret, "secret")).IsDefaultSecret, Is.EqualTo(isDefault));

    [Test]
    public void The_address_of_datacatalog_is_read_from_the_ConfigMap() =>
        Assert.That(
            PropellerSettings
                .Of(new HelmValues(), new JsonObject { ["data"] = new JsonObject { ["catalog.yaml"] = "catalog-cache: {endpoint: datacatalog:89}" } }, null)
                .Catalog,
            Is.EqualTo("datacatalog:89")
        );

    [TestCase(false, 1)]
    [TestCase(true, 0)]
    public async Task A_datacatalog_that_the_cluster_has_not_is_noted(bool isThere, int notes)
    {
        using var run = new TestRun();
        if (isThere)
            run.PlaneServer.Put(Service, "{}");

        await PropellerWarnings.NoteAsync(run.Context.Run, run.Plane, new PropellerSettings("datacatalog:89", null), run.Context.Journal, default);

        Assert.That(
            run.Context.Journal.Notes,
            Has.Count.EqualTo(notes)
                .And.All.StartsWith(
                    "dp1: flytepropeller looks for datacatalog at datacatalog:89, and the cluster has no Service datacatalog in namespace flyte"
                )
        );
    }

    [Test]
    public async Task Whoever_may_not_look_at_Services_is_not_warned()
    {
        using var run = new TestRun();
        run.PlaneServer.On(Service, Kubernetes.FakeApiServer.Status(403, "Forbidden"));

        await PropellerWarnings.NoteAsync(run.Context.Run, run.Plane, new PropellerSettings("datacatalog:89", null), run.Context.Journal, default);

        Assert.That(run.Context.Journal.Notes, Is.Empty);
    }

    [TestCase(true, false, false, 1)]
    [TestCase(true, true, false, 0)]
    [TestCase(false, false, false, 0)]
    [TestCase(true, false, true, 0)]
    public async Task The_default_client_secret_is_noted_where_FlyteAdmin_is_known_to_want_a_login(bool isChecked, bool isOff, bool isOwn, int notes)
    {
        using var admin = new InMemoryFlyteAdmin { IsLoginOff = isOff };
        var fleet = LabelBed.Fleet();
        fleet = fleet with { FlyteAdmin = fleet.FlyteAdmin! with { Login = new() { TokenVariable = "TOKEN" } } };
        using var run = new TestRun(fleet: fleet, admin: admin);
        run.Context.Run.State.Of<AdminChecked>().IsChecked = isChecked;

        await PropellerWarnings.NoteAsync(run.Context.Run, run.Plane, new PropellerSettings(null, isOwn ? "own" : "foobar"), run.Context.Journal, default);

        Assert.That(run.Context.Journal.Notes, Has.Count.EqualTo(notes).And.All.Not.Contains("foobar"));
    }
}
