using System.Text.RegularExpressions;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Build.Options;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Docs;

/// <summary>Documents name nothing that is not there.</summary>
internal sealed partial class DocumentTests
{
    private static IEnumerable<string> WithLinks => Repository.Documents.Where(document => Repository.Links(document).Any());

    private static IEnumerable<string> WithTargets => Repository.Documents.Where(document => Target().IsMatch(Repository.Read(document)));

    private static IEnumerable<string> WithOptions => Repository.Documents.Where(document => Given(document).Any());

    [Test]
    public void Links_targets_and_options_are_found_where_there_are_some() =>
        Assert.Multiple(() =>
        {
            Assert.That(WithLinks, Does.Contain("README.md").And.Contain("docs/operations.md"));
            Assert.That(WithTargets, Does.Contain("README.md").And.Contain("docs/operations.md").And.Contain("CONTRIBUTING.md"));
            Assert.That(WithOptions, Does.Contain("README.md").And.Contain("docs/operations.md").And.Contain("CONTRIBUTING.md"));
        });

    [TestCaseSource(nameof(WithLinks))]
    public void Every_link_leads_to_a_file(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;

        Assert.That(Repository.Links(document).Where(link => !File.Exists(Path.Combine(folder, link))), Is.Empty);
    }

    [TestCaseSource(nameof(WithTargets))]
    public void Every_command_names_a_target_that_there_is(string document) =>
        Assert.That(Target().Matches(Repository.Read(document)).Select(match => match.Groups[1].Value).Except(Targets.Names, StringComparer.Ordinal), Is.Empty);

    [TestCaseSource(nameof(WithOptions))]
    public void Every_command_gives_options_that_there_are(string document)
    {
        var known = ProgramOptions.All.SelectMany(option => option.Aliases.Append(option.Name));

        Assert.That(Given(document).Except(known, StringComparer.Ordinal), Is.Empty);
    }

    private static IEnumerable<string> Given(string document) =>
        Command().Matches(Repository.Read(document)).SelectMany(command => Option().Matches(command.Value)).Select(option => option.Groups[1].Value);

    [GeneratedRegex("--target=([A-Za-z]+)")]
    private static partial Regex Target();

    [GeneratedRegex(@"\./build\.sh[^\n`#]*")]
    private static partial Regex Command();

    [GeneratedRegex(" --([a-z-]+)")]
    private static partial Regex Option();
}
