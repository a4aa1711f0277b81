using Flyte.MultiCluster.Common.Tools.Aws;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Aws;

/// <summary>The aws CLI's errors, as it prints them, and what to do about each.</summary>
internal sealed class AwsExceptionTests
{
    [TestCase("Unable to locate credentials. You can configure credentials by running \"aws configure\".", "NoCredentials", "aws sso login")]
    [TestCase("The config profile (prod) could not be found", "NoProfile", "AWS_PROFILE")]
    [TestCase("Error when retrieving token from sso: Token has expired and refresh failed", "ExpiredToken", "log in again")]
    [TestCase(
        "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired",
        "ExpiredToken",
        "log in again"
    )]
    [TestCase(
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.",
        "InvalidClientTokenId",
        "AWS_ACCESS_KEY_ID"
    )]
    [TestCase(
        "An error occurred (AccessDenied) when calling the CreateRole operation: User: arn:aws:iam::123456789012:user/joe is not authorized to "
            + "perform: iam:CreateRole on resource: arn:aws:iam::123456789012:role/x",
        "AccessDenied",
        "Have iam:CreateRole granted"
    )]
    [TestCase(
        "An error occurred (AccessDeniedException) when calling the DescribeCluster operation: denied",
        "AccessDeniedException",
        "Have DescribeCluster granted"
    )]
    [TestCase("An error occurred (Throttling) when calling the GetRole operation (reached max retries: 4): Rate exceeded", "Throttling", "run again later")]
    [TestCase("Could not connect to the endpoint URL: \"https://eks.eu-wst-1.amazonaws.com/clusters/x\"", "Unreachable", "region")]
    [TestCase("An error occurred (NoSuchEntity) when calling the GetRole operation: Role x not found", "NoSuchEntity", "run again")]
    [TestCase("something new", "Unknown", "run again")]
    public void An_error_says_what_to_do(string said, string code, string remedy)
    {
        var exception = AwsException.From("iam x", 254, ["", said]);

        Assert.That(exception.Code, Is.EqualTo(code));
        Assert.That(exception.Message, Does.StartWith("aws iam x failed (exit code 254): ").And.Contain(remedy));
    }

    [TestCase("Throttling", true)]
    [TestCase("ConcurrentModification", true)]
    [TestCase("AccessDenied", false)]
    public void What_passes_by_itself_is_known(string code, bool passes) =>
        Assert.That(AwsException.From("iam x", 254, [$"An error occurred ({code}) when calling the X operation: y"]).IsTransient, Is.EqualTo(passes));
}
