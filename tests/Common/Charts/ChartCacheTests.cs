using System.Formats.Tar;
using System.IO.Compression;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Values;
using NSubstitute;
using NUnit.Framework;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Common.Charts;

/// <summary>Charts that were fetched once.</summary>
internal sealed class ChartCacheTests
{
    private static readonly ChartReference Remote = new() { Repository = "https://charts.example.com", Version = "v1.16.8" };

    private TemporaryFolder _folder = null!;
    private List<string> _helm = null!;
    private ChartCache _cache = null!;

    [SetUp]
    public void MakeCache()
    {
        (_folder, _helm) = (new TemporaryFolder(), []);
        _cache = Cache(_folder, _helm);
    }

    [TearDown]
    public void RemoveCache() => _folder.Dispose();

    [Test]
    public async Task A_chart_of_a_repository_is_fetched_once()
    {
        var before = _cache.Find(Remote);
        var fetched = await _cache.FetchAsync(Remote, default);

        Assert.That((before, fetched.Name, _cache.Find(Remote)!.Folder), Is.EqualTo(((UnpackedChart?)null, "flyte-core", fetched.Folder)));
        Assert.That(_helm, Has.Count.EqualTo(1));
        Assert.That(_helm[0], Does.StartWith("""pull "flyteorg/flyte-core" --version "v1.16.8" --untar"""));
    }

    [Test]
    public async Task Another_version_and_another_repository_are_other_charts()
    {
        await _cache.FetchAsync(Remote, default);

        Assert.That(
            (_cache.Find(Remote with { Version = "v1.16.7" }), _cache.Find(Remote with { Repository = "https://other.example.com" })),
            Is.EqualTo(((UnpackedChart?)null, (UnpackedChart?)null))
        );
    }

    [TestCase("https://charts.example.com", 1)]
    [TestCase("oci://registry.example.com/charts", 0)]
    [TestCase(null, 0)]
    public async Task A_repository_is_added_where_there_is_one(string? repository, int commands)
    {
        await _cache.AddRepositoryAsync(new ChartReference { Repository = repository, Path = repository is null ? "/chart" : null }, default);

        Assert.That(_helm, Has.Count.EqualTo(commands));
    }

    [Test]
    public async Task A_registry_is_pulled_from_by_its_address()
    {
        await _cache.FetchAsync(Remote with { Repository = "oci://registry.example.com/charts/" }, default);

        Assert.That(_helm[0], Does.StartWith("""pull "oci://registry.example.com/charts/flyte-core" """));
    }

    [Test]
    public async Task Two_runs_at_once_get_the_same_chart()
    {
        var fetched = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Cache(_folder, []).FetchAsync(Remote, default))));

        Assert.That(fetched.Select(chart => chart.Folder).Distinct().Count(), Is.EqualTo(1));
        Assert.That(Directory.GetDirectories(_folder.Path, "flyte-core-*"), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_fetch_that_fails_leaves_nothing()
    {
        var cache = Cache(_folder, [], exitCode: 1);

        Assert.That(() => cache.FetchAsync(Remote, default), Throws.TypeOf<HelmException>());
        Assert.That((Directory.GetFileSystemEntries(_folder.Path), cache.Find(Remote)), Is.EqualTo((Array.Empty<string>(), (UnpackedChart?)null)));
    }

    [Test]
    public async Task A_fetch_that_was_killed_before_does_not_stand_in_the_way()
    {
        var folder = (await _cache.FetchAsync(Remote, default)).Folder;
        File.Delete(Path.Combine(Path.GetDirectoryName(folder)!, "chart"));

        Assert.That(_cache.Find(Remote), Is.Null);
        Assert.That((await _cache.FetchAsync(Remote, default)).Name, Is.EqualTo("flyte-core"));
    }

    [Test]
    public async Task A_local_chart_is_another_one_when_its_content_changes()
    {
        var local = Local("name: flyte-core\nversion: v1\n");
        var first = await _cache.FetchAsync(local, default);
        _folder.Write("charts/flyte-core/templates/a.yaml", "kind: B\n");

        Assert.That(_cache.Find(local), Is.Null);
        Assert.That((await _cache.FetchAsync(local, default)).Folder, Is.Not.EqualTo(first.Folder));
        Assert.That(File.ReadAllText(Path.Combine(first.Folder, "templates", "a.yaml")), Is.EqualTo("kind: A\n"));
    }

    [Test]
    public async Task A_dependency_beside_the_chart_is_built_beside_its_copy()
    {
        var local = Local("name: flyte-core\nversion: v1\ndependencies:\n  - {name: flyteconnector, version: v1, repository: file://../flyteconnector}\n");
        _folder.Write("charts/flyteconnector/Chart.yaml", "name: flyteconnector\nversion: v1\n");

        var chart = await _cache.FetchAsync(local, default);

        Assert.That(_helm, Is.EqualTo(new[] { $"dependency build \"{_helm[0].Split('"')[1]}\"" }));
        Assert.That(File.Exists(Path.Combine(chart.Folder, "..", "flyteconnector", "Chart.yaml")), Is.True);
        _folder.Write("charts/flyteconnector/values.yaml", "a: 1\n");
        Assert.That(_cache.Find(local), Is.Null, "a change of the dependency is another chart");
    }

    [TestCase("flyteconnector-v1.tgz")]
    [TestCase("flyteconnector/Chart.yaml")]
    public async Task A_chart_that_carries_its_dependency_needs_no_helm(string carried)
    {
        var local = Local("name: flyte-core\nversion: v1\ndependencies:\n  - {name: flyteconnector, version: v1, repository: file://../flyteconnector}\n");
        _folder.Write($"charts/flyte-core/charts/{carried}", "name: flyteconnector\n");

        var chart = await _cache.FetchAsync(local, default);

        Assert.That(File.Exists(Path.Combine(chart.Folder, "charts", carried)), Is.True);
        Assert.That(_helm, Is.Empty);
    }

    [Test]
    public async Task A_packaged_chart_is_unpacked()
    {
        Local("name: flyte-core\nversion: v1\n");
        var archive = Path.Combine(_folder.Path, "flyte-core-v1.tgz");
        await using (var gzip = new GZipStream(File.Create(archive), CompressionLevel.Fastest))
            await TarFile.CreateFromDirectoryAsync(Path.Combine(_folder.Path, "charts"), gzip, includeBaseDirectory: false);

        var chart = await _cache.FetchAsync(new ChartReference { Path = archive }, default);

        Assert.That((chart.Name, chart.Version, File.Exists(Path.Combine(chart.Folder, "templates", "a.yaml"))), Is.EqualTo(("flyte-core", "v1", true)));
    }

    [Test]
    public void A_local_chart_that_is_not_there_is_reported() =>
        Assert.That(() => _cache.Find(new ChartReference { Path = "/nowhere/chart" }), Throws.InstanceOf<IOException>());

    private ChartReference Local(string metadata)
    {
        _folder.Write("charts/flyte-core/Chart.yaml", metadata);
        _folder.Write("charts/flyte-core/templates/a.yaml", "kind: A\n");
        return new ChartReference { Path = Path.Combine(_folder.Path, "charts", "flyte-core") };
    }

    // helm pull, in memory: it makes the chart's folder.
    private static ChartCache Cache(TemporaryFolder folder, List<string> lines, int exitCode = 0)
    {
        var runner = new RecordingRunner { ExitCode = exitCode };
        runner
            .Processes.Start(Arg.Any<FilePath>(), Arg.Any<ProcessSettings>())
            .Returns(call =>
            {
                var line = call.ArgAt<ProcessSettings>(1).Arguments.Render();
                lines.Add(line);
                if (exitCode == 0 && line.StartsWith("pull", StringComparison.Ordinal))
                {
                    var chart = Path.Combine(line.Split('"')[^2], "flyte-core");
                    Directory.CreateDirectory(chart);
                    File.WriteAllText(Path.Combine(chart, "Chart.yaml"), "name: flyte-core\nversion: v1.16.8\n");
                }

                return runner.Process;
            });
        return new ChartCache(folder.Path, new HelmValues(), new HelmTools(runner.FileSystem, runner.Environment, runner.Processes, runner.Tools));
    }
}
