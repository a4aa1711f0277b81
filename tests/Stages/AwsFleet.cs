using System.Diagnostics;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Tools.Aws;
using Flyte.MultiCluster.Tests.Stubs;
using Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A sandbox of three data planes whose clusters are EKS clusters in moto: the whole program runs on both, with the real aws CLI and eksctl's
/// stub.</summary>
internal sealed class AwsFleet : IAsyncDisposable
{
    public const string Annotation = "eks.amazonaws.com/role-arn";

    private readonly MotoServer _moto;

    private AwsFleet(MotoServer moto, StageBed bed)
    {
        (_moto, Bed) = (moto, bed);
        var tools = Path.Combine(bed.Folder, "tools4");
        ExecutableFile.Write(
            Path.Combine(tools, "aws"),
            $"#!/bin/sh\nprintf 'aws %s\\n' \"$*\" >>'{bed.CommandLines}'\nif [ -f '{Refusal}' ]; then echo; cat '{Refusal}'; exit 254; fi "
                + $">&2\n{AwsBed.Stacks}\nexec {moto.Aws} \"$@\"\n"
        );
        ExecutableFile.Write(
            Path.Combine(tools, "eksctl"),
            $"#!/bin/sh\nprintf 'eksctl %s\\n' \"$*\" >>'{bed.CommandLines}'\nexec '{Path.Combine(StubTools.Folder, "eksctl")}' \"$@\"\n"
        );
    }

    /// <summary>The regions of the clusters; in moto all issuers of a region are the same.</summary>
    public static IReadOnlyList<string> Regions => AwsBed.Regions;

    public StageBed Bed { get; }

    /// <summary>While this file is there, aws fails with what it says.</summary>
    public string Refusal => Path.Combine(Bed.Folder, "aws-refuses");

    /// <summary>Starts one; ignores the test where there is no moto.</summary>
    public static async Task<AwsFleet> StartAsync()
    {
        var moto = await MotoServer.StartAsync();
        var fleet = new AwsFleet(moto, await StageBed.StartAsync(3));
        await Task.WhenAll(
            Regions.Select(
                (region, number) =>
                    Task.Run(() =>
                        fleet.Aws(
                            $"eks create-cluster --name c{number} --role-arn arn:aws:iam::123456789012:role/eks --resources-vpc-config "
                                + "subnetIds=subnet-1,subnet-2",
                            region: region
                        )
                    )
            )
        );
        return fleet;
    }

    /// <summary>The fleet file of the first data planes; role names begin with a prefix.</summary>
    public string File(int planes, string prefix, string layout = "three", bool runsWorkflows = false)
    {
        var numbers = Enumerable.Range(1, planes).ToArray();
        var path = Bed.Fleet(
            string.Join(", ", numbers.Select(number => Bed.Plane(number).TrimEnd('}') + $", cluster: c{number}, region: {Regions[number]}}}")),
            $"{{{string.Join(", ", numbers.Select(number => $"label{number}: [{{id: dataplane_{number}, weight: 1}}]"))}}}",
            $"{{context: controlplane, cluster: c0{(runsWorkflows ? ", runsWorkflows: true" : string.Empty)}}}",
            $"{prefix}-{planes}"
        );
        System.IO.File.AppendAllLines(
            path,
            [
                string.Empty,
                $"flyteAdmin: {{endpoint: \"{Bed.State.FlyteAdmin}\", caFile: {Path.Combine(Bed.State.Folder, "flyteadmin-ca.crt")}}}",
                $"cloud: {{provider: aws, region: {Regions[0]}, accountId: \"123456789012\", buckets: [meta, raw], roleLayout: {layout}, "
                    + $"policyName: {prefix}-s3, roles: {{controlPlane: {prefix}-cp, dataPlane: "
                    + $"{prefix}-dp{(layout == "three" ? $", workers: {prefix}-w" : string.Empty)}}}}}",
            ]
        );
        return path;
    }

    /// <summary>Runs a command of aws, as a person would; words are split at blanks, but for the last argument.</summary>
    public JsonObject Aws(string command, string? last = null, string? region = null)
    {
        var start = new ProcessStartInfo(
            Path.Combine(Bed.Folder, "tools4", "aws"),
            [.. command.Split(' '), .. last is null ? Array.Empty<string>() : [last], "--output", "json", "--region", region ?? Regions[0]]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"aws {command}: {errors.GetAwaiter().GetResult()}");
        return output.Trim().Length == 0 ? [] : (JsonObject)JsonNode.Parse(output)!;
    }

    /// <summary>The role that a live service account says it is; null for none.</summary>
    public async Task<string?> RoleAsync(int cluster, string ns, string account) =>
        (string?)(await Bed.Clusters[cluster].GetAsync($"/api/v1/namespaces/{ns}/serviceaccounts/{account}"))?["metadata"]?["annotations"]?[Annotation];

    /// <summary>The calls of aws and eksctl since the last time that write.</summary>
    public IReadOnlyList<string> TakeWrites()
    {
        string[] lines = System.IO.File.Exists(Bed.CommandLines) ? System.IO.File.ReadAllLines(Bed.CommandLines) : [];
        System.IO.File.Delete(Bed.CommandLines);
        return
        [
            .. lines.Where(line =>
                line.StartsWith("eksctl ", StringComparison.Ordinal) || (line.StartsWith("aws ", StringComparison.Ordinal) && AwsBed.Writes(line[4..]))
            ),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await Bed.DisposeAsync();
        _moto.Dispose();
    }
}
