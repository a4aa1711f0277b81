using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Tasks.Imports;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Imports;

/// <summary>Which EKS cluster a kubeconfig's context is.</summary>
internal sealed class EksNameTests
{
    private const string Server = "https://0123ABCD.gr7.eu-west-1.eks.amazonaws.com";

    [TestCase("mine", "arn:aws:eks:eu-central-1:123456789012:cluster/flyte-1", "", "flyte-1 eu-central-1")]
    [TestCase("arn:aws-us-gov:eks:us-gov-west-1:123456789012:cluster/c", "c", "", "c us-gov-west-1")]
    [TestCase("me@flyte.eu-west-1.eksctl.io", "flyte.eu-west-1.eksctl.io", "", "flyte eu-west-1")]
    [TestCase("mine", "mine", "--region eu-west-2 eks get-token --cluster-name flyte --output json", "flyte eu-west-2")]
    [TestCase("mine", "mine", "token -i flyte", "flyte eu-west-1")]
    [TestCase("mine", "mine", "eks get-token --cluster-name flyte/../x", null)]
    [TestCase("mine", "mine", "", null)]
    public void It_is_read_from_what_aws_and_eksctl_write(string context, string cluster, string arguments, string? expected)
    {
        var user = new JsonObject
        {
            ["exec"] = new JsonObject { ["command"] = "aws", ["args"] = new JsonArray([.. arguments.Split(' ')]) },
        };
        var found = EksName.Of(context, KubeContext.Of(new JsonObject { ["server"] = Server }, user) with { ClusterName = cluster });

        Assert.That(found is null ? null : $"{found.Name} {found.Region}", Is.EqualTo(expected));
    }
}
