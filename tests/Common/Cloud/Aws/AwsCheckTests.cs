using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Cloud.Aws;

/// <summary>The check of AWS and what a plan shows, with an aws that prints the real one's answers and errors.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class AwsCheckTests
{
    internal const string Answers = """
        case "$1 $2" in
          "sts get-caller-identity") echo '{"UserId": "A", "Account": "123456789012", "Arn": "arn:aws-cn:sts::123456789012:assumed-role/ops/joe"}';;
          "eks describe-cluster") echo "{\"cluster\": {\"identity\": {\"oidc\": {\"issuer\": \"https://oidc.example.com/id/$4\"}}}}";;
          "iam list-open-id-connect-providers") echo '{"OpenIDConnectProviderList": []}';;
          "iam list-policies") echo '{"Policies": []}';;
          "iam get-role") echo 'An error occurred (NoSuchEntity) when calling the GetRole operation: no' >&2; exit 254;;
          "iam get-account-summary") echo '{"SummaryMap": {"AssumeRolePolicySizeQuota": 4096}}';;
          *) echo "unexpected: $*" >&2; exit 2;;
        esac
        """;

    [Test]
    public async Task A_plan_reports_everything_and_what_is_known_after_apply_only_and_only_reads()
    {
        using var bed = new AwsBed(Answers);

        var changes = await bed.PrerequisitesAsync(AwsBed.Fleet(1, "x"), new RunOptions { Plan = true });

        Assert.That(
            changes,
            Is.EqualTo(
                new[]
                {
                    "create IamPolicy x-s3",
                    "create IamRole x-cp",
                    "create IamRole x-dp",
                    "create IamRole x-w",
                    "create OidcProvider oidc.example.com/id/c0",
                    "create OidcProvider oidc.example.com/id/c1",
                    "update TrustPolicy x-cp",
                    "update TrustPolicy x-w",
                }
            )
        );
        Assert.That(bed.Last.Lines, Has.Some.Contains("+     \"Federated\": \"(known after apply: the provider of oidc.example.com/id/c0)\""));
        Assert.That(bed.Last.Lines, Has.Some.Contains("arn:aws-cn:s3:::meta/*").And.None.Contains("arn:aws-cn:iam"));
        Assert.That(bed.TakeCalls().Where(AwsBed.Writes), Is.Empty);
    }

    [Test]
    public async Task However_many_clusters_ask_at_once_AWS_is_read_once()
    {
        using var bed = new AwsBed(Answers);
        var run = bed.Next(AwsBed.Fleet(3, "x"), new RunOptions { WithoutEksctl = true });

        var snapshots = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => run.Get<AwsPreflight>().EnsureAsync(run.Context, default)));

        Assert.That(snapshots.Distinct().Count(), Is.EqualTo(1));
        Assert.That(bed.TakeCalls().Count(call => call.StartsWith("sts", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task Outside_of_AWS_every_stage_is_skipped_and_says_so()
    {
        using var bed = new AwsBed("exit 1");

        await bed.PrerequisitesAsync(AwsBed.Fleet(1, "x") with { Aws = null });

        Assert.That(
            bed.Last.Context.Journal.Stages.Select(stage => (stage.Status, stage.Note)).Distinct(),
            Is.EqualTo(new[] { (StageStatus.Skipped, (string?)AwsCheck.NoAws) })
        );
        Assert.That(bed.TakeCalls(), Is.Empty);
    }

    [TestCase("Unable to locate credentials. You can configure credentials by running \"aws configure\".", "aws sso login")]
    [TestCase(
        "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired",
        "log in again"
    )]
    public async Task Without_a_login_the_run_is_refused_at_once(string said, string remedy)
    {
        using var bed = new AwsBed($"echo '{said}' >&2; exit 255");

        Assert.That((await RefusedAsync(bed, AwsBed.Fleet(3, "x"))).Single(), Does.Contain(remedy));
        Assert.That(bed.TakeCalls(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Another_account_than_the_fleets_is_refused()
    {
        using var bed = new AwsBed(Answers);
        var fleet = AwsBed.Fleet(1, "x");

        Assert.That(
            (await RefusedAsync(bed, fleet with { Aws = fleet.Aws! with { AccountId = "999999999999" } })).Single(),
            Does.Contain("account 123456789012").And.Contain("accountId 999999999999").And.Contain("AWS_PROFILE")
        );
    }

    [Test]
    public async Task All_that_is_wrong_is_reported_at_once()
    {
        using var bed = new AwsBed(
            """
            case "$1 $2 $4" in
              "eks describe-cluster c1") echo 'An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: c1.' >&2; exit 254;;
              "eks describe-cluster c2") echo 'An error occurred (AccessDeniedException) when calling the DescribeCluster operation: User: arn:aws:iam::1:user/joe is not authorized to perform: eks:DescribeCluster on resource: x' >&2; exit 254;;
              "iam get-role x-w") echo 'An error occurred (AccessDenied) when calling the GetRole operation: User: arn:aws:iam::1:user/joe is not authorized to perform: iam:GetRole on resource: x' >&2; exit 254;;
            esac

            """ + Answers
        );

        var problems = await RefusedAsync(bed, AwsBed.Fleet(2, "x"));

        Assert.That(problems, Has.Count.EqualTo(3));
        Assert.That(
            problems,
            Has.Some.Contains("dp1: There is no EKS cluster 'c1' in eu-west-2")
                .And.Some.Contains("eks:DescribeCluster granted")
                .And.Some.Contains("iam:GetRole granted")
        );
    }

    [Test]
    public async Task Without_the_aws_CLI_the_run_is_refused()
    {
        using var bed = new AwsBed(Answers);
        File.Delete(bed.Aws);

        Assert.That((await RefusedAsync(bed, AwsBed.Fleet(1, "x"))).Single(), Does.Contain("not on PATH").And.Contain("aws.amazon.com/cli"));
    }

    [Test]
    public async Task Where_eksctl_is_needed_and_missing_the_option_is_named()
    {
        using var bed = new AwsBed(Answers, eksctl: false);

        Assert.That(
            (await RefusedAsync(bed, AwsBed.Fleet(1, "x"))).Single(),
            Does.Contain("the OIDC provider of dp1").And.Contain("role x-cp").And.Contain("--without-eksctl")
        );
    }

    [TestCase(
        "An error occurred (AccessDenied) when calling the GetRole operation: User: arn:aws:iam::1:user/joe is not authorized to perform: "
            + "iam:GetRole on resource: x",
        "Have iam:GetRole granted"
    )]
    [TestCase("An error occurred (Throttling) when calling the GetRole operation (reached max retries: 4): Rate exceeded", "AWS is busy: run again later")]
    [TestCase("Unable to locate credentials. You can configure credentials by running \"aws configure\".", "aws sso login")]
    [TestCase("An error occurred (ExpiredToken) when calling the GetRole operation: The security token included in the request is expired", "log in again")]
    [TestCase("Could not connect to the endpoint URL: \"https://iam.eu-wst-1.amazonaws.com/\"", "cloud.region")]
    [TestCase("Provided region_name 'eu west 1' doesn't match a supported format.", "Correct the region in the fleet")]
    public async Task Every_error_refuses_the_run_before_any_write_and_says_what_to_do(string said, string remedy)
    {
        using var bed = new AwsBed(
            $$"""
            if [ "$1 $2 $4" = "iam get-role x-dp" ]; then cat >&2 <<'END'; exit 254; fi
            {{said}}
            END

            """ + Answers
        );

        Assert.That((await RefusedAsync(bed, AwsBed.Fleet(1, "x"))).Single(), Does.StartWith("x-dp: ").And.Contain(remedy));
        Assert.That(bed.TakeCalls().Where(AwsBed.Writes), Is.Empty);
    }

    [Test]
    public async Task A_busy_AWS_is_asked_again_with_growing_pauses()
    {
        using var bed = new AwsBed(
            """
            if [ "$1" = sts ] && [ "$(wc -l <"$(dirname "$0")/calls")" -lt 4 ]; then echo 'An error occurred (Throttling) when calling the GetCallerIdentity operation (reached max retries: 4): Rate exceeded' >&2; exit 254; fi

            """ + Answers
        );

        await bed.Next(AwsBed.Fleet(1, "x")).RunAsync<CheckAws>();

        Assert.That(bed.Time.Pauses, Is.EqualTo(new[] { TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4) }));
    }

    [Test]
    public async Task A_hundred_clusters_are_refused_before_any_write_with_what_to_do()
    {
        using var bed = new AwsBed(Answers);

        var problems = await RefusedAsync(bed, AwsBed.Fleet(100, "x"));

        Assert.That(problems, Has.Count.EqualTo(2));
        Assert.That(
            problems,
            Has.All.Contains("for 100 statements, and this account's limit is 4096").And.All.Contains("split the data planes into groups, each with its own ")
        );
        Assert.That(bed.TakeCalls().Where(AwsBed.Writes), Is.Empty);
    }

    private static async Task<List<string>> RefusedAsync(AwsBed bed, Fleet fleet)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => bed.Next(fleet).RunAsync<CheckAws>());
        return [.. refused!.Problems.Select(problem => problem.ToString())];
    }
}
