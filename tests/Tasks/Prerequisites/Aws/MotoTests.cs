using System.Diagnostics;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tests.Common.Tools.Aws;
using Flyte.MultiCluster.Tests.Docs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;

/// <summary>The stages with the real aws CLI on moto, with three EKS clusters and the control plane's; each test has roles and a policy of its own.</summary>
[Platform(Include = "Linux", Reason = "moto runs in a Debian tree.")]
internal sealed class MotoTests
{
    private static readonly RunOptions Plan = new() { Plan = true };
    private static readonly RunOptions WithoutEksctl = new() { WithoutEksctl = true };

    private MotoServer _moto = null!;
    private AwsBed _bed = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _moto = await MotoServer.StartAsync();
        using var bed = Bed();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => CreateClusterAsync(bed.Aws, $"c{number}", AwsBed.Regions[number])));
    }

    [OneTimeTearDown]
    public void End() => _moto?.Dispose();

    [SetUp]
    public void Make() => _bed = Bed();

    [TearDown]
    public void Clean() => _bed?.Dispose();

    [Test]
    public async Task Day_1_day_2_and_a_run_that_changes_nothing()
    {
        var planned = await _bed.PrerequisitesAsync(AwsBed.Fleet(1, "day"), Plan);
        Assert.That(Actions(_bed.TakeCalls()), Is.SubsetOf(Documented(0)));

        var day1 = await _bed.PrerequisitesAsync(AwsBed.Fleet(1, "day"));
        Assert.That(day1, Is.EqualTo(planned));
        Assert.That(planned.Count(change => change.StartsWith("create IamRole", StringComparison.Ordinal)), Is.EqualTo(3));
        var calls = _bed.TakeCalls();
        Assert.That(Actions(calls), Is.SubsetOf(Documented(0).Concat(Documented(1))));
        Assert.That(
            calls.Where(call => call.StartsWith("eksctl create", StringComparison.Ordinal)).Select(call => call.Split(' ')[4]),
            Is.EquivalentTo(new[] { "flyteadmin", "flytepropeller", "default" })
        );

        var day2 = await _bed.PrerequisitesAsync(AwsBed.Fleet(3, "day"));
        Assert.That(
            day2.Where(change => change.StartsWith("update", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "update TrustPolicy day-dp", "update TrustPolicy day-w" })
        );
        Assert.That((await TrustAsync("day-dp"), await TrustAsync("day-w"), await TrustAsync("day-cp")), Is.EqualTo((3, 3, 1)));

        _bed.TakeCalls();
        Assert.That(await _bed.PrerequisitesAsync(AwsBed.Fleet(3, "day")), Is.Empty);
        Assert.That(Actions(_bed.TakeCalls()), Is.SubsetOf(Documented(0)).And.Contain("iam:GetOpenIDConnectProvider"));
    }

    [Test]
    public async Task Without_eksctl_the_aws_CLI_makes_the_same_with_two_roles()
    {
        var changes = await _bed.PrerequisitesAsync(AwsBed.Fleet(1, "two", RoleLayout.Two), WithoutEksctl);

        Assert.That(
            changes.Where(change => change.Contains("two-", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "create IamPolicy two-s3", "create IamRole two-cp", "create IamRole two-dp" })
        );
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
        Assert.That(
            _bed.Last.Context.Run.State.Of<AwsReadings>().Snapshot.Value!.Roles["two-dp"].Trust.ToJsonString(),
            Does.Contain("StringLike").And.Contain("*:default")
        );
        Assert.That(await _bed.PrerequisitesAsync(AwsBed.Fleet(1, "two", RoleLayout.Two), WithoutEksctl), Is.Empty);
    }

    [Test]
    public async Task Of_two_operators_none_loses_a_statement()
    {
        await _bed.PrerequisitesAsync(AwsBed.Fleet(1, "race", RoleLayout.Two), WithoutEksctl);
        var foreign = JsonNode.Parse(
            """{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/other"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"other:aud": "sts.amazonaws.com"}}}"""
        )!;
        var other = _bed.Last.Context.Run.State.Of<AwsReadings>().Snapshot.Value!.Roles["race-dp"].Trust.DeepClone().AsObject();
        other["Statement"]!.AsArray().Add(foreign);
        await File.WriteAllTextAsync(Path.Combine(_bed.Folder, "race"), PolicyJson.Text(other));

        // The other operator read before this run's write and writes after it: see the script of Bed.
        var changes = await _bed.PrerequisitesAsync(AwsBed.Fleet(2, "race", RoleLayout.Two), WithoutEksctl);

        Assert.That(changes, Has.Some.EqualTo("update TrustPolicy race-dp"));
        Assert.That(_bed.Last.Lines, Has.Some.Contains("merging again"));
        Assert.That(await TrustAsync("race-dp"), Is.EqualTo(3));
    }

    [Test]
    public async Task A_policy_that_differs_gets_a_new_version_and_the_oldest_of_five_goes()
    {
        string[] buckets = ["a", "b", "c", "d", "e", "f"];
        var fleet = AwsBed.Fleet(1, "versions");
        foreach (var bucket in buckets)
        {
            var run = _bed.Next(fleet with { Aws = fleet.Aws! with { Buckets = [bucket] } });
            await run.RunAsync<CreateIamPolicy>();
        }

        var policy = _bed.Last.Context.Run.State.Of<AwsReadings>().Snapshot.Value!.Policy!;
        var versions = await _bed.Last.Get<AwsTools>().Policies.VersionsAsync("eu-west-1", policy.Arn, default);
        Assert.That(versions.Select(version => version.Id), Is.EquivalentTo(new[] { "v2", "v3", "v4", "v5", "v6" }));
        Assert.That(versions.Single(version => version.IsDefault).Id, Is.EqualTo("v6"));
    }

    [Test]
    public async Task A_statement_that_somebody_added_to_the_policy_stays_and_what_goes_is_reported()
    {
        var fleet = AwsBed.Fleet(1, "keys");
        var mine = BucketPolicy.Document("aws", ["meta"]);
        mine["Statement"]!
            .AsArray()
            .Insert(
                0,
                JsonNode.Parse("""{"Sid": "Keys", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-west-1:123456789012:key/1"}""")
            );
        using (
            var aws = Process.Start(
                _bed.Aws,
                [
                    "iam",
                    "create-policy",
                    "--region",
                    "eu-west-1",
                    "--output",
                    "text",
                    "--query",
                    "Policy.Arn",
                    "--policy-name",
                    "keys-s3",
                    "--policy-document",
                    PolicyJson.Text(mine),
                ]
            )
        )
            await aws.WaitForExitAsync();

        var planned = _bed.Next(fleet, Plan);
        await planned.RunAsync<CreateIamPolicy>();
        Assert.That(
            planned.Lines,
            Has.Some.Match(@"^\[aws\] - .*s3:::meta/\*")
                .And.Some.Match(@"^\[aws\] \+ .*s3:::raw/\*")
                .And.Some.Match(@"\(stays\) .*kms:Decrypt")
                .And.Some.Contains("statements: 0 added, 1 changed, 0 removed, 1 kept")
        );
        await _bed.Next(fleet).RunAsync<CreateIamPolicy>();

        var policy = await _bed.Last.Get<AwsTools>().Policies.FindAsync("eu-west-1", "keys-s3", default);
        var document = await _bed.Last.Get<AwsTools>().Policies.DocumentAsync("eu-west-1", policy!, default);
        Assert.That(PolicyJson.Statements(document!).Select(statement => (string?)statement["Sid"]), Is.EqualTo(new[] { "Keys", null }));
        Assert.That(PolicyJson.Texts(PolicyJson.Statements(document!)[1]["Resource"]), Has.Member("arn:aws:s3:::raw/*"));
        var second = _bed.Next(fleet);
        await second.RunAsync<CreateIamPolicy>();
        Assert.That(second.Context.Gate.Changes, Is.Empty);
    }

    private static async Task CreateClusterAsync(string aws, string name, string region)
    {
        using var process = Process.Start(
            aws,
            [
                "eks",
                "create-cluster",
                "--region",
                region,
                "--output",
                "text",
                "--query",
                "cluster.name",
                "--name",
                name,
                "--role-arn",
                "arn:aws:iam::123456789012:role/eks",
                "--resources-vpc-config",
                "subnetIds=subnet-1,subnet-2",
            ]
        );
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero);
    }

    // iam list-open-id-connect-providers is the action iam:ListOpenIDConnectProviders.
    private static IEnumerable<string> Actions(IEnumerable<string> calls) =>
        calls
            .Select(call => call.Split(' '))
            .Where(words => words[0] != "eksctl")
            .Select(words => $"{words[0]}:{string.Concat(words[1].Split('-').Select(word => $"{char.ToUpperInvariant(word[0])}{word[1..]}"))}")
            .Select(action => action.Replace("OpenId", "OpenID", StringComparison.Ordinal))
            .Distinct();

    // The actions that docs/operations.md lists as needed: of a plan (0), of changes (1).
    private static IEnumerable<string> Documented(int table)
    {
        var section = Repository.Section("docs/operations.md", "Permissions");
        var rest = section[section.IndexOf("### On AWS", StringComparison.Ordinal)..].Split("| service | actions |")[table + 1];
        return rest.Split("\n\n")[0]
            .Split('\n')
            .Where(row => row.StartsWith('|'))
            .Skip(1)
            .Select(row => row.Split('|'))
            .SelectMany(cells => cells[2].Split(',', ';').Select(action => $"{cells[1].Trim()}:{action.Trim().Split(' ')[0]}"));
    }

    private AwsBed Bed() =>
        new(
            AwsBed.Stacks
                + $$"""
                {{_moto.Aws}} "$@"
                code=$?
                race="$(dirname "$0")/race"
                case "$*" in *"update-assume-role-policy"*"race-dp"*) if mv "$race" "$race.now" 2>/dev/null; then {{_moto.Aws}} iam update-assume-role-policy --region eu-west-1 --role-name race-dp --policy-document "$(cat "$race.now")"; fi;; esac
                exit $code
                """
        );

    private async Task<int> TrustAsync(string role) =>
        PolicyJson.Statements((await _bed.Last.Get<AwsTools>().Roles.GetAsync("eu-west-1", role, default))!.Trust).Count;
}
