using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Flyte.MultiCluster.Common.Tools.Aws;

/// <summary>The caller identity in AWS.</summary>
/// <param name="Account">The account's twelve digits.</param>
/// <param name="Arn">The caller's ARN.</param>
public sealed record CallerIdentity(string Account, string Arn)
{
    /// <summary>The partition in the ARN: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>.</summary>
    public string Partition =>
        Arn.Split(':') is ["arn", { Length: > 0 } partition, ..] ? partition : throw new FormatException($"AWS reported a caller without an ARN: '{Arn}'.");
}

/// <summary>Runs <c>aws sts</c>.</summary>
public sealed class StsRunner : AwsTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public StsRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time) { }

    /// <summary><c>aws sts get-caller-identity</c>.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<CallerIdentity> CallerAsync(string region, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(region, "sts get-caller-identity", static _ => { }, cancellationToken);
        return new CallerIdentity((string?)answer["Account"] ?? string.Empty, (string?)answer["Arn"] ?? string.Empty);
    }
}
