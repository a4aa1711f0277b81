using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Aws;

/// <summary>A subnet.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Zone">Its availability zone, <c>eu-west-1a</c>.</param>
/// <param name="Vpc">The id of its VPC.</param>
public sealed record Subnet(string Id, string Zone, string Vpc);

/// <summary>Runs <c>aws ec2</c>.</summary>
public sealed class Ec2Runner : AwsTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public Ec2Runner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time) { }

    /// <summary>Those of the subnets that there are: a filter, as EC2 fails for all ids where one is wrong.</summary>
    /// <param name="region">The region.</param>
    /// <param name="ids">The subnets' ids.</param>
    /// <param name="cancellationToken">Cancels aws.</param>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<IReadOnlyList<Subnet>> SubnetsAsync(string region, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(
            region,
            "ec2 describe-subnets",
            arguments => arguments.AppendOption("--filters", $"Name=subnet-id,Values={string.Join(',', ids)}"),
            cancellationToken
        );
        return
        [
            .. (answer["Subnets"] as JsonArray ?? []).Select(one => new Subnet(
                (string)one!["SubnetId"]!,
                (string?)one["AvailabilityZone"] ?? string.Empty,
                (string?)one["VpcId"] ?? string.Empty
            )),
        ];
    }
}
