using System.Diagnostics;
using Flyte.MultiCluster.Common.Tools.Aws;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Aws;

/// <summary>The real aws CLI's own errors are known by their texts.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
[Platform(Include = "Linux", Reason = "The CLI is in a Debian tree.")]
internal sealed class AwsCliErrorTests
{
    private const string Login = "AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=y";

    [TestCase("", "eu-west-1", "NoCredentials", "aws sso login")]
    [TestCase("AWS_ACCESS_KEY_ID=x", "eu-west-1", "NoCredentials", "AWS_PROFILE")]
    [TestCase("AWS_PROFILE=prod", "eu-west-1", "NoProfile", "aws configure list-profiles")]
    [TestCase($"{Login} AWS_ENDPOINT_URL=http://127.0.0.1:1", "eu-west-1", "Unreachable", "cloud.region")]
    [TestCase(Login, "eu west 1", "InvalidRegion", "Correct the region")]
    public async Task It_says_what_to_do(string environment, string region, string code, string remedy)
    {
        MotoServer.RequireTree();
        var start = new ProcessStartInfo("chroot", [MotoServer.Tree, "aws", "sts", "get-caller-identity", "--region", region])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach (
            var variable in $"HOME=/root AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1 {environment}".Split(' ', StringSplitOptions.RemoveEmptyEntries)
        )
            start.Environment[variable.Split('=')[0]] = variable[(variable.IndexOf('=', StringComparison.Ordinal) + 1)..];
        using var aws = Process.Start(start)!;
        var errors = await aws.StandardError.ReadToEndAsync();
        await aws.WaitForExitAsync();

        var exception = AwsException.From("sts get-caller-identity", aws.ExitCode, errors.Split('\n'));

        Assert.That(exception.Code, Is.EqualTo(code), errors);
        Assert.That(exception.Message, Does.Contain(remedy));
    }
}
