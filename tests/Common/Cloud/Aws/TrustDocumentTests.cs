using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Cloud.Aws;

/// <summary>Trust policies: the runbook's documents, and what of the live ones stays.</summary>
internal sealed class TrustDocumentTests
{
    private const string Account = "123456789012";

    private static readonly AwsSettings Three = new() { Region = "eu-west-1", Buckets = ["b"] };
    private static readonly AwsSettings Two = Three with { RoleLayout = RoleLayout.Two };

    [Test]
    public void The_control_planes_document_is_the_runbooks() =>
        IsRunbooks(
            FlyteRole.ControlPlane(Three, "flyte"),
            1,
            Statement(1, "StringEquals", "[\"system:serviceaccount:flyte:flyteadmin\", \"system:serviceaccount:flyte:datacatalog\"]")
        );

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void With_three_roles_the_data_planes_document_is_the_runbooks(int clusters) =>
        IsRunbooks(FlyteRole.DataPlane(Three, "flyte"), clusters, Each(clusters, "StringEquals", "\"system:serviceaccount:flyte:flytepropeller\""));

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void The_workers_document_is_the_runbooks(int clusters) =>
        IsRunbooks(FlyteRole.Workers(Three)!, clusters, Each(clusters, "StringLike", "\"system:serviceaccount:*:default\""));

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void With_two_roles_the_data_planes_document_is_the_runbooks_without_the_stray_dots(int clusters) =>
        IsRunbooks(
            FlyteRole.DataPlane(Two, "flyte"),
            clusters,
            Each(clusters, "StringLike", "[\"system:serviceaccount:flyte:flytepropeller\", \"system:serviceaccount:*:default\"]")
        );

    [Test]
    public void A_removed_clusters_statement_goes_and_all_others_stay()
    {
        var live = Document(1, 2, 3);

        var left = TrustDocument.Without(live, [Provider(live, 1)]);

        Assert.That(PolicyJson.Text(left.Document), Is.EqualTo(PolicyJson.Text(Document(1, 3))));
        Assert.That(left.Notes, Is.Empty);
    }

    [Test]
    public void A_statement_that_names_another_provider_too_stays_with_a_note()
    {
        var live = Document(1, 2);
        var federated = live["Statement"]![1]!["Principal"]!.AsObject();
        federated["Federated"] = new JsonArray((string?)federated["Federated"], "arn:aws:iam::123456789012:oidc-provider/other");

        var left = TrustDocument.Without(live, [(string)federated["Federated"]![0]!]);

        Assert.That(left.IsChanged, Is.False);
        Assert.That(left.Notes, Has.One.StartsWith("a statement that names other providers too is kept"));
    }

    [Test]
    public void The_last_statement_stays_as_IAM_takes_no_policy_without_one()
    {
        var live = Document(1);

        var left = TrustDocument.Without(live, [Provider(live, 0)]);

        Assert.That(left.IsChanged, Is.False);
        Assert.That(left.Notes, Has.One.StartsWith("its last statement is kept"));
    }

    private static JsonObject Document(params int[] clusters) => TrustDocument.Merge(null, [.. clusters.Select(Trusted)], Account).Document;

    private static TrustedCluster Trusted(int cluster) =>
        new($"dataplane_{cluster}", $"arn:aws:iam::{Account}:oidc-provider/issuer{cluster}", $"issuer{cluster}", ["flyte:flytepropeller"]);

    private static string Provider(JsonObject document, int statement) => TrustStatement.Provider(PolicyJson.Statements(document).ElementAt(statement))!;

    [Test]
    public void With_two_roles_there_is_no_workers_role() =>
        Assert.That(FlyteRole.All(Two, "flyte").Select(role => role.Name), Is.EqualTo(new[] { "flyte-controlplane-role", "flyte-dataplane-role" }));

    [Test]
    public void Another_namespace_is_in_the_service_accounts() =>
        Assert.That(FlyteRole.ControlPlane(Three, "prod").Subjects, Is.EqualTo(new[] { "prod:flyteadmin", "prod:datacatalog" }));

    [Test]
    public void On_day_2_the_first_clusters_statement_stays_and_the_new_ones_come_after_it()
    {
        var live = Merge(null, 1).Document;

        var merged = Merge(live, 3);

        Assert.That(merged.Changes.Select(change => (change.Before is null, change.IsNone)), Is.EqualTo(new[] { (false, true), (true, false), (true, false) }));
        Assert.That(Providers(merged), Is.EqualTo(new[] { Provider(1), Provider(2), Provider(3) }));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void The_day_2_texts_StringLike_without_a_wildcard_lets_the_same_in_and_stays(int clusters) =>
        Assert.That(Merge(Document(Each(clusters, "StringLike", "\"system:serviceaccount:flyte:flytepropeller\"")), clusters).IsChanged, Is.False);

    [Test]
    public void The_workers_StringLike_may_name_the_audience_under_StringEquals()
    {
        var split = JsonNode.Parse(Statement(1, "StringLike", "\"system:serviceaccount:*:default\""))!.AsObject();
        var like = split["Condition"]!["StringLike"]!.AsObject();
        var audience = like.First(key => key.Key.EndsWith(":aud", StringComparison.Ordinal));
        like.Remove(audience.Key);
        split["Condition"]!["StringEquals"] = new JsonObject { [audience.Key] = (string)audience.Value! };

        Assert.That(Merge(Document(split.ToJsonString()), 1, FlyteRole.Workers(Three)).IsChanged, Is.False);
    }

    [TestCase("StringEquals", "\"system:serviceaccount:*:default\"")]
    [TestCase("StringLike", "\"system:serviceaccount:flyte:default\"")]
    [TestCase("StringLike", "\"system:serviceaccount:*:defaul?\"")]
    [TestCase("StringEqualsIgnoreCase", "\"system:serviceaccount:*:default\"")]
    public void A_condition_that_lets_others_in_than_the_workers_becomes_exact(string op, string subjects) =>
        Assert.That(
            PolicyJson.Canonical(Merge(Document(Statement(1, op, subjects)), 1, FlyteRole.Workers(Three)).Document),
            Is.EqualTo(PolicyJson.Canonical(Document(Each(1, "StringLike", "\"system:serviceaccount:*:default\""))))
        );

    [Test]
    public void Two_conditions_on_one_key_are_not_taken_for_one_of_them()
    {
        var both = JsonNode.Parse(Statement(1, "StringEquals", "\"system:serviceaccount:flyte:flytepropeller\""))!.AsObject();
        both["Condition"]!["StringLike"] = new JsonObject { ["oidc.eks.eu-west-1.amazonaws.com/id/C1:sub"] = "system:serviceaccount:other:other" };
        var reversed = both.DeepClone().AsObject();
        reversed["Condition"]!["StringLike"]!["oidc.eks.eu-west-1.amazonaws.com/id/C1:sub"] = "system:serviceaccount:flyte:flytepropeller";
        reversed["Condition"]!["StringEquals"]!["oidc.eks.eu-west-1.amazonaws.com/id/C1:sub"] = "system:serviceaccount:other:other";

        Assert.That((Merge(Document(both.ToJsonString()), 1).IsChanged, Merge(Document(reversed.ToJsonString()), 1).IsChanged), Is.EqualTo((true, true)));
    }

    [Test]
    public void The_texts_stray_dots_before_aud_and_sub_are_fixed()
    {
        var dotted = Statement(1, "StringLike", "[\"system:serviceaccount:flyte:flytepropeller\", \"system:serviceaccount:*:default\"]")
            .Replace("C1:", "C1.:", StringComparison.Ordinal);

        Assert.That(
            PolicyJson.Text(Merge(Document(dotted), 1, FlyteRole.DataPlane(Two, "flyte")).Document),
            Does.Contain("/id/C1:aud").And.Contain("/id/C1:sub").And.Not.Contain(".:")
        );
    }

    [TestCase("""{"Sid": "mine", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}""")]
    [TestCase("""{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}""")]
    [TestCase(
        """{"Effect": "Deny", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/C1"}, "Action": "sts:AssumeRoleWithWebIdentity"}"""
    )]
    [TestCase(
        """{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/other"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"other:aud": "sts.amazonaws.com"}}}"""
    )]
    public void A_hand_made_statement_stays_in_its_place(string statement)
    {
        var merged = Merge(Document(statement, Statement(1, "StringEquals", "\"system:serviceaccount:wrong:wrong\"")), 2);

        Assert.That(PolicyJson.Same(PolicyJson.Statements(merged.Document)[0], JsonNode.Parse(statement)), Is.True);
        Assert.That(Providers(merged)[1..], Is.EqualTo(new[] { Provider(1), Provider(2) }));
    }

    [TestCase(
        "Principal",
        """{"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/C1", "AWS": "arn:aws:iam::123456789012:root"}"""
    )]
    [TestCase(
        "Principal",
        """{"Federated": ["arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/C1", "arn:aws:iam::123456789012:oidc-provider/other"]}"""
    )]
    [TestCase("Action", """["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]""")]
    [TestCase("Effect", "\"Deny\"")]
    public void A_statement_for_a_known_cluster_that_says_more_stays_untouched_and_the_clusters_own_comes_after_it(string key, string value)
    {
        var more = JsonNode.Parse(Statement(1, "StringEquals", "\"system:serviceaccount:flyte:flytepropeller\""))!.AsObject();
        more[key] = JsonNode.Parse(value);

        var merged = Merge(Document(more.ToJsonString()), 1);

        Assert.That(merged.Changes.Select(change => (change.Before is null, change.IsNone)), Is.EqualTo(new[] { (false, true), (true, false) }));
        Assert.That(PolicyJson.Text(PolicyJson.Statements(merged.Document)[0]), Is.EqualTo(PolicyJson.Text(more)));
        Assert.That(Merge(merged.Document, 1).IsChanged, Is.False);
    }

    [Test]
    public void A_known_clusters_statement_becomes_exact_in_its_place_and_keeps_its_Sid()
    {
        var wrong = JsonNode.Parse(Statement(1, "StringEquals", "\"system:serviceaccount:*:default\""))!.AsObject();
        wrong["Sid"] = "first";

        var statement = PolicyJson.Statements(Merge(Document(wrong.ToJsonString()), 1).Document).Single();

        Assert.That(PolicyJson.Text(statement), Does.Contain("flyte:flytepropeller").And.Contain("\"Sid\":\"first\"").And.Not.Contain("default"));
    }

    [Test]
    public void A_second_statement_of_a_cluster_and_a_repeated_one_go()
    {
        const string Mine = """{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}, "Action": ["sts:AssumeRole"]}""";
        var good = Statement(1, "StringEquals", "\"system:serviceaccount:flyte:flytepropeller\"");

        var merged = Merge(Document(Mine, good, Mine.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal), good), 1);

        Assert.That(PolicyJson.Statements(merged.Document), Has.Count.EqualTo(2));
    }

    [Test]
    public void A_single_statement_that_is_no_list_is_read_too() =>
        Assert.That(
            Merge(
                JsonNode
                    .Parse($$"""{"Version": "2012-10-17", "Statement": {{Statement(1, "StringEquals", "\"system:serviceaccount:flyte:flytepropeller\"")}}}""")!
                    .AsObject(),
                1
            ).IsChanged,
            Is.False
        );

    [TestCase(
        """{"StringEquals": {"other:aud": "sts.amazonaws.com", "other:sub": "system:serviceaccount:*:default"}}""",
        Account,
        "StringEquals with a wildcard never matches"
    )]
    [TestCase("""{"StringEquals": {"other.:aud": "sts.amazonaws.com"}}""", Account, "the condition key other.:aud has a stray dot before its last colon")]
    [TestCase("""{"StringLike": {"other:sub": "system:serviceaccount:*:default"}}""", Account, "no condition on the audience")]
    [TestCase("""{"StringLike": {"other:aud": "sts.amazonaws.com"}}""", "999999999999", "belongs to another account")]
    public void What_is_suspicious_about_a_statement_that_stays_is_reported(string condition, string owner, string what)
    {
        var merged = Merge(
            Document(
                $$"""{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::{{owner}}:oidc-provider/other"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{condition}}}"""
            ),
            1
        );

        Assert.That(merged.Notes, Has.Count.EqualTo(1));
        Assert.That(merged.Notes[0], Does.Contain(what));
    }

    [Test]
    public void Nothing_is_suspicious_about_the_programs_own_documents() =>
        Assert.That(FlyteRole.All(Three, "flyte").Concat(FlyteRole.All(Two, "flyte")).SelectMany(role => Merge(null, 3, role).Notes), Is.Empty);

    [Test]
    public void The_difference_has_lines_with_plus_and_minus_for_what_changes_and_one_for_what_stays()
    {
        var lines = Merge(Document(Statement(1, "StringEquals", "\"system:serviceaccount:flyte:flytepropeller\""), Statement(2, "StringEquals", "\"x\"")), 3)
            .Difference()
            .ToArray();

        Assert.That(
            lines.Count(line => line.StartsWith("  (stays) ", StringComparison.Ordinal) && line.Contains("/id/C1", StringComparison.Ordinal)),
            Is.EqualTo(1)
        );
        Assert.That(
            lines
                .Where(line => line.Contains(":sub", StringComparison.Ordinal) && !line.Contains("stays", StringComparison.Ordinal))
                .Select(line => (line[0], line.Contains("/id/C2", StringComparison.Ordinal))),
            Is.EqualTo(new[] { ('-', true), ('+', true), ('+', false) })
        );
    }

    [TestCase(4, 2048, true)]
    [TestCase(5, 2048, false)]
    [TestCase(9, 4096, true)]
    [TestCase(10, 4096, false)]
    [TestCase(100, 4096, false)]
    public void A_document_that_IAM_would_not_take_is_reported_with_what_to_do(int clusters, int limit, bool fits)
    {
        var role = FlyteRole.DataPlane(Three, "flyte");

        var problem = TrustLimit.Check(role, Merge(null, clusters, role, id => $"{id:D32}"), limit);

        Assert.That(problem is null, Is.EqualTo(fits));
        if (problem is not null)
            Assert.That(
                problem.ToString(),
                Does.Contain($"for {clusters} statements")
                    .And.Contain($"limit is {limit}: {(limit == 2048 ? 4 : 9)} of them fit")
                    .And.Contain("cloud.roles")
                    .And.Contain(clusters == 5 ? "raised to 4096" : "No quota is enough")
            );
    }

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property Merging_twice_changes_nothing_more_and_loses_nobody_elses_statement() =>
        Prop.ForAll(
            Gen.Elements(Some).ListOf().ToArbitrary(),
            Gen.Choose(0, 4).ToArbitrary(),
            (statements, clusters) =>
            {
                var once = Merge(Document([.. statements]), clusters);
                var foreign = statements
                    .Select(text => JsonNode.Parse(text)!.AsObject())
                    .Where(one => !Enumerable.Range(1, clusters).Any(id => TrustStatement.Provider(one) == Provider(id)))
                    .Select(TrustStatement.Meaning);
                var kept = PolicyJson.Statements(once.Document).Select(TrustStatement.Meaning).ToArray();
                return !Merge(once.Document, clusters).IsChanged
                    && foreign.All(one => kept.Contains(one, StringComparer.Ordinal))
                    && kept.Distinct(StringComparer.Ordinal).Count() == kept.Length
                    && Enumerable.Range(1, clusters).All(id => Providers(once).Count(provider => provider == Provider(id)) == 1);
            }
        );

    private static string[] Some =>
        [
            Statement(1, "StringEquals", "\"system:serviceaccount:flyte:flytepropeller\""),
            Statement(1, "StringLike", "\"system:serviceaccount:flyte:flytepropeller\""),
            Statement(2, "StringEquals", "\"system:serviceaccount:*:default\""),
            Statement(4, "StringLike", "[\"b\", \"a*\"]"),
            Statement(4, "StringLike", "[\"a*\", \"b\"]"),
            Statement(7, "StringEquals", "\"x\""),
            """{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}""",
            """{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}""",
        ];

    private static void IsRunbooks(FlyteRole role, int clusters, params string[] statements) =>
        Assert.That(PolicyJson.Canonical(Merge(null, clusters, role).Document), Is.EqualTo(PolicyJson.Canonical(Document(statements))));

    private static TrustDocument Merge(JsonObject? live, int clusters, FlyteRole? role = null, Func<int, string>? id = null) =>
        TrustDocument.Merge(
            live,
            [
                .. Enumerable
                    .Range(1, clusters)
                    .Select(number => Trusted(id?.Invoke(number) ?? $"C{number}", (role ?? FlyteRole.DataPlane(Three, "flyte")).Subjects)),
            ],
            Account
        );

    private static TrustedCluster Trusted(string id, IReadOnlyList<string> subjects) =>
        new(id, $"arn:aws:iam::{Account}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/{id}", $"oidc.eks.eu-west-1.amazonaws.com/id/{id}", subjects);

    private static string?[] Providers(TrustDocument document) => [.. PolicyJson.Statements(document.Document).Select(TrustStatement.Provider)];

    private static string Provider(int number) => $"arn:aws:iam::{Account}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/C{number}";

    private static JsonObject Document(params string[] statements) =>
        JsonNode.Parse($$"""{"Version": "2012-10-17", "Statement": [{{string.Join(',', statements)}}]}""")!.AsObject();

    private static string[] Each(int clusters, string op, string subjects) =>
        [.. Enumerable.Range(1, clusters).Select(number => Statement(number, op, subjects))];

    private static string Statement(int number, string op, string subjects) =>
        $$$"""
            {
                "Effect": "Allow",
                "Principal": {
                    "Federated": "{{{Provider(number)}}}"
                },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "{{{op}}}": {
                        "oidc.eks.eu-west-1.amazonaws.com/id/C{{{number}}}:aud": "sts.amazonaws.com",
                        "oidc.eks.eu-west-1.amazonaws.com/id/C{{{number}}}:sub": {{{subjects}}}
                    }
                }
            }
            """;
}
