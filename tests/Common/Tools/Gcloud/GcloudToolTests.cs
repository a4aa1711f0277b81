using Flyte.MultiCluster.Common.Tools.Gcloud;
using Flyte.MultiCluster.Tests.Common.Processes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Gcloud;

/// <summary>Answers that are not gcloud's.</summary>
internal sealed class GcloudToolTests
{
    [TestCase("[]")]
    [TestCase("\"a policy\"")]
    [TestCase("null")]
    [TestCase("")]
    [TestCase("a policy")]
    public async Task An_answer_that_is_no_object_is_a_failure_and_not_an_empty_policy(string answer)
    {
        var cake = new RecordingRunner { Output = [answer] };
        var accounts = new ServiceAccountRunner(cake.FileSystem, cake.Environment, cake.Processes, cake.Tools, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<GcloudException>(() => accounts.PolicyAsync("p", "w@p.iam.gserviceaccount.com", default));

        Assert.That(
            failure!.Message,
            Does.StartWith("gcloud iam service-accounts get-iam-policy failed").And.Match("The answer is not (JSON|a JSON object) \\(is ")
        );
    }
}
