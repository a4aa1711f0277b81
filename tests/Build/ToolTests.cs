using System.Runtime.Versioning;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Tasks.Developers;
using NSubstitute;
using NUnit.Framework;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>Where helm and kubectl are found, and when they are installed.</summary>
internal sealed class ToolTests
{
    private string _root = null!;

    [SetUp]
    public void MakeRoot() => _root = Directory.CreateTempSubdirectory("tools-").FullName;

    [TearDown]
    public void RemoveRoot() => Directory.Delete(_root, recursive: true);

    [Test]
    public void A_tool_on_the_PATH_goes_before_the_installed_one()
    {
        Tool("tools/bin");
        var first = Tool("first");
        Tool("second");

        Assert.That(Paths("missing", "first", "second").Find("helm"), Is.EqualTo(first));
    }

    [Test]
    public void Without_one_on_the_PATH_the_installed_one_is_found()
    {
        var installed = Tool("tools/bin");

        Assert.That((Paths("first").Find("helm"), new ToolPaths(_root, null).Find("helm")), Is.EqualTo((installed, installed)));
    }

    [Test]
    public void Without_any_there_is_none() => Assert.That(Paths("first").Find("helm"), Is.Null);

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows has no executable bit.")]
    [UnsupportedOSPlatform("windows")]
    public void A_file_that_is_not_executable_is_passed_over()
    {
        File.SetUnixFileMode(Tool("first"), UnixFileMode.UserRead);
        var second = Tool("second");

        Assert.That(Paths("first", "second").Find("helm"), Is.EqualTo(second));
    }

    [Test]
    public void Installed_tools_are_listed_and_nothing_is_started()
    {
        var processes = Substitute.For<IProcessRunner>();
        var log = new StringWriter();
        Lock("sha512-current");
        Tool("tools/bin");
        File.WriteAllLines(Path.Combine(_root, "tools", "bin", ".installed"), ["sha512-current", "helm 4.2.3, kubectl 1.36.3"]);

        new PinnedTools(_root, processes, new ProgramLog(log, log, colours: false)).Install(ToolSet.Current);

        Assert.That(log.ToString(), Does.Contain("Already installed: helm 4.2.3, kubectl 1.36.3"));
        Assert.That(processes.ReceivedCalls(), Is.Empty);
    }

    [Test]
    public void Tools_of_an_earlier_lock_count_as_missing()
    {
        Lock("sha512-newer");
        Tool("tools/bin");
        File.WriteAllLines(Path.Combine(_root, "tools", "bin", ".installed"), ["sha512-older", "helm 4.0.0, kubectl 1.34.0"]);

        Assert.That(new PinnedTools(_root, Substitute.For<IProcessRunner>(), Substitute.For<ICakeLog>()).IsInstalled(ToolSet.Current), Is.False);
    }

    [Test]
    public void The_lock_file_pins_both_sets_by_integrity_and_names_no_host()
    {
        var text = File.ReadAllText(Path.Combine(ProjectRoot.Path, "tools", "package-lock.json"));

        Assert.Multiple(() =>
        {
            foreach (var set in new[] { ToolSet.Current, ToolSet.Helm3 })
                Assert.That(text, Does.Match($"\"node_modules/{set.Package}\": \\{{\\s+\"version\": \"[0-9.]+\",\\s+\"integrity\": \"sha512-"));
            Assert.That(text, Does.Not.Contain("://").And.Not.Contain("resolved"));
        });
    }

    private ToolPaths Paths(params string[] folders) => new(_root, string.Join(Path.PathSeparator, folders.Select(folder => Path.Combine(_root, folder))));

    private string Tool(string folder)
    {
        var path = Path.Combine(_root, folder, OperatingSystem.IsWindows() ? "helm.exe" : "helm");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Empty);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private void Lock(string integrity)
    {
        Directory.CreateDirectory(Path.Combine(_root, "tools"));
        File.WriteAllText(
            Path.Combine(_root, "tools", "package-lock.json"),
            $$$"""{"packages": {"node_modules/{{{ToolSet.Current.Package}}}": {"integrity": "{{{integrity}}}"} } }"""
        );
    }
}
