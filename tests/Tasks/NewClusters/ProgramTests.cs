using System.Diagnostics;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Developers;
using Flyte.MultiCluster.Tests.Stages;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.NewClusters;

/// <summary>The program itself, without a terminal, without helm and with a control plane that nobody can reach.</summary>
[Platform(Include = "Linux", Reason = "The tools are shell scripts.")]
internal sealed class ProgramTests
{
    private static readonly string Program = Environment.GetEnvironmentVariable(Test.ProgramVariable) ?? AppContext.BaseDirectory;

    private NewClusterBed _bed = null!;

    [SetUp]
    public void Make()
    {
        _bed = new NewClusterBed(NewClusterBed.States);
        _bed.Put("cluster", "NONE", "NONE", "ACTIVE");
        _bed.Put("group", "ACTIVE");
        _bed.Eksctl("exit 0");
        _bed.Put(
            "fleet.yaml",
            """
            flyte: {chart: {repository: "https://charts.example.com", name: flyte-core, version: v1.16.8}, endpoint: "dns:///flyte.example.com:443", catalog: {endpoint: "catalog.example.com:89"}}
            cloud: {provider: aws, region: eu-west-1, buckets: [flyte-data]}
            controlPlane: {context: nowhere, cluster: flyte-control}
            dataPlanes:
              - {name: dp1, context: context1, cluster: c, create: {version: "1.33", privateSubnets: [subnet-a, subnet-b]}}
            labels: {label1: [{id: dp1, weight: 1}]}
            """
        );
    }

    [TearDown]
    public void Clean() => _bed.Dispose();

    [Test]
    public async Task It_refuses_without_yes_and_creates_with_it_and_names_the_next_command()
    {
        var refused = await RunAsync("--target=CreateNodeGroup");
        Assert.That(refused.Output, Does.Contain("EKS cluster c: Kubernetes 1.33").And.Contain("Refused before anything was changed").And.Contain("--yes:"));
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Refused));
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));

        var made = (await RunAsync("--target=CreateNodeGroup", "--yes")).Expect(ExitCode.Done);

        Assert.That(
            _bed.TakeCalls().Where(call => call.StartsWith("eksctl", StringComparison.Ordinal)),
            Is.EqualTo(
                new[]
                {
                    "eksctl create cluster -f - --without-nodegroup --write-kubeconfig=false --timeout 2400s",
                    "eksctl create nodegroup --cluster c --name flyte --node-type t3.xlarge --nodes 2 --managed --node-private-networking "
                        + "--timeout 2400s --region eu-west-1",
                }
            )
        );
        Assert.That(made.Output, Does.Contain($"Next: ./build.sh --target=AddDataPlane --fleet={Fleet} --kubeconfig='{_bed.Kubeconfig}'   (joins them)"));
        Assert.That(NewClusterBed.Names(_bed.View(), "contexts"), Is.EquivalentTo(new[] { "mine", "context1" }));
    }

    private string Fleet => Path.Combine(_bed.Folder, "fleet.yaml");

    private async Task<Finished> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Path.Combine(Program, "flyte-multicluster.dll"), $"--fleet={Fleet}", $"--kubeconfig={_bed.Kubeconfig}", .. arguments]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _bed.Folder,
        };
        start.Environment["PATH"] = $"{_bed.Folder}:/usr/bin:/bin";
        start.Environment["FLYTE_MULTICLUSTER_ROOT"] = _bed.Folder;
        start.Environment.Remove("AWS_PROFILE");
        using var program = new RunningProgram(start, Path.Combine(_bed.Folder, "report.json"));
        return await program.EndAsync();
    }
}
