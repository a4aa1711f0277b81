using System.Reflection;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Changes;

/// <summary>What the program's shape promises: one gate, and one place that connects.</summary>
internal sealed class ArchitectureTests
{
    private static readonly string[] WritingVerbs =
    [
        "Apply",
        "Patch",
        "Delete",
        "Upgrade",
        "Install",
        "Rollback",
        "Uninstall",
        "Put",
        "Post",
        "Create",
        "Abort",
        "Update",
        "RunRemote",
    ];

    private static readonly string[] RunnerNamespaces = ["Aws", "Eksctl", "Gcloud", "Helm", "Kubectl", "Flytectl", "Pyflyte"];

    private static readonly string[] Connecting =
    [
        "new SocketsHttpHandler",
        "=> new() { Proxy",
        "new HttpClientHandler",
        "new HttpClient()",
        "HttpClient.DefaultProxy",
        "UseProxy",
        "new TcpClient",
        "new ClientWebSocket",
    ];

    private static readonly string[] OfProcess =
    [
        "Environment.GetEnvironmentVariable(",
        "(Environment.GetEnvironmentVariable)",
        "Environment.CurrentDirectory",
        "Environment.GetCommandLineArgs",
        "Environment.GetFolderPath",
        "Path.GetTempPath",
        "CreateTempSubdirectory",
        "Console.Out",
        "Console.Error",
        "Console.In",
        "Console.Write",
        "Console.IsInputRedirected",
        "Console.IsOutputRedirected",
    ];

    private static readonly Type[] Clients =
    [
        typeof(ClusterApi),
        typeof(IFlyteAdmin),
        typeof(FlyteAdminClient),
        .. typeof(FlyteContext)
            .Assembly.GetTypes()
            .Where(type =>
                RunnerNamespaces.Any(name => type.Namespace == $"Flyte.MultiCluster.Common.Tools.{name}")
                && type.Name.EndsWith("Runner", StringComparison.Ordinal)
            ),
    ];

    [Test]
    public void Every_call_that_writes_takes_the_gates_permit()
    {
        var writing = Clients
            .SelectMany(client => client.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => WritingVerbs.Any(word => method.Name.Contains(word, StringComparison.Ordinal)))
            .ToArray();

        Assert.That(
            writing.Select(method => method.Name),
            Is.SupersetOf(
                new[]
                {
                    "ApplyAsync",
                    "MergePatchAsync",
                    "UpgradeAsync",
                    "PutExecutionLabelAsync",
                    "DeleteExecutionLabelAsync",
                    "CreateExecutionAsync",
                    "AbortExecutionAsync",
                    "UpdateAsync",
                    "RunRemoteAsync",
                }
            )
        );
        Assert.That(
            writing
                .Where(method => method.GetParameters().All(parameter => parameter.ParameterType != typeof(ChangePermit)))
                .Select(method => $"{method.DeclaringType!.Name}.{method.Name}"),
            Is.Empty
        );
    }

    [Test]
    public void Only_the_gate_makes_permits()
    {
        Assert.That(typeof(ChangePermit).GetConstructors(BindingFlags.Public | BindingFlags.Instance), Is.Empty);
        Assert.That(
            Sources("tasks")
                .Concat(Sources("build"))
                .Where(file => File.ReadAllText(file).Contains("new ChangePermit(", StringComparison.Ordinal))
                .Select(Path.GetFileName),
            Is.EqualTo(new[] { "ChangeGate.cs" })
        );
    }

    [Test]
    public void No_other_code_speaks_to_a_clusters_or_FlyteAdmins_API_over_HTTP() =>
        Assert.That(
            Sources("tasks")
                .Concat(Sources("build"))
                .Where(file =>
                    File.ReadAllText(file) is var text
                    && (
                        text.Contains("HttpMethod.Patch", StringComparison.Ordinal)
                        || text.Contains("HttpMethod.Post", StringComparison.Ordinal)
                        || text.Contains("HttpMethod.Put", StringComparison.Ordinal)
                        || text.Contains("HttpMethod.Delete", StringComparison.Ordinal)
                    )
                )
                .Where(file => !IsIn(file, "Sandboxes"))
                .Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "ClusterApi.cs", "FlyteAdminClient.cs", "ClientCredentials.cs" })
        );

    [Test]
    public void Every_connection_keeps_the_environments_proxies_as_it_is_made_in_one_place() =>
        Assert.That(
            Sources("tasks")
                .Concat(Sources("build"))
                .Where(file => Connecting.Any(made => File.ReadAllText(file).Contains(made, StringComparison.Ordinal)))
                .Select(Path.GetFileName),
            Is.EqualTo(new[] { "HttpConnections.cs" })
        );

    [Test]
    public void What_a_run_gets_from_who_starts_it_is_read_in_one_place_so_that_tests_can_run_the_program_in_their_process() =>
        Assert.That(
            Sources("tasks")
                .Concat(Sources("build"))
                .Where(file => OfProcess.Any(read => File.ReadAllText(file).Contains(read, StringComparison.Ordinal)))
                .Where(file => !IsIn(file, "Developers") && !IsIn(file, "Benchmarks"))
                .Select(Path.GetFileName),
            Is.EqualTo(new[] { "ProcessEnvironment.cs" })
        );

    private static bool IsIn(string file, string folder) => Path.GetFileName(Path.GetDirectoryName(file)) == folder;

    private static IEnumerable<string> Sources(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(ProjectRoot.Path, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
}
