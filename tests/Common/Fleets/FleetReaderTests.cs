using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.Fleets.FleetText;

namespace Flyte.MultiCluster.Tests.Common.Fleets;

[TestFixture]
public sealed class FleetReaderTests
{
    [Test]
    public void A_short_fleet_gets_the_defaults()
    {
        var fleet = Read(Valid).Fleet!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fleet.Flyte.Namespace, Is.EqualTo("flyte"));
            Assert.That(fleet.Flyte.Chart, Is.EqualTo(new ChartReference { Repository = "https://flyteorg.github.io/flyte", Version = "v1.16.8" }));
            Assert.That(fleet.Flyte.Insecure, Is.False);
            Assert.That(fleet.Flyte.Catalog, Is.Null);
            Assert.That(fleet.ControlPlane.Name, Is.EqualTo("controlplane"));
            Assert.That(fleet.ControlPlane.Release, Is.EqualTo("flyte-core"));
            Assert.That(fleet.ControlPlane.RunsWorkflows, Is.False);
            Assert.That(fleet.DataPlanes.Select(plane => plane.Name), Is.EqualTo(["dataplane_1", "dataplane_2"]));
            Assert.That(fleet.DataPlanes[0], Has.Property("Enabled").True.And.Property("Release").EqualTo("flyte-core-data").And.Property("Endpoint").Null);
            Assert.That(fleet.Labels[1].Clusters, Is.EqualTo([new WeightedCluster("dataplane_2", 1)]));
            Assert.That(fleet.DefaultLabel, Is.Null);
            Assert.That(fleet.IsSandbox, Is.False);
        }
    }

    [Test]
    public void Everything_written_is_read()
    {
        using var folder = new TemporaryFolder();
        folder.Write("base.yaml", "a: 1\n");
        folder.Write("more/own.yaml", "");
        folder.Write("chart/Chart.yaml", "name: flyte-core\n");
        var path = folder.Write(
            "fleet.yaml",
            """
            flyte:
              chart: {path: ./chart}
              namespace: flyte2
              endpoint: dns:///10.0.0.1:30081
              insecure: true
              catalog: {endpoint: "10.0.0.1:89", insecure: true}
              values: [base.yaml]
            controlPlane: {name: central, context: cc, release: flyte, values: [more/own.yaml], runsWorkflows: true}
            dataPlanes:
            - name: A.b
              context: ctx-a
              enabled: false
              endpoint: https://10.0.0.2:6443
              release: flyte-data
              values: [base.yaml, more/own.yaml]
            - {name: two, context: ctx-b}
            labels:
              team-a: [{id: two, weight: 0.7}, {id: central, weight: 0.3}]
            defaultLabel: team-a
            cloud: {provider: none}
            executionLabels: []
            sandbox: true
            """
        );

        var result = new FleetReader().Read(path);
        Assert.That(result.Problems, Is.Empty);
        var fleet = result.Fleet!;
        var home = Path.GetDirectoryName(path)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fleet.Path, Is.EqualTo(path));
            Assert.That(fleet.Flyte.Chart.Path, Is.EqualTo(Path.Combine(home, "chart")));
            Assert.That(fleet.Flyte.Namespace, Is.EqualTo("flyte2"));
            Assert.That(fleet.Flyte.Endpoint, Is.EqualTo("dns:///10.0.0.1:30081"));
            Assert.That(fleet.Flyte.Insecure, Is.True);
            Assert.That(fleet.Flyte.Catalog, Is.EqualTo(new CatalogSettings("10.0.0.1:89", true)));
            Assert.That(fleet.Flyte.Values, Is.EqualTo([Path.Combine(home, "base.yaml")]));
            Assert.That(fleet.ControlPlane.Name, Is.EqualTo("central"));
            Assert.That(fleet.ControlPlane.Release, Is.EqualTo("flyte"));
            Assert.That(fleet.ControlPlane.Values, Is.EqualTo([Path.Combine(home, "more", "own.yaml")]));
            Assert.That(fleet.ControlPlane.RunsWorkflows, Is.True);
            Assert.That(fleet.DataPlanes[0].Enabled, Is.False);
            Assert.That(fleet.DataPlanes[0].Endpoint, Is.EqualTo("https://10.0.0.2:6443"));
            Assert.That(fleet.DataPlanes[0].Release, Is.EqualTo("flyte-data"));
            Assert.That(fleet.DataPlanes[0].Values, Has.Count.EqualTo(2));
            Assert.That(fleet.Labels[0].Clusters, Is.EqualTo([new WeightedCluster("two", 0.7), new WeightedCluster("central", 0.3)]));
            Assert.That(fleet.DefaultLabel, Is.EqualTo("team-a"));
            Assert.That(fleet.IsSandbox, Is.True);
        }
    }

    [Test]
    public void Anchors_and_merge_keys_work_and_own_keys_win()
    {
        var fleet = Read(
            Valid
                .Replace(First, "  - &one {name: dataplane_1, context: dataplane1, enabled: true, release: shared}", StringComparison.Ordinal)
                .Replace(Second, "  - {name: dataplane_2, context: dataplane2, <<: [*one, *two]}", StringComparison.Ordinal)
                .Insert(0, "x-two: &two {release: other, endpoint: 'https://a:1'}\n")
        ).Fleet!;
        Assert.That(fleet.DataPlanes[1], Is.EqualTo(fleet.DataPlanes[1] with { Name = "dataplane_2", Release = "shared", Endpoint = "https://a:1" }));
    }

    [Test]
    public void A_byte_order_mark_and_windows_line_ends_are_accepted() =>
        Assert.That(Read("\uFEFF" + Valid.Replace("\n", "\r\n", StringComparison.Ordinal)).Problems, Is.Empty);

    [Test]
    public void Null_stands_for_the_default_of_every_optional_field() =>
        Assert.That(
            ProblemsOf(
                """
                flyte: {chart: {repository: https://x.example, name: ~, version: 1.2.3, path: null}, namespace: ~, endpoint: flyte.example.com, insecure: , catalog: , values: }
                controlPlane: {name: , context: c, release: , values: , runsWorkflows: }
                dataPlanes: [{name: a, context: d, enabled: , endpoint: , release: , values: }]
                labels: {a: [{id: a, weight: 1}]}
                cloud:
                flyteAdmin:
                executionLabels:
                executionLabelFiles:
                smoke:
                pyflyte:
                sandbox:
                """
            ),
            Is.Empty
        );

    [Test]
    public void Every_problem_is_reported_at_once_in_the_files_order()
    {
        var problems = ProblemsOf(
            """
            flyte:
              chart: {repository: https://x.example, version: ^1}
              endpont: 10.0.0.1:443
              insecure: "yes"
            controlPlane: {context: a}
            dataPlanes:
              - {name: a_b, context: a}
              - {name: a-b, context: c, colour: red}
            labels:
              Team: [{id: a_c, weight: 2}]
            defaultLabel: nowhere
            """
        );
        Assert.That(
            string.Join('\n', problems),
            Is.EqualTo(
                """
                2:51 The chart's version '^1' is not an exact version. Write the exact version as in the repository's index: v1.16.8.
                3:3 flyte has no key 'endpont'. Did you mean 'endpoint'?
                4:13 'insecure' must be true or false, not a string. Write true or false, without quotes.
                7:26 The context 'a' is already used by the control plane. One cluster is one plane: write the context of another cluster.
                8:12 The names 'a-b' and 'a_b' make the same Secret name, 'a-b-token'. Rename one: they differ only in case, '_' and '-'.
                8:29 A data plane has no key 'colour'. Known here: name, context, enabled, endpoint, release, overlay, values, cluster, region, location, create.
                10:3 flyteadmin lower-cases the label 'Team' and then never finds it. Write team, here and where it is used.
                10:15 The label 'Team' names 'a_c', which is not a data plane. Did you mean 'a_b'?
                10:28 The weight 2 is not from 0 to 1. flyteadmin does not start with it: write a share, such as 0.5.
                11:15 There is no label 'nowhere'. Known here: Team.
                """
            )
        );
    }
}
