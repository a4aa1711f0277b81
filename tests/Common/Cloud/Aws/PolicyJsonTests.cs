using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Cloud.Aws;

/// <summary>Policies compared by meaning, and the policy of the buckets.</summary>
internal sealed class PolicyJsonTests
{
    [TestCase("""{"a": "x"}""", """{"a": ["x"]}""", true)]
    [TestCase("""{"a": ["x", "y"], "b": 1}""", """{"b": 1, "a": ["y", "x"]}""", true)]
    [TestCase("""{"Statement": {"a": "x"}}""", """{"Statement": [{"a": ["x"]}]}""", true)]
    [TestCase("""{"a": ["x"]}""", """{"a": ["x", "y"]}""", false)]
    [TestCase("""{"a": "x"}""", """{"b": "x"}""", false)]
    [TestCase("""{"a": "x"}""", """{"a": "X"}""", false)]
    public void Documents_are_compared_by_meaning(string one, string other, bool same) =>
        Assert.That(PolicyJson.Same(JsonNode.Parse(one), JsonNode.Parse(other)), Is.EqualTo(same));

    [Test]
    public void The_buckets_policy_names_the_buckets_and_no_others() =>
        Assert.That(
            PolicyJson.Text(BucketPolicy.Document("aws-cn", ["meta", "raw"])),
            Is.EqualTo(
                """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:DeleteObject*","s3:GetObject*","s3:ListBucket","s3:PutObject*"],"Resource":["arn:aws-cn:s3:::meta","arn:aws-cn:s3:::meta/*","arn:aws-cn:s3:::raw","arn:aws-cn:s3:::raw/*"]}]}"""
            )
        );
}
