using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Run;

/// <summary>Printed commands can be pasted as they are.</summary>
internal sealed class SuggestedCommandTests
{
    [TestCase("/home/joe/.kube/config", "/home/joe/.kube/config")]
    [TestCase("arn:aws:eks:eu-west-1:123456789012:cluster/a", "arn:aws:eks:eu-west-1:123456789012:cluster/a")]
    [TestCase("kube config", "'kube config'")]
    [TestCase("joe's", @"'joe'\''s'")]
    [TestCase("$(id)", "'$(id)'")]
    [TestCase("", "''")]
    [TestCase("--target=AddDataPlane", "--target=AddDataPlane")]
    [TestCase("--fleet=my fleet.yaml", "--fleet='my fleet.yaml'")]
    [TestCase("--a b=c d", "'--a b=c d'")]
    [TestCase("--fleet=$HOME;rm", "--fleet='$HOME;rm'")]
    [TestCase("*", "'*'")]
    public void A_word_that_is_not_plain_is_quoted(string word, string quoted) => Assert.That(SuggestedCommand.Quoted(word), Is.EqualTo(quoted));

    [Test]
    public void A_target_is_reported_with_the_runs_fleet_data_planes_and_kubeconfig() =>
        Assert.That(
            SuggestedCommand.Target(
                "AddDataPlane",
                new RunOptions
                {
                    Fleet = "my fleet.yaml",
                    Clusters = ["dp1", "dp2"],
                    Kubeconfig = "config",
                }
            ),
            Is.EqualTo("./build.sh --target=AddDataPlane --fleet='my fleet.yaml' --cluster=dp1,dp2 --kubeconfig=config")
        );

    [Test]
    public void A_run_is_printed_again_as_a_shell_takes_it() =>
        Assert.That(SuggestedCommand.Rerun(["--fleet=my fleet.yaml", "--cluster", "dp 1"]), Is.EqualTo("./build.sh --fleet='my fleet.yaml' --cluster 'dp 1'"));

    [Test]
    public void What_the_run_was_not_given_is_not_reported() =>
        Assert.That(
            (SuggestedCommand.Target("AddDataPlane", new RunOptions()), SuggestedCommand.Kubectl("config view", null)),
            Is.EqualTo(("./build.sh --target=AddDataPlane", "kubectl config view"))
        );
}
