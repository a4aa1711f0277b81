using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Run;

/// <summary>Files that a run leaves.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ArtifactFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "new", "values.yaml");

    public void Dispose() => _folder.Dispose();

    [Test, Platform(Exclude = "Win", Reason = "A file that is open cannot be replaced there.")]
    public void Who_reads_the_old_file_meanwhile_reads_it_whole()
    {
        ArtifactFile.Write(File, "old");
        using var reader = new StreamReader(File);

        ArtifactFile.Write(File, "new, and longer");

        Assert.That(reader.ReadToEnd(), Is.EqualTo("old"));
        Assert.That(System.IO.File.ReadAllText(File), Is.EqualTo("new, and longer"));
    }

    [Test]
    public void Nothing_half_written_is_left_beside_it()
    {
        ArtifactFile.Write(File, "text");

        Assert.That(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories), Is.EqualTo(new[] { File }));
    }

    [Test]
    public void The_same_content_is_not_written_again() =>
        Assert.That((ArtifactFile.Write(File, "text"), ArtifactFile.Write(File, "text")), Is.EqualTo((true, false)));
}
