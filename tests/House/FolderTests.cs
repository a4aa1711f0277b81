using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Tasks;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.House;

/// <summary>The folders of each project: which ones use which, as their compiled types do.</summary>
internal sealed class FolderTests
{
    private const string Root = "Flyte.MultiCluster.";

    // Bottom to top: a folder uses only those before it.
    private static readonly string[] BottomToTop =
    [
        "Problems",
        "Retries",
        "Options",
        "Changes",
        "Differences",
        "Values",
        "Processes",
        "Fleets",
        "Http",
        "FlyteAdmin",
        "Tools",
        "Kubernetes",
        "Releases",
        "Charts",
        "Run",
        "Flyte",
        "Cloud",
        "Install",
    ];

    private static readonly Lazy<Architecture> Program = new(() =>
        new ArchLoader().LoadAssemblies(typeof(FlyteContext).Assembly, typeof(Runbook).Assembly).Build()
    );

    [TestCase("Common")]
    [TestCase("Tasks")]
    public void They_use_each_other_in_one_direction(string project)
    {
        var uses = Uses(project);
        Assert.That(uses, Is.Not.Empty);

        // What uses nothing that is left stands at the bottom; what stays stands in a circle.
        while (uses.FirstOrDefault(use => uses.All(other => other.From != use.To)) is { } bottom)
            uses.RemoveAll(use => use.To == bottom.To);

        Assert.That(uses.Select(use => use.ToString()), Is.Empty);
    }

    [Test]
    public void In_Common_each_uses_only_those_below_it() =>
        Assert.That(
            Uses("Common")
                .Where(use => Array.IndexOf(BottomToTop, use.To) is var to && (to < 0 || to >= Array.IndexOf(BottomToTop, use.From)))
                .Select(use => use.ToString()),
            Is.Empty
        );

    [Test]
    public void Every_folder_of_Common_has_its_place_in_the_order() =>
        Assert.That(Program.Value.Types.Select(type => Folder(type, "Common")).OfType<string>().Distinct(StringComparer.Ordinal), Is.EquivalentTo(BottomToTop));

    [Test]
    public void A_file_is_in_the_folder_that_its_namespace_names()
    {
        (string Folder, string Namespace)[] projects =
        [
            (Path.Combine("build", "common"), $"{Root}Common"),
            ("tasks", $"{Root}Tasks"),
            ("tests", $"{Root}Tests"),
        ];

        var wrong =
            from project in projects
            let folder = Path.Combine(ProjectRoot.Path, project.Folder)
            from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            let steps = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[..^1]
            where
                steps is not ["obj" or "bin", ..]
                && File.ReadLines(file).Any(static line => line.StartsWith("namespace ", StringComparison.Ordinal))
                && !File.ReadLines(file).Contains($"namespace {string.Join('.', steps.Prepend(project.Namespace))};", StringComparer.Ordinal)
            select file;

        Assert.That(wrong, Is.Empty);
    }

    [TestCase("Common", "build/common")]
    [TestCase("Tasks", "tasks")]
    public void The_tests_have_the_folders_of_what_they_test(string tests, string project)
    {
        var folder = Path.Combine(ProjectRoot.Path, "tests", tests);
        Assert.That(
            Directory
                .EnumerateDirectories(folder, "*", SearchOption.AllDirectories)
                .Select(inTests => Path.GetRelativePath(folder, inTests))
                .Where(inTests => !Directory.Exists(Path.Combine(ProjectRoot.Path, project, inTests))),
            Is.Empty
        );
    }

    [Test]
    public void In_Common_nothing_beside_the_stages_runner_knows_the_context_of_tasks() =>
        Assert.That(
            from type in Program.Value.Types
            where Folder(type, "Common") is not null and not "Run"
            where type.Dependencies.Any(dependency => dependency.Target.FullName == typeof(FlyteContext).FullName)
            select type.FullName,
            Is.Empty
        );

    [Test]
    public void The_context_of_tasks_knows_no_tool() =>
        Assert.That(
            from dependency in Program.Value.Types.Single(type => type.FullName == typeof(FlyteContext).FullName).Dependencies
            where Folder(dependency.Target, "Common") == "Tools"
            select dependency.Target.FullName,
            Is.Empty
        );

    private static List<Use> Uses(string project) =>
        [
            .. from type in Program.Value.Types
            let one = Folder(type, project)
            where one is not null
            from dependency in type.Dependencies
            let other = Folder(dependency.Target, project)
            where other is not null && other != one
            group $"{type.Name} → {dependency.Target.Name}" by (one, other) into uses
            select new Use(uses.Key.one, uses.Key.other, uses.Distinct(StringComparer.Ordinal).First()),
        ];

    // The project's own files, beside its folders, stand above them: AddDataPlane and Runbook name every stage.
    private static string? Folder(IType type, string project) =>
        type.FullName.StartsWith($"{Root}{project}.", StringComparison.Ordinal)
        && type.Namespace?.FullName is { } ns
        && ns.StartsWith($"{Root}{project}.", StringComparison.Ordinal)
            ? ns[$"{Root}{project}.".Length..].Split('.')[0]
            : null;

    private sealed record Use(string From, string To, string Example)
    {
        public override string ToString() => $"{From} uses {To}: {Example}";
    }
}
