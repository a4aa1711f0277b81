using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Tasks.FleetTopology;

namespace Flyte.MultiCluster.Tests.Tasks.FleetTopology;

/// <summary>Pictures of fleets of any size.</summary>
internal static class SamplePicture
{
    private static readonly string[] Domains = ["development", "staging", "production"];

    /// <summary>A fleet in which every state occurs, from six data planes on.</summary>
    /// <param name="planes">How many data planes it has.</param>
    public static FleetPicture Of(int planes)
    {
        PictureCluster[] clusters =
        [
            .. Enumerable
                .Range(1, planes)
                .Select(number => new PictureCluster($"dataplane_{number}", State(number))
                {
                    Versions = State(number) == ClusterState.Unreachable ? string.Empty : "v1.36.3 · flyte-core v1.16.8",
                    Runs = new RunCount(number * 7 % 31, number % 5 == 0 ? 1 : 0),
                    Details = [("Kubernetes", "v1.36.3"), ("Chart", "flyte-core v1.16.8"), ("Deployments", "2 of 2 ready")],
                }),
        ];
        PictureLabel[] labels =
        [
            .. Enumerable.Range(1, planes).Select(number => new PictureLabel($"label{number}", Members(number, planes), number == 1)),
            new PictureLabel("nowhere", [], IsDefault: false),
        ];
        PictureScope[] scopes =
        [
            .. Enumerable
                .Range(1, planes)
                .Select(number => new PictureScope(
                    new LabelScope($"team{((number - 1) / 3) + 1}", Domains[(number - 1) % 3]),
                    $"label{number}",
                    number % 4 == 0
                )
                {
                    Runs = new RunCount(number * 7 % 31, 0),
                    RanIn = [($"dataplane_{number}", number * 7 % 31)],
                }),
            new PictureScope(new LabelScope("team1", "production", "example.workflows.training.nightly_retraining_of_everything"), "label2", false),
            new PictureScope(new LabelScope("flytesnacks"), null, true),
        ];
        return new FleetPicture(
            "fleet.yaml",
            new PictureCluster("controlplane", ClusterState.Enabled) { Versions = "v1.36.3 · flyte-core v1.16.8", Details = [("Kubernetes", "v1.36.3")] },
            clusters,
            labels,
            scopes
        )
        {
            At = DateTimeOffset.UnixEpoch,
            Notes = ["2 executions in 24 h reached no cluster."],
        }.Ordered();
    }

    /// <summary>The picture of one data plane, everything in which has the same name.</summary>
    /// <param name="name">The name.</param>
    public static FleetPicture Named(string name) =>
        new(
            name,
            new PictureCluster(name, ClusterState.Enabled) { Versions = name, Details = [(name, name)] },
            [new PictureCluster(name, ClusterState.Enabled) { Versions = name, Details = [(name, name)] }],
            [new PictureLabel(name, [new PictureMember(name, 1, IsPlanned: false)], IsDefault: true)],
            [new PictureScope(new LabelScope(name, name, name), name, IsInherited: false) { RanIn = [(name, 1)] }]
        )
        {
            At = DateTimeOffset.UnixEpoch,
            Notes = [name],
        };

    private static ClusterState State(int number) =>
        (number % 17) switch
        {
            2 => ClusterState.Disabled,
            3 => ClusterState.Drained,
            4 => ClusterState.Unreachable,
            5 => ClusterState.New,
            6 => ClusterState.Unknown,
            _ => ClusterState.Enabled,
        };

    private static IReadOnlyList<PictureMember> Members(int number, int planes)
    {
        var own = new PictureMember($"dataplane_{number}", number % 3 == 0 ? 0.75 : 1, State(number) == ClusterState.New);
        return number % 3 == 0 ? [own, new PictureMember($"dataplane_{(number % planes) + 1}", 0.25, IsPlanned: false)] : [own];
    }
}
