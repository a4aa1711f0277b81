using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tasks.Verification;
using Flyte.MultiCluster.Tests.Common.Cloud.Aws;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;

/// <summary>CheckAws and Verify run the same checks over a view of AWS.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class AwsPreflightTests
{
    // Two at once leave a mark.
    private const string OneAtATime = """
        if ! mkdir "$(dirname "$0")/busy" 2>/dev/null; then touch "$(dirname "$0")/overlap"; fi
        trap 'rmdir "$(dirname "$0")/busy" 2>/dev/null' EXIT

        """;

    private const string ClusterIsMissing = """
        if [ "$1 $2 $4" = "eks describe-cluster c1" ]; then echo 'An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: c1.' >&2; exit 254; fi

        """;

    private const string NoLogin = """
        if [ "$1" = sts ]; then echo 'Unable to locate credentials. You can configure credentials by running "aws configure".' >&2; exit 253; fi

        """;

    private const string WithProviders = """
        case "$1 $2" in
          "iam list-open-id-connect-providers") echo '{"OpenIDConnectProviderList": [{"Arn": "arn:aws-cn:iam::123456789012:oidc-provider/oidc.example.com/id/c0"}, {"Arn": "arn:aws-cn:iam::123456789012:oidc-provider/oidc.example.com/id/c1"}]}'; exit;;
          "iam get-open-id-connect-provider") echo '{"ClientIDList": ["sts.amazonaws.com"]}'; exit;;
        esac

        """;

    private static readonly ICheck<VerifyContext>[] Shared = [new CloudLoginCheck(), new OidcProviderCheck()];

    [TestCase(ClusterIsMissing, "oidc-provider")]
    [TestCase(NoLogin, "cloud-login")]
    public async Task What_is_wrong_refuses_the_run_in_the_words_of_Verify(string wrong, string check)
    {
        using var bed = new AwsBed(wrong + AwsCheckTests.Answers);
        var run = bed.Next(AwsBed.Fleet(1, "x"), new RunOptions { WithoutEksctl = true });

        var found = (await VerifyAsync(run)).Single(result =>
            result.Status == CheckStatus.Failed && result.Remedy?.StartsWith("Run Assoc", StringComparison.Ordinal) != true
        );
        var refused = await Assert.ThrowsAsync<RefusedException>(() => run.RunAsync<CheckAws>());

        Assert.That(found.Check, Is.EqualTo(check));
        Assert.That(refused!.Problems.Select(problem => $"{problem.What} {problem.Remedy}"), Is.EqualTo(new[] { $"{found.Found} {found.Remedy}" }));
    }

    [Test]
    public async Task A_provider_that_is_missing_fails_Verify_and_is_what_the_stages_are_for()
    {
        using var bed = new AwsBed(AwsCheckTests.Answers);
        var run = bed.Next(AwsBed.Fleet(1, "x"), new RunOptions { WithoutEksctl = true });

        var found = await VerifyAsync(run);
        await run.RunAsync<CheckAws>();

        Assert.That(found.Where(result => result.Check == "oidc-provider").Select(result => result.Status), Is.All.EqualTo(CheckStatus.Failed));
        Assert.That(run.Lines, Has.Some.Contains("EKS clusters: c0, c1"));
    }

    [Test]
    public async Task The_stages_work_with_what_the_checks_have_read_and_Verify_reads_for_itself()
    {
        using var bed = new AwsBed(WithProviders + AwsCheckTests.Answers);
        var run = bed.Next(AwsBed.Fleet(1, "x"), new RunOptions { WithoutEksctl = true });

        await run.RunAsync<CheckAws>();
        var checks = bed.TakeCalls();
        await run.RunAsync<AssociateOidcProvider>();
        var stage = bed.TakeCalls();
        await VerifyAsync(run);

        Assert.That(checks, Is.Unique.And.Count.EqualTo(1 + 2 + 1 + 1 + 3 + 2), "The login, clusters, providers, policies, roles and audiences.");
        Assert.That(stage, Is.Empty);
        Assert.That(bed.TakeCalls(), Is.Unique.And.Count.EqualTo(1 + 2 + 1 + 2));
    }

    [Test]
    public async Task No_more_is_read_at_once_than_the_run_allows()
    {
        using var bed = new AwsBed(OneAtATime + WithProviders + AwsCheckTests.Answers);
        var run = bed.Next(AwsBed.Fleet(1, "x"), new RunOptions { WithoutEksctl = true, Parallelism = 1 });

        await run.RunAsync<CheckAws>();
        await VerifyAsync(run);

        Assert.That(Path.Combine(bed.Folder, "overlap"), Does.Not.Exist);
    }

    private static async Task<IReadOnlyList<CheckResult>> VerifyAsync(TestRun run) =>
        (await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), Shared, default)).Results;
}
