using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;

/// <summary>The fleet's buckets in a live policy: what others wrote into it stays.</summary>
internal sealed class BucketPolicyTests
{
    private const string Kms = """{"Sid": "Keys", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-west-1:123456789012:key/1"}""";
    private const string Conditioned =
        """{"Effect": "Allow", "Action": ["s3:DeleteObject*", "s3:GetObject*", "s3:ListBucket", "s3:PutObject*"], "Resource": ["arn:aws:s3:::meta", "arn:aws:s3:::meta/*"], "Condition": {"Bool": {"aws:SecureTransport": "true"}}}""";

    [TestCase(Kms)]
    [TestCase(Conditioned)]
    [TestCase(
        """{"Effect": "Deny", "Action": ["s3:DeleteObject*", "s3:GetObject*", "s3:ListBucket", "s3:PutObject*"], "Resource": ["arn:aws:s3:::meta", "arn:aws:s3:::meta/*"]}"""
    )]
    [TestCase("""{"Effect": "Allow", "Action": "s3:GetObject*", "Resource": "arn:aws:s3:::shared/*"}""")]
    [TestCase("""{"Effect": "Allow", "Action": "*", "Resource": "*"}""")]
    [TestCase("""{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}""")]
    [TestCase(
        """{"Effect": "Allow", "Action": ["s3:DeleteObject*", "s3:GetObject*", "s3:ListBucket", "s3:PutObject*"], "Resource": ["arn:aws:s3:::archive", "arn:aws:s3:::archive/*"]}"""
    )]
    public void A_statement_of_others_stays_in_its_place_whatever_becomes_of_the_fleets(string foreign)
    {
        var live = Document(foreign, Own("meta"));

        var merged = Merge(live, "meta", "raw");

        Assert.That(
            PolicyJson.Statements(merged.Document).Select(PolicyJson.Text),
            Is.EqualTo(new[] { PolicyJson.Text(JsonNode.Parse(foreign)!), Own("meta", "raw") })
        );
        Assert.That(Merge(merged.Document, "meta", "raw").IsChanged, Is.False);
    }

    [Test]
    public void The_difference_shows_what_goes_what_comes_and_what_stays()
    {
        var lines = Merge(Document(Own("old"), Kms), "meta").Difference().ToArray();

        Assert.That(
            lines,
            Has.Some.Match(@"^- .*s3:::old/\*")
                .And.Some.Match(@"^\+ .*s3:::meta/\*")
                .And.Some.Match(@"^  \(stays\) .*kms:Decrypt")
                .And.None.Match(@"^\+ .*kms:")
        );
    }

    [Test]
    public void Beside_statements_of_others_alone_the_fleets_comes_last() =>
        Assert.That(PolicyJson.Statements(Merge(Document(Kms, Conditioned), "meta").Document).Select(PolicyJson.Text).Last(), Is.EqualTo(Own("meta")));

    [TestCase("meta*")]
    [TestCase("meta")]
    [TestCase("meta", "old")]
    [TestCase("old")]
    public void The_statement_of_this_program_or_of_the_runbook_becomes_exact(params string[] before) =>
        Assert.That(
            PolicyJson.Statements(Merge(Document(Own(before)), "meta", "raw").Document).Select(PolicyJson.Text),
            Is.EqualTo(new[] { Own("meta", "raw") })
        );

    [Test]
    public void Its_Sid_and_what_else_the_document_says_stay()
    {
        var live = Document(Own("old").Replace("{\"Effect\"", "{\"Sid\":\"Flyte\",\"Effect\"", StringComparison.Ordinal));
        live["Id"] = "theirs";

        var merged = Merge(live, "meta");

        Assert.That(
            PolicyJson.Text(merged.Document),
            Does.StartWith("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Flyte\",").And.EndWith("\"Id\":\"theirs\"}")
        );
        Assert.That(Merge(merged.Document, "meta").IsChanged, Is.False);
    }

    [Test]
    public void A_statement_that_says_just_that_is_taken_before_one_that_says_more() =>
        Assert.That(Merge(Document(Own("meta", "archive"), Own("meta", "raw")), "meta", "raw").IsChanged, Is.False);

    [Test]
    public void Statements_of_others_that_open_other_buckets_are_found()
    {
        var document = Merge(
            Document(
                Own("meta"),
                Kms,
                """{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::meta/a/*"}""",
                """{"Effect": "Allow", "Action": "S3:Get*", "Resource": "arn:aws:s3:::meta*"}"""
            ),
            "meta"
        );

        Assert.That(
            BucketPolicy.OpenOthers(document, "aws", ["meta"]).Select(PolicyJson.Text),
            Is.EqualTo(new[] { """{"Effect":"Allow","Action":"S3:Get*","Resource":"arn:aws:s3:::meta*"}""" })
        );
    }

    private static PolicyDocument Merge(JsonObject live, params string[] buckets) => BucketPolicy.Merge(live, "aws", buckets);

    private static string Own(params string[] buckets) => PolicyJson.Text(BucketPolicy.Document("aws", buckets)["Statement"]![0]!);

    private static JsonObject Document(params string[] statements) =>
        JsonNode.Parse($$"""{"Version": "2012-10-17", "Statement": [{{string.Join(',', statements)}}]}""")!.AsObject();
}
