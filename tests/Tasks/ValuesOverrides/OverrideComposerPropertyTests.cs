using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tests.Common.Run;
using FsCheck;
using FsCheck.Fluent;

namespace Flyte.MultiCluster.Tests.Tasks.ValuesOverrides;

/// <summary>What holds for every fleet, every set of joined data planes and every values that are there already.</summary>
public sealed class OverrideComposerPropertyTests
{
    private static readonly string[] Names = ["dp1", "dp2", "dp3", "old1", "old2", "controlplane"];
    private static readonly string[] LabelNames = ["label1", "label2", "label3", "team1", "team2"];

    private static readonly Gen<JsonObject> Sources =
        from clusters in Gen.SubListOf(Names)
        from labels in Gen.SubListOf(LabelNames)
        from members in Gen.ArrayOf(Gen.Elements(Names), labels.Count)
        from mounts in Gen.SubListOf(["/a", "/b"])
        select new JsonObject
        {
            ["flyteadmin"] = new JsonObject
            {
                ["additionalVolumeMounts"] = new JsonArray([.. mounts.Select(path => new JsonObject { ["name"] = "v", ["mountPath"] = path })]),
            },
            ["configmap"] = new JsonObject
            {
                ["clusters"] = new JsonObject
                {
                    ["clusterConfigs"] = new JsonArray([.. clusters.Select(name => new JsonObject { ["name"] = name, ["endpoint"] = $"https://live-{name}" })]),
                    ["labelClusterMap"] = new JsonObject(
                        labels.Select(
                            (label, index) => KeyValuePair.Create(label, (JsonNode?)new JsonArray(new JsonObject { ["id"] = members[index], ["weight"] = 1 }))
                        )
                    ),
                },
            },
        };

    private static readonly Arbitrary<(string[] Joined, JsonObject[] Sources)> Cases = (
        from joined in Gen.SubListOf("dp2", "dp3")
        from sources in Gen.ArrayOf(Sources, 2)
        select (joined.Prepend("dp1").ToArray(), sources)
    ).ToArbitrary();

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property No_cluster_of_any_source_is_ever_lost() =>
        Prop.ForAll(Cases, static one => one.Sources.SelectMany(Clusters).All(name => Clusters(Compose(one)).Contains(name)));

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property No_label_that_reaches_a_cluster_unknown_to_the_fleet_is_ever_lost() =>
        Prop.ForAll(
            Cases,
            static one =>
                one.Sources.SelectMany(source =>
                        Labels(source).Where(label => Members(source, label).Any(id => id.StartsWith("old", StringComparison.Ordinal)))
                    )
                    .Where(label => Strongest(one.Sources, label).Any(id => id.StartsWith("old", StringComparison.Ordinal)))
                    .All(label => Labels(Compose(one)).Contains(label))
        );

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property Every_cluster_is_there_once_and_every_joined_one_with_its_endpoint() =>
        Prop.ForAll(
            Cases,
            static one =>
            {
                var composed = Compose(one);
                var endpoints = composed["configmap"]!["clusters"]!["clusterConfigs"]!
                    .AsArray()
                    .ToDictionary(cluster => (string)cluster!["name"]!, cluster => (string?)cluster!["endpoint"], StringComparer.Ordinal);
                return one.Joined.All(name => endpoints[name] == $"https://{name}");
            }
        );

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property Composing_over_its_own_result_changes_nothing() =>
        Prop.ForAll(
            Cases,
            static one =>
            {
                var once = Compose(one);
                return Compose((one.Joined, [once, .. one.Sources])).ToJsonString() == once.ToJsonString();
            }
        );

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property No_mount_is_ever_lost() =>
        Prop.ForAll(Cases, static one => one.Sources.SelectMany(Mounts).All(path => Mounts(Compose(one)).Contains(path)));

    private static JsonObject Compose((string[] Joined, JsonObject[] Sources) one) =>
        OverrideComposerTests.Compose(SomeFleet.Of(3), one.Joined, one.Sources).Values;

    private static string[] Clusters(JsonObject values) =>
        [.. values["configmap"]!["clusters"]!["clusterConfigs"]!.AsArray().Select(cluster => (string)cluster!["name"]!)];

    private static string[] Labels(JsonObject values) => [.. values["configmap"]!["clusters"]!["labelClusterMap"]!.AsObject().Select(label => label.Key)];

    private static string[] Members(JsonObject values, string label) =>
        [.. (values["configmap"]!["clusters"]!["labelClusterMap"]![label] as JsonArray ?? []).Select(member => (string)member!["id"]!)];

    private static string[] Strongest(JsonObject[] sources, string label) =>
        sources.Select(source => Members(source, label)).FirstOrDefault(members => members.Length > 0) ?? [];

    private static string[] Mounts(JsonObject values) =>
        [.. values["flyteadmin"]!["additionalVolumeMounts"]!.AsArray().Select(mount => (string)mount!["mountPath"]!)];
}
