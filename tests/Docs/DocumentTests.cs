using System.Text.RegularExpressions;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Build.Options;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Docs;

/// <summary>Documents name nothing that is not there.</summary>
[TestFixtureSource(typeof(Repository), nameof(Repository.Documents))]
internal sealed partial class DocumentTests(string document)
{
    [Test]
    public void Every_link_leads_to_a_file()
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;

        Assert.That(Repository.Links(document).Where(link => !File.Exists(Path.Combine(folder, link))), Is.Empty);
    }

    [Test]
    public void Every_command_names_a_target_that_there_is()
        => Assert.That(Named(Target()).Except(Targets.Names, StringComparer.Ordinal), Is.Empty);

    [Test]
    public void Every_command_gives_options_that_there_are()
    {
        var known = ProgramOptions.All.SelectMany(option => option.Aliases.Append(option.Name));
        var given = Command().Matches(Repository.Read(document)).SelectMany(command => Option().Matches(command.Value)).Select(option => option.Groups[1].Value);

        Assert.That(given.Except(known, StringComparer.Ordinal), Is.Empty);
    }

    private IEnumerable<string> Named(Regex pattern) => pattern.Matches(Repository.Read(document)).Select(match => match.Groups[1].Value);

    [GeneratedRegex("--target=([A-Za-z]+)")]
    private static partial Regex Target();

    [GeneratedRegex(@"\./build\.sh[^\n`#]*")]
    private static partial Regex Command();

    [GeneratedRegex(" --([a-z-]+)")]
    private static partial Regex Option();
}
