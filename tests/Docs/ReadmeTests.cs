using System.Reflection;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Build.Options;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Docs;

/// <summary>The README says what the program is.</summary>
internal sealed class ReadmeTests
{
    [Test]
    public void It_lists_every_target_with_its_stage_and_description()
    {
        var stage = string.Empty;
        var listed = new List<string>();
        foreach (var row in Repository.Table(Repository.Section("README.md", "Targets")))
        {
            stage = row[0].Length > 0 ? row[0] : stage;
            listed.Add($"{stage}: {row[1]}: {row[2]}");
        }

        var real = Targets.All.Where(target => target.Name != DefaultTask.Name);

        Assert.That(listed, Is.EqualTo(real.Select(target => $"{target.Stage}: {target.Name}: {target.Description}")));
    }

    [Test]
    public void It_lists_every_exit_code()
    {
        var listed = Repository.Table(Repository.Section("README.md", "Exit codes")).Select(row => $"{row[0]} {row[1]}");
        var real = typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => $"{field.GetRawConstantValue()} {field.Name}");

        Assert.That(listed, Is.EquivalentTo(real));
    }

    [Test]
    public void It_names_every_option()
    {
        var section = Repository.Section("README.md", "Options");

        Assert.That(
            ProgramOptions
                .All.Where(option => option != ProgramOptions.Help && !section.Contains($"--{option.Name}", StringComparison.Ordinal))
                .Select(option => option.Name),
            Is.Empty
        );
    }
}
