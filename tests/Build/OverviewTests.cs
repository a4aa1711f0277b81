using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>What is printed without a target.</summary>
internal sealed class OverviewTests
{
    private static readonly Target[] Sample =
    [
        new("CheckTools", "Check helm and kubectl", "Prerequisites"),
        new("CheckClusters", "Check the clusters", "Prerequisites"),
        new("AddDataPlane", "Join data planes", "All of it"),
        new("Default", "This", null),
    ];

    [Test]
    public void Targets_are_grouped_by_stage_in_order_and_without_Default() =>
        Assert.That(
            Overview.For(Sample, new FleetChoice(null)),
            Does.Contain(
                    """

                    Prerequisites
                      CheckTools     Check helm and kubectl
                      CheckClusters  Check the clusters

                    All of it
                      AddDataPlane   Join data planes

                    """.ReplaceLineEndings("\n")
                )
                .And.Not.Contain("Default")
        );

    [Test]
    public void Without_a_fleet_file_it_names_the_sandbox_and_the_command_to_try() =>
        Assert.That(
            Overview.For(Sample, new FleetChoice(null)),
            Does.StartWith("Fleet: the sandbox's, as there is no values/fleet.yaml\n").And.Contain("Next: ./build.sh --target=AddDataPlane  ")
        );

    [Test]
    public void With_a_fleet_it_proposes_to_plan() =>
        Assert.That(
            Overview.For(Sample, new FleetChoice("my.yaml")),
            Does.StartWith("Fleet: my.yaml\n").And.Contain("Next: ./build.sh --target=AddDataPlane --fleet=my.yaml --plan")
        );

    [Test]
    public void Every_target_of_the_program_says_what_it_is_for() => Assert.That(Targets.All.Where(static target => target.Description.Length == 0), Is.Empty);

    [Test]
    public void Every_task_class_but_Default_has_its_place_in_the_runbook() =>
        Assert.That(
            Targets
                .Assemblies.SelectMany(static assembly => assembly.GetExportedTypes())
                .Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(Cake.Frosting.IFrostingTask))),
            Is.EquivalentTo(Runbook.Stages.SelectMany(static stage => stage.Tasks).Append(typeof(DefaultTask)))
        );

    [Test]
    public void A_fleet_given_goes_before_the_one_in_values()
    {
        using var root = new RootWithFleet();

        Assert.Multiple(() =>
        {
            Assert.That(FleetChoice.For(new RunOptions { Fleet = "given.yaml" }, root.Path).Path, Is.EqualTo("given.yaml"));
            Assert.That(Path.GetFullPath(FleetChoice.For(new RunOptions(), root.Path).Path!), Is.EqualTo(Path.Combine(root.Path, "values", "fleet.yaml")));
            Assert.That(FleetChoice.For(new RunOptions(), Path.Combine(root.Path, "values")).IsSandbox, Is.True);
        });
    }

    private sealed class RootWithFleet : IDisposable
    {
        public RootWithFleet()
        {
            Directory.CreateDirectory(System.IO.Path.Combine(Path, "values"));
            File.WriteAllText(System.IO.Path.Combine(Path, "values", "fleet.yaml"), string.Empty);
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("root-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
