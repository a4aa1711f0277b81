using System.Diagnostics;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.NewClusters;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Sandbox.Conformance;
using Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.NewClusters;

/// <summary>Runs of CreateCluster and CreateNodeGroup with aws (a script of the test's), eksctl's stub, the real kubectl and a kubeconfig of its own.</summary>
internal sealed class NewClusterBed : IDisposable
{
    /// <summary>An aws that reports one state of EKS cluster c after the other: the files cluster, group, stack and groupstack hold one state per line, and the
    /// last one stays.</summary>
    public const string States = """
        d=$(dirname "$0")
        next() { state=$(head -n 1 "$d/$1" 2>/dev/null || echo NONE); if [ "$(wc -l <"$d/$1" 2>/dev/null || echo 0)" -gt 1 ]; then sed 1d "$d/$1" >"$d/$1.next"; mv "$d/$1.next" "$d/$1"; fi; }
        none() { echo "An error occurred ($1) when calling the Describe operation: it does not exist" >&2; exit 254; }
        issues='"health": {"issues": [{"code": "NodeCreationFailure", "message": "Instances failed to join the kubernetes cluster.", "resourceIds": []}]}'
        case "$1 $2 $4" in
          "sts get-caller-identity "*) echo '{"Account": "123456789012", "Arn": "arn:aws:sts::123456789012:assumed-role/ops/joe"}';;
          "ec2 describe-subnets "*) [ ! -f "$d/denied" ] || none UnauthorizedOperation; [ ! -f "$d/subnets" ] || { cat "$d/subnets"; exit 0; }; echo '{"Subnets": [{"SubnetId": "subnet-a", "AvailabilityZone": "x", "VpcId": "v"}, {"SubnetId": "subnet-b", "AvailabilityZone": "y", "VpcId": "v"}]}';;
          "iam list-open-id-connect-providers "*) echo '{"OpenIDConnectProviderList": [{"Arn": "arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/c"}]}';;
          "eks get-token "*) echo '{"kind": "ExecCredential", "status": {"token": "token-of-joe"}}';;
          "eks list-addons "*) if [ -f "$d/addons" ]; then cat "$d/addons"; else none AccessDenied; fi;;
          "eks describe-cluster "*) next cluster; case $state in
              NONE) none ResourceNotFoundException;;
              ACTIVE) echo "{\"cluster\": {\"status\": \"ACTIVE\", \"version\": \"1.33\", \"endpoint\": \"$(cat "$d/endpoint")\", \"certificateAuthority\": {\"data\": \"$(cat "$d/ca")\"}, \"identity\": {\"oidc\": {\"issuer\": \"https://oidc.example.com/id/c\"}},
                \"resourcesVpcConfig\": {\"vpcId\": \"v\", \"clusterSecurityGroupId\": \"sg-c\", \"endpointPublicAccess\": true}, \"computeConfig\": {\"enabled\": $(cat "$d/auto" 2>/dev/null || echo false)}}}";;
              *) echo "{\"cluster\": {\"status\": \"$state\", $issues}}";; esac;;
          "eks describe-nodegroup "*) next group; case $state in NONE) none ResourceNotFoundException;; DENIED) none AccessDenied;; *) echo "{\"nodegroup\": {\"status\": \"$state\", $issues}}";; esac;;
          "cloudformation describe-stacks eksctl-c-cluster") next stack; case $state in NONE) none ValidationError;; *) echo "{\"Stacks\": [{\"StackStatus\": \"$state\", \"StackStatusReason\": \"Cannot create it.\"}]}";; esac;;
          "cloudformation describe-stacks eksctl-c-nodegroup-flyte") next groupstack; case $state in NONE) none ValidationError;; *) echo "{\"Stacks\": [{\"StackStatus\": \"$state\", \"StackStatusReason\": \"Cannot create it.\"}]}";; esac;;
          *) echo "unexpected: $*" >&2; exit 2;;
        esac
        """;

    private const string Existing = """
        apiVersion: v1
        kind: Config
        current-context: mine
        clusters: [{name: mine, cluster: {server: "https://mine.example.com"}}]
        users: [{name: mine, user: {token: secret-of-mine}}]
        contexts: [{name: mine, context: {cluster: mine, user: mine}}]
        preferences: {}
        """;

    private readonly AwsBed _bed;

    public NewClusterBed(string aws, bool eksctl = true)
    {
        _bed = new AwsBed(aws, eksctl);
        Kubeconfig = Path.Combine(_bed.Folder, "kube config");
        File.WriteAllText(Kubeconfig, Existing);
        ExecutableFile.Write(Path.Combine(_bed.Folder, "kubectl"), $"#!/bin/sh\nexec '{Tool.Kubectl()}' \"$@\"\n");
        (Api = new EksApi()).Put(_bed.Folder);
        Terminal.IsThere.Returns(true);
        Terminal.AskAsync(Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns("y");
    }

    /// <summary>Somebody at the terminal, who says y.</summary>
    public ITerminal Terminal { get; } = Substitute.For<ITerminal>();

    public string Kubeconfig { get; }

    /// <summary>The API server of the EKS clusters.</summary>
    public EksApi Api { get; }

    public string Folder => _bed.Folder;

    public InstantTime Time => _bed.Time;

    public TestRun Last => _bed.Last;

    public IReadOnlyList<string> TakeCalls() => _bed.TakeCalls();

    /// <summary>A data plane for each name, in the regions of <see cref="AwsBed.Regions"/>, to be created.</summary>
    public static Fleet Fleet(IReadOnlyList<string> names, Func<string, IReadOnlyList<string>> subnets)
    {
        var fleet = AwsBed.Fleet(names.Count, "new");
        return fleet with
        {
            DataPlanes =
            [
                .. fleet.DataPlanes.Zip(
                    names,
                    (plane, name) =>
                        plane with
                        {
                            Cluster = new CloudCluster
                            {
                                Name = name,
                                Region = plane.Cluster!.Region,
                                Create = new NewCluster("1.33", subnets(plane.Cluster.Region!), new NodeGroup()),
                            },
                        }
                ),
            ],
        };
    }

    /// <summary>Runs both stages, or the first alone, and answers the changes: <c>dp1 create EksCluster a</c>.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(Fleet fleet, RunOptions? options = null, bool withNodes = true)
    {
        var run = Next(fleet, options, withNodes);
        await run.RunAsync<CreateCluster>();
        if (withNodes)
            await run.RunAsync<CreateNodeGroup>();
        return Changes();
    }

    public TestRun Next(Fleet fleet, RunOptions? options = null, bool withNodes = true)
    {
        var run = _bed.Next(fleet, (options ?? new RunOptions()) with { Kubeconfig = Kubeconfig });
        run.Services.AddSingleton(Terminal);
        run.Context.Tasks = withNodes
            ? new HashSet<string>(StringComparer.Ordinal) { nameof(CreateCluster), nameof(CreateNodeGroup) }
            : new HashSet<string>(StringComparer.Ordinal) { nameof(CreateCluster) };
        return run;
    }

    /// <summary>The changes of the last run, in order.</summary>
    public IReadOnlyList<string> Changes() =>
        [.. Last.Context.Gate.Changes.Select(change => $"{change.Cluster} {change.Action.ToString().ToLowerInvariant()} {change.Kind} {change.Name}")];

    /// <summary>The kubeconfig, as kubectl reads it.</summary>
    public JsonNode View()
    {
        using var kubectl = Process.Start(
            new ProcessStartInfo(Tool.Kubectl(), ["config", "view", "--raw", "--output=json", "--kubeconfig", Kubeconfig])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            }
        )!;
        var view = kubectl.StandardOutput.ReadToEnd();
        kubectl.WaitForExit();
        return JsonNode.Parse(view)!;
    }

    public static IEnumerable<string> Names(JsonNode view, string list) => view[list]!.AsArray().Select(entry => (string)entry!["name"]!);

    public static JsonObject Entry(JsonNode view, string list, string name) =>
        view[list]!.AsArray().Single(entry => (string?)entry!["name"] == name)!.AsObject();

    /// <summary>Calls aws as a person would.</summary>
    public JsonNode Aws(params string[] arguments)
    {
        using var aws = Process.Start(
            new ProcessStartInfo(_bed.Aws, [.. arguments, "--output", "json"]) { UseShellExecute = false, RedirectStandardOutput = true }
        )!;
        var said = aws.StandardOutput.ReadToEnd();
        aws.WaitForExit();
        Assert.That(aws.ExitCode, Is.Zero, string.Join(' ', arguments));
        return JsonNode.Parse(said)!;
    }

    /// <summary>A fleet whose one data plane is EKS cluster c, to be created.</summary>
    public static Fleet C => Fleet(["c"], _ => ["subnet-a", "subnet-b"]);

    /// <summary>Writes a file of <see cref="States"/>.</summary>
    public void Put(string file, params string[] states) => File.WriteAllText(Path.Combine(Folder, file), string.Join('\n', states) + "\n");

    /// <summary>Puts another eksctl there, in the language of sh.</summary>
    public void Eksctl(string script) =>
        ExecutableFile.Write(Path.Combine(Folder, "eksctl"), $"#!/bin/sh\nprintf 'eksctl %s\\n' \"$*\" >>'{Path.Combine(Folder, "calls")}'\n{script}\n");

    /// <summary>The real aws CLI on moto, with what moto does not have; in moto all issuers of a region are the same, and no cluster has an API server. The
    /// files vpc-REGION hold the VPCs.</summary>
    public static string Moto(string aws) =>
        AwsBed.Stacks
        + $$"""
            case "$1 $2" in
              "eks describe-cluster")
                said=$({{aws}} "$@") || exit $?
                for region; do :; done
                printf '%s\n' "$said" | sed "s#/id/[A-Za-z0-9]*#/id/$4#; s#\"endpoint\": \"[^\"]*\"#\"endpoint\": \"$(cat "$d/endpoint")\"#; s#\"data\": \"[^\"]*\"#\"data\": \"$(cat "$d/ca")\"#
                  s#\"resourcesVpcConfig\": {#&\"vpcId\": \"$(cat "$d/vpc-$region" 2>/dev/null)\", \"clusterSecurityGroupId\": \"sg-$4\",#"
                exit 0;;
            esac
            exec {{aws}} "$@"
            """;

    public void Dispose()
    {
        Api.Dispose();
        _bed.Dispose();
    }
}
