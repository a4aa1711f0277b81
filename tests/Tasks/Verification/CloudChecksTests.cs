using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tasks.Verification;
using Flyte.MultiCluster.Tasks.Verification.Cloud;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Verification;

/// <summary>The checks of the account, with an aws that answers from files; what moto can be brought to is tested with the whole program.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class CloudChecksTests
{
    private const string Script = """
        answer="$(dirname "$0")/$1.$2.$(printf %s "$4" | tr '/:' '__')"
        if [ -f "$answer" ]; then cat "$answer"; elif [ -f "$answer.error" ]; then cat "$answer.error" >&2; exit 254; else echo "unexpected: $*" >&2; exit 2; fi
        """;

    private const string PolicyArn = "arn:aws:iam::123456789012:policy/x-s3";

    private static readonly ICheck<VerifyContext>[] Cloud =
    [
        new ReachableCheck(),
        new IdentityCheck(),
        new CloudLoginCheck(),
        new OidcProviderCheck(),
        new TrustPolicyCheck(),
        new BucketPolicyCheck(),
        new CloudIdentityCheck(),
    ];

    private AwsBed _bed = null!;

    [SetUp]
    public void Answer()
    {
        _bed = new AwsBed(Script);
        Write("sts.get-caller-identity.json", """{"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/joe"}""");
        foreach (var cluster in new[] { "c0", "c1" })
            Write($"eks.describe-cluster.{cluster}", $$$"""{"cluster": {"identity": {"oidc": {"issuer": "https://{{{cluster}}}"} } } }""");
        Write(
            "iam.list-open-id-connect-providers.json",
            $$$"""{"OpenIDConnectProviderList": [{"Arn": "{{{Provider("c0")}}}"}, {"Arn": "{{{Provider("c1")}}}"}]}"""
        );
        foreach (var issuer in new[] { "c0", "c1" })
            Write($"iam.get-open-id-connect-provider.{Provider(issuer)}", """{"ClientIDList": ["sts.amazonaws.com"]}""");
        Write("iam.list-policies.Local", $$$"""{"Policies": [{"PolicyName": "x-s3", "Arn": "{{{PolicyArn}}}", "DefaultVersionId": "v1"}]}""");
        Write(
            "iam.get-policy-version." + PolicyArn,
            new JsonObject { ["PolicyVersion"] = new JsonObject { ["Document"] = BucketPolicy.Document("aws", ["meta", "raw"]) } }.ToJsonString()
        );
        foreach (var role in FlyteRole.All(Fleet.Aws!, "flyte"))
        {
            Role(role.Name, TrustDocument.Merge(null, [Trusted(role, role.IsControlPlane ? "c0" : "c1")], "123456789012").Document);
            Write($"iam.list-attached-role-policies.{role.Name}", $$$"""{"AttachedPolicies": [{"PolicyName": "x-s3", "PolicyArn": "{{{PolicyArn}}}"}]}""");
        }
    }

    [TearDown]
    public void Clean() => _bed.Dispose();

    private static Fleet Fleet => AwsBed.Fleet(1, "x");

    [Test]
    public async Task Of_an_account_in_order_every_check_is_ok_and_each_thing_is_read_once()
    {
        var results = await RunAsync();

        Assert.That(results.Select(result => result.Status), Is.All.EqualTo(CheckStatus.Ok), Describe(results));
        var calls = _bed.TakeCalls();
        Assert.That(calls, Is.Unique.And.Count.EqualTo(1 + 2 + 1 + 2 + 2 + 6));
        Assert.That(calls.Where(AwsBed.Writes), Is.Empty);
    }

    [Test]
    public async Task Without_a_cloud_they_are_skipped_and_say_so()
    {
        var results = await RunAsync(Fleet with { Aws = null });

        Assert.That(
            results.Where(result => result.Status == CheckStatus.Skipped).Select(result => result.Found).Distinct(),
            Is.EqualTo(new[] { CloudReasons.NoCloud })
        );
        Assert.That(_bed.TakeCalls(), Is.Empty);
    }

    [Test]
    public async Task A_login_of_another_account_is_one_failed_check_and_the_others_wait()
    {
        var results = await RunAsync(Fleet with { Aws = Fleet.Aws! with { AccountId = "999999999999" } });

        Assert.That(Wrong(results), Is.EqualTo(new[] { "cloud-login Failed" }));
        Assert.That(_bed.TakeCalls(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_cluster_that_is_not_there_is_the_providers_checks()
    {
        Refuse(
            "eks.describe-cluster.c1",
            "An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: c1."
        );

        Assert.That(Wrong(await RunAsync()), Is.EqualTo(new[] { "oidc-provider Failed" }));
    }

    [Test]
    public async Task A_provider_that_takes_no_tokens_for_AWS_is_found_with_the_stage_that_fixes_it()
    {
        Write($"iam.get-open-id-connect-provider.{Provider("c1")}", """{"ClientIDList": ["other"]}""");

        var results = await RunAsync();

        Assert.That(Wrong(results), Is.EqualTo(new[] { "oidc-provider Failed" }));
        Assert.That(
            results.Single(result => result.Status == CheckStatus.Failed),
            Has.Property("Cluster").EqualTo("dp1").And.Property("Found").Contains("sts.amazonaws.com").And.Property("Remedy").Contains("AssociateOidcProvider")
        );
    }

    [Test]
    public async Task A_role_that_is_not_there_is_the_trust_policies_check()
    {
        Refuse("iam.get-role.x-dp", "An error occurred (NoSuchEntity) when calling the GetRole operation: no");

        Assert.That(Wrong(await RunAsync()), Is.EqualTo(new[] { "trust-policy Failed" }));
    }

    [Test]
    public async Task A_role_that_may_not_be_read_says_which_permission_is_missing()
    {
        Refuse(
            "iam.get-role.x-dp",
            "An error occurred (AccessDenied) when calling the GetRole operation: User: x is not authorized to perform: iam:GetRole on resource: y"
        );

        var results = await RunAsync();

        Assert.That(Wrong(results), Is.EqualTo(new[] { "trust-policy Failed" }));
        Assert.That(Describe(results), Does.Contain("iam:GetRole"));
    }

    [Test]
    public async Task A_cluster_that_a_role_does_not_trust_is_named()
    {
        Role("x-w", TrustDocument.Merge(null, [Trusted(FlyteRole.Workers(Fleet.Aws!)!, "c9")], "123456789012").Document);

        var results = await RunAsync();

        Assert.That(Wrong(results), Is.EqualTo(new[] { "trust-policy Failed" }));
        Assert.That(Describe(results), Does.Contain("Role x-w has no statement for dp1"));
    }

    [Test]
    public async Task A_statement_of_somebody_elses_that_cannot_work_is_a_warning()
    {
        var trust = TrustDocument.Merge(null, [Trusted(FlyteRole.Workers(Fleet.Aws!)!, "c1")], "123456789012").Document;
        trust["Statement"]!
            .AsArray()
            .Add(
                JsonNode.Parse(
                    """{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/other"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"other:aud": "sts.amazonaws.com", "other:sub": "system:serviceaccount:*:default"} } }"""
                )
            );
        Role("x-w", trust);

        var results = await RunAsync();

        Assert.That(Wrong(results), Is.EqualTo(new[] { "trust-policy Warning" }));
        Assert.That(Describe(results), Does.Contain("use StringLike"));
    }

    [Test]
    public async Task A_policy_for_other_buckets_is_found()
    {
        Write(
            "iam.get-policy-version." + PolicyArn,
            new JsonObject { ["PolicyVersion"] = new JsonObject { ["Document"] = BucketPolicy.Document("aws", ["meta*"]) } }.ToJsonString()
        );

        Assert.That(Wrong(await RunAsync()), Is.EqualTo(new[] { "bucket-policy Failed" }));
    }

    [TestCase("""{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}""", null)]
    [TestCase("""{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::meta*"}""", "bucket-policy Warning")]
    public async Task A_statement_of_others_in_the_policy_is_nothing_to_fix_unless_it_opens_other_buckets(string statement, string? reported)
    {
        var document = BucketPolicy.Document("aws", ["meta", "raw"]);
        document["Statement"]!.AsArray().Add(JsonNode.Parse(statement));
        Write("iam.get-policy-version." + PolicyArn, new JsonObject { ["PolicyVersion"] = new JsonObject { ["Document"] = document } }.ToJsonString());

        Assert.That(Wrong(await RunAsync()), Is.EqualTo(reported is null ? [] : new[] { reported }));
    }

    [Test]
    public async Task A_policy_that_is_not_there_is_found()
    {
        Write("iam.list-policies.Local", """{"Policies": []}""");

        Assert.That(Wrong(await RunAsync()), Is.EqualTo(new[] { "bucket-policy Failed" }));
    }

    [Test]
    public async Task A_service_account_without_its_annotation_is_found_with_the_role_that_it_is_to_have()
    {
        var results = await RunAsync(prepare: run =>
            run.PlaneServer.Put("/api/v1/namespaces/flyte/serviceaccounts/flytepropeller", """{"metadata": {"name": "flytepropeller"} }""")
        );

        Assert.That(Wrong(results), Is.EqualTo(new[] { "cloud-identity Failed" }));
        Assert.That(Describe(results), Does.Contain("has no eks.amazonaws.com/role-arn; it should be arn:aws:iam::123456789012:role/x-dp"));
    }

    [Test]
    public async Task On_Google_Cloud_the_annotation_is_the_accounts_address()
    {
        var fleet = Fleet with
        {
            Aws = null,
            Gcp = new GcpSettings
            {
                Project = "p",
                ControlPlane = "c@p",
                DataPlane = "d@p",
                Workers = "w@p",
            },
        };

        var results = await RunAsync(
            fleet,
            run =>
                run.PlaneServer.Put(
                    "/api/v1/namespaces/flyte/serviceaccounts/flytepropeller",
                    """{"metadata": {"annotations": {"iam.gke.io/gcp-service-account": "d@p"} } }"""
                )
        );

        Assert.That(
            results.Where(result => result.Check == "cloud-identity").Select(result => result.Status),
            Is.EqualTo(new[] { CheckStatus.Failed, CheckStatus.Failed, CheckStatus.Ok }),
            Describe(results)
        );
        Assert.That(_bed.TakeCalls(), Is.Empty);
    }

    [Test]
    public async Task FlyteAdmin_is_asked_once_for_all_clusters_and_its_namespaces_are_named_by_its_own_template()
    {
        var admin = Substitute.For<IFlyteAdmin>();
        admin.ProjectsAsync(Arg.Any<CancellationToken>()).Returns(["team"]);
        admin.DomainsAsync(Arg.Any<CancellationToken>()).Returns(["production"]);
        foreach (var role in new[] { "x-dp", "x-w" })
            Role(
                role,
                TrustDocument
                    .Merge(
                        null,
                        [.. new[] { "c1", "c2" }.Select(cluster => Trusted(FlyteRole.All(Fleet.Aws!, "flyte").Single(one => one.Name == role), cluster))],
                        "123456789012"
                    )
                    .Document
            );
        Write("eks.describe-cluster.c2", """{"cluster": {"identity": {"oidc": {"issuer": "https://c2"} } } }""");
        Write($"iam.get-open-id-connect-provider.{Provider("c2")}", """{"ClientIDList": ["sts.amazonaws.com"]}""");
        Write(
            "iam.list-open-id-connect-providers.json",
            new JsonObject
            {
                ["OpenIDConnectProviderList"] = new JsonArray([.. new[] { "c0", "c1", "c2" }.Select(issuer => new JsonObject { ["Arn"] = Provider(issuer) })]),
            }.ToJsonString()
        );

        var results = await RunAsync(
            AwsBed.Fleet(2, "x"),
            run =>
            {
                run.ControlServer.Put(
                    "/api/v1/namespaces/flyte/configmaps/flyte-admin-base-config",
                    new JsonObject
                    {
                        ["data"] = new JsonObject { ["namespace_config.yaml"] = "namespace_mapping: {template: 'flyte-{{ project }}-{{ domain }}'}" },
                    }.ToJsonString()
                );
                foreach (var plane in new[] { "dp1", "dp2" })
                    run.Server(plane)
                        .Put(
                            "/api/v1/serviceaccounts",
                            """{"items": [{"metadata": {"name": "default", "namespace": "flyte-team-production"}}, {"metadata": {"name": "default", "namespace": "team-production"}}]}"""
                        );
            },
            admin
        );

        Assert.That(
            results.Where(result => result.Status == CheckStatus.Warning).Select(result => $"{result.Cluster}: {result.Found}"),
            Is.EqualTo(
                new[] { "dp1", "dp2" }.Select(plane =>
                    $"{plane}: Service account default has no eks.amazonaws.com/role-arn; it should be arn:aws:iam::123456789012:role/x-w in 1 of "
                    + "the projects' namespaces: flyte-team-production."
                )
            ),
            Describe(results)
        );
        await admin.Received(1).ProjectsAsync(Arg.Any<CancellationToken>());
        await admin.Received(1).DomainsAsync(Arg.Any<CancellationToken>());
    }

    private async Task<IReadOnlyList<CheckResult>> RunAsync(Fleet? fleet = null, Action<TestRun>? prepare = null, IFlyteAdmin? admin = null)
    {
        var run = _bed.Next(fleet ?? Fleet, admin: admin);
        foreach (var cluster in run.Context.Run.Clusters)
            run.Server(cluster.Name)
                .Put("/version", """{"gitVersion": "v1.36.0"}""")
                .Put("/api/v1/namespaces/kube-system", $$$"""{"metadata": {"uid": "{{{cluster.Name}}}"} }""");
        foreach (
            var (server, role, names) in new[]
            {
                (run.ControlServer, "x-cp", new[] { "flyteadmin", "datacatalog" }),
                (run.PlaneServer, "x-dp", ["flytepropeller"]),
            }
        )
        {
            server.Put(
                "/apis/apps/v1/namespaces/flyte/deployments",
                new JsonObject
                {
                    ["items"] = new JsonArray([.. names.Select(name => new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } })]),
                }.ToJsonString()
            );
            foreach (var name in names)
                server.Put(
                    $"/api/v1/namespaces/flyte/serviceaccounts/{name}",
                    $$$"""{"metadata": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/{{{role}}}"} } }"""
                );
        }

        prepare?.Invoke(run);
        return (await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), Cloud, default)).Results;
    }

    private void Role(string name, JsonObject trust) =>
        Write(
            $"iam.get-role.{name}",
            new JsonObject
            {
                ["Role"] = new JsonObject { ["Arn"] = $"arn:aws:iam::123456789012:role/{name}", ["AssumeRolePolicyDocument"] = trust.DeepClone() },
            }.ToJsonString()
        );

    private void Write(string answer, string json) => File.WriteAllText(Path.Combine(_bed.Folder, answer.Replace('/', '_').Replace(':', '_')), json);

    private void Refuse(string answer, string error)
    {
        File.Delete(Path.Combine(_bed.Folder, answer));
        Write(answer + ".error", error);
    }

    private static TrustedCluster Trusted(FlyteRole role, string issuer) => new(issuer, Provider(issuer), issuer, role.Subjects);

    private static string Provider(string issuer) => $"arn:aws:iam::123456789012:oidc-provider/{issuer}";

    private static IEnumerable<string> Wrong(IReadOnlyList<CheckResult> results) =>
        results.Where(result => result.Status is CheckStatus.Failed or CheckStatus.Warning).Select(result => $"{result.Check} {result.Status}").Distinct();

    private static string Describe(IReadOnlyList<CheckResult> results) =>
        string.Join('\n', results.Select(result => $"{result.Check} {result.Cluster} {result.Status}: {result.Found}"));
}
