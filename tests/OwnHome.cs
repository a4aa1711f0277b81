using NUnit.Framework;

namespace Flyte.MultiCluster.Tests;

/// <summary>
/// Gives this test process, and all that it starts, a HOME and a KUBECONFIG of its own: a kubectl, helm or program without an explicit path writes
/// there, and not into the user's. Of the user's home only the package managers' files and the cache are in it, as links.
/// </summary>
[SetUpFixture]
internal sealed class OwnHome
{
    private static readonly string[] Shared = [".cache", ".dotnet", ".npm", ".npmrc", ".nuget", ".pyenv"];

    private readonly Dictionary<string, string?> _before = new(StringComparer.Ordinal);

    /// <summary>The folder; null before the first test.</summary>
    public static string? Path { get; private set; }

    [OneTimeSetUp]
    public void Make()
    {
        Path = Directory.CreateTempSubdirectory("home-").FullName;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Directory.CreateDirectory(System.IO.Path.Combine(Path, ".kube"));
        Set("KUBECONFIG", System.IO.Path.Combine(Path, ".kube", "config"));
        if (OperatingSystem.IsWindows())
            return;
        foreach (var shared in Shared.Select(name => System.IO.Path.Combine(home, name)).Where(System.IO.Path.Exists))
            File.CreateSymbolicLink(System.IO.Path.Combine(Path, System.IO.Path.GetFileName(shared)), shared);
        Set("HOME", Path);
    }

    [OneTimeTearDown]
    public void Clean()
    {
        foreach (var (name, value) in _before)
            Environment.SetEnvironmentVariable(name, value);
        foreach (var link in Directory.GetFileSystemEntries(Path!).Where(entry => new FileInfo(entry).LinkTarget is not null))
            File.Delete(link);
        Directory.Delete(Path!, recursive: true);
    }

    private void Set(string name, string value)
    {
        _before[name] = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
    }
}

/// <summary>No test writes into the user's home.</summary>
internal sealed class OwnHomeTests
{
    [Test]
    public async Task A_kubectl_that_is_given_no_kubeconfig_writes_into_the_tests_own()
    {
        var config = Environment.GetEnvironmentVariable("KUBECONFIG");
        Assert.That(config, Is.Not.Null.And.StartsWith(OwnHome.Path!));

        using var kubectl = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(Sandbox.Conformance.Tool.Kubectl(), ["config", "set-context", "of-a-test", "--cluster=x"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            }
        )!;
        await kubectl.WaitForExitAsync();

        Assert.That(await File.ReadAllTextAsync(config!), Does.Contain("of-a-test"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "There the home is no variable.")]
    public void The_home_is_the_tests_own() =>
        Assert.That(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Is.EqualTo(OwnHome.Path).And.StartsWith(Path.GetTempPath()));
}
