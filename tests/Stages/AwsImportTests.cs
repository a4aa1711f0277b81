using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Import on AWS: roles, trust policies and the bucket policy that were made by hand, with the guide's mistakes.</summary>
[TestFixture, Platform(Include = "Linux", Reason = "moto runs in a Debian tree.")]
internal sealed class AwsImportTests
{
    private const string Account = "123456789012";

    private const string Mine = $$"""
        {"Sid": "mine", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::{{Account}}:root"}, "Action": "sts:AssumeRole"}
        """;

    private AwsFleet _fleet = null!;

    private StageBed Bed => _fleet.Bed;

    private string Output => Path.Combine(Bed.Temporary, "imported", "fleet.yaml");

    private string Kubeconfig => Path.Combine(Bed.Folder, "eks-kubeconfig");

    [OneTimeSetUp]
    public async Task Start()
    {
        _fleet = await AwsFleet.StartAsync();
        foreach (var number in new[] { 0, 1, 2 })
            _fleet.Aws($"iam create-open-id-connect-provider --url https://{Issuer(number)} --client-id-list sts.amazonaws.com");

        // As aws eks update-kubeconfig writes it: the cluster's ARN, with another name for the context.
        var view = JsonNode.Parse(Bed.Kubectl("controlplane", "config view --raw --output=json"))!;
        foreach (var (number, name) in new[] { "controlplane", "dataplane1", "dataplane2" }.Index())
        {
            var arn = $"arn:aws:eks:{AwsFleet.Regions[number]}:{Account}:cluster/c{number}";
            view["clusters"]!.AsArray().Single(one => (string?)one!["name"] == name)!["name"] = arn;
            view["contexts"]!.AsArray().Single(one => (string?)one!["name"] == name)!["context"]!["cluster"] = arn;
        }

        await File.WriteAllTextAsync(Kubeconfig, view.ToJsonString());
    }

    [SetUp]
    public Task Empty() => Bed.ResetAsync();

    [OneTimeTearDown]
    public async Task End()
    {
        if (_fleet is not null)
            await _fleet.DisposeAsync();
    }

    [Test]
    public async Task Roles_of_hand_are_managed_on_their_mistakes_are_reported_and_repaired_and_nothing_is_lost()
    {
        var gone = Statement("oidc.eks.eu-west-1.amazonaws.com/id/GONE", "StringEquals", "flyte:flyteadmin");
        Role("hand-cp", Mine, gone, Statement(Issuer(0), "StringEquals", "flyte:flyteadmin", "flyte:datacatalog"));
        Role(
            "hand-dp",
            Statement(Issuer(1), "StringEquals", "flyte:flytepropeller").Replace($"{Issuer(1)}:", $"{Issuer(1)}.:", StringComparison.Ordinal),
            Statement(Issuer(2), "StringEquals", "flyte:flytepropeller")
        );
        Role("hand-w", Mine, Statement(Issuer(1), "StringEquals", "*:default"), Statement(Issuer(2), "StringLike", "*:default"));
        Policy("hand-s3", "hand-cp", "hand-dp", "hand-w");
        await MakeAsync("hand");
        _fleet.TakeWrites();

        var import = (await ImportAsync()).Expect(0);
        Assert.That(_fleet.TakeWrites(), Is.Empty);
        var aws = new FleetReader().Read(Output).Fleet!.Aws!;
        var (before, objects) = (Trusted("hand-cp", "hand-dp", "hand-w"), await LiveObjects.OfAsync(Bed));
        var run = (await RunAsync()).Expect(0);
        Assert.That(LiveObjects.Lost(objects, await LiveObjects.OfAsync(Bed)), Is.Empty);
        var after = Trusted("hand-cp", "hand-dp", "hand-w");

        Assert.That(
            (aws.Region, aws.AccountId, aws.PolicyName, aws.ControlPlaneRole, aws.DataPlaneRole, aws.WorkersRole, string.Join(',', aws.Buckets)),
            Is.EqualTo(("eu-west-1", Account, "hand-s3", "hand-cp", "hand-dp", "hand-w", "meta,raw"))
        );
        Assert.That(await File.ReadAllTextAsync(Output), Does.Contain("    cluster: c1\n    region: eu-west-2\n"));
        Assert.That(
            import.Output,
            Does.Contain("[hand-dp] trust-policy: Role hand-dp has a statement for dataplane_1 that does not match")
                .And.Contain($"the condition key {Issuer(1)}.:aud has a stray dot")
                .And.Contain("[hand-w] trust-policy: Role hand-w has a statement for dataplane_1 that does not match")
                .And.Contain("StringEquals with a wildcard never matches")
                .And.Contain($"[hand-cp] trust-policy: It trusts arn:aws:iam::{Account}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/GONE")
        );
        Assert.That(
            run.Changes.Where(change => change.StartsWith("aws ", StringComparison.Ordinal)),
            Is.EquivalentTo(new[] { "aws update TrustPolicy hand-dp", "aws update TrustPolicy hand-w" })
        );
        Assert.That(after["hand-cp"], Is.EqualTo(before["hand-cp"]));
        Assert.That(
            (after["hand-dp"][1], after["hand-w"][0], after["hand-w"][2]),
            Is.EqualTo((before["hand-dp"][1], before["hand-w"][0], before["hand-w"][2]))
        );
        Assert.That(after["hand-dp"][0], Does.Not.Contain(".:"));
        Assert.That(after["hand-w"][1], Does.Contain("StringLike").And.Contain("*:default"));
        Assert.That((after["hand-dp"].Length, after["hand-w"].Length), Is.EqualTo((2, 3)));
        Assert.That(await _fleet.RoleAsync(1, "flyte", "flytepropeller"), Is.EqualTo(Arn("hand-dp")));
        Assert.That((await RunAsync()).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task Roles_whose_statements_trust_others_too_stay_managed_by_hand()
    {
        Role("shared-cp", Statement(Issuer(0), "StringEquals", "flyte:flyteadmin", "flyte:datacatalog"));
        Role(
            "shared-dp",
            Statement(Issuer(1), "StringEquals", "flyte:flytepropeller", "mine:etl"),
            Statement(Issuer(2), "StringEquals", "flyte:flytepropeller")
        );
        Role("shared-w", Statement(Issuer(1), "StringLike", "*:default"), Statement(Issuer(2), "StringLike", "*:default"));
        await MakeAsync("shared");
        var before = Trusted("shared-dp");

        (await ImportAsync()).Expect(0);
        (await RunAsync()).Expect(0);

        Assert.That(
            await File.ReadAllTextAsync(Output),
            Does.Contain("# Not managed by this program: role shared-dp also trusts system:serviceaccount:mine:etl").And.Contain("# cloud:")
        );
        Assert.That(new FleetReader().Read(Output).Fleet!.Aws, Is.Null);
        Assert.That(Trusted("shared-dp"), Is.EqualTo(before));
        Assert.That(await _fleet.RoleAsync(1, "flyte", "flytepropeller"), Is.EqualTo(Arn("shared-dp")));
    }

    [Test]
    public async Task Without_a_login_the_section_is_a_comment_and_nothing_fails()
    {
        await MakeAsync("login");
        await File.WriteAllTextAsync(
            _fleet.Refusal,
            "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired"
        );

        var import = await ImportAsync();
        File.Delete(_fleet.Refusal);

        Assert.That(import.Expect(0).Output, Does.Contain("AWS could not be read: "));
        Assert.That(
            await File.ReadAllTextAsync(Output),
            Does.Contain("# AWS could not be read: ")
                .And.Contain($"#   flytepropeller: {Arn("login-dp")}")
                .And.Contain("# cloud:\n#   provider: aws\n#   region: eu-west-1\n")
                .And.Contain("    # cluster: c1\n    # region: eu-west-2\n")
        );
        Assert.That(new FleetReader().Read(Output).Problems, Is.Empty);
    }

    // The guide's values on EKS, and the workers' role in the templates of cluster resources.
    private async Task MakeAsync(string prefix) =>
        await new HandMadeFleet(Bed)
        {
            ControlValues = $$$"""
                storage: {type: s3, bucketName: meta, s3: {region: eu-west-1, authType: iam} }
                datacatalog: {serviceAccount: {annotations: {{{Annotations($"{prefix}-cp")}}} } }
                cluster_resource_manager: {config: {cluster_resources: {customData: [{development: [{defaultIamRole: {value: "{{{Arn(
                    $"{prefix}-w"
                )}}}"} }]}]} } }
                """,
            AdminValues = $$$"""serviceAccount: {annotations: {{{Annotations($"{prefix}-cp")}}} }""",
            DataPlaneValues = $$$"""
                storage: {type: s3, bucketName: meta, s3: {region: eu-west-1, authType: iam} }
                flytepropeller: {serviceAccount: {annotations: {{{Annotations($"{prefix}-dp")}}} } }
                """,
            DataPlaneConfig = """core: {propeller: {rawoutput-prefix: "s3://raw/"} }""",
        }.MakeAsync();

    private static string Annotations(string role) => $$"""{"{{AwsFleet.Annotation}}": "{{Arn(role)}}"}""";

    private static string Arn(string role) => $"arn:aws:iam::{Account}:role/{role}";

    private string Issuer(int number) =>
        ((string)_fleet.Aws($"eks describe-cluster --name c{number}", region: AwsFleet.Regions[number])["cluster"]!["identity"]!["oidc"]!["issuer"]!)[
            "https://".Length..
        ];

    private void Role(string name, params string[] statements) =>
        _fleet.Aws(
            $"iam create-role --role-name {name} --assume-role-policy-document",
            $$"""{"Version": "2012-10-17", "Statement": [{{string.Join(", ", statements)}}]}"""
        );

    private void Policy(string name, params string[] roles)
    {
        var policy = _fleet.Aws(
            $"iam create-policy --policy-name {name} --policy-document",
            """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
              "Action": ["s3:DeleteObject*", "s3:GetObject*", "s3:ListBucket", "s3:PutObject*"],
              "Resource": ["arn:aws:s3:::meta", "arn:aws:s3:::meta/*", "arn:aws:s3:::raw", "arn:aws:s3:::raw/*"]}]}
            """
        );
        foreach (var role in roles)
            _fleet.Aws($"iam attach-role-policy --role-name {role} --policy-arn {policy["Policy"]!["Arn"]}");
    }

    private static string Statement(string issuer, string op, params string[] subjects) =>
        new JsonObject
        {
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["Federated"] = $"arn:aws:iam::{Account}:oidc-provider/{issuer}" },
            ["Action"] = "sts:AssumeRoleWithWebIdentity",
            ["Condition"] = new JsonObject
            {
                [op] = new JsonObject
                {
                    [$"{issuer}:aud"] = "sts.amazonaws.com",
                    [$"{issuer}:sub"] = new JsonArray([.. subjects.Select(subject => (JsonNode)$"system:serviceaccount:{subject}")]),
                },
            },
        }.ToJsonString();

    private Dictionary<string, string[]> Trusted(params string[] roles) =>
        roles.ToDictionary(
            role => role,
            role =>
                PolicyJson
                    .Statements((JsonObject)_fleet.Aws($"iam get-role --role-name {role}")["Role"]!["AssumeRolePolicyDocument"]!)
                    .Select(PolicyJson.Text)
                    .ToArray(),
            StringComparer.Ordinal
        );

    private Task<Finished> ImportAsync() =>
        Bed.RunAsync(
            ["--target=Import", "--control-plane=controlplane", $"--output-fleet={Output}", $"--chart={Bed.Chart}", $"--kubeconfig={Kubeconfig}"],
            withFleet: false
        );

    private Task<Finished> RunAsync() => Bed.RunAsync($"--fleet={Output}", $"--kubeconfig={Kubeconfig}");
}
