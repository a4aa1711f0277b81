using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tests.Common.Cloud.Aws;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;

/// <summary>The stages on objects that others made, with an aws that prints the real one's answers and errors.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class AwsStageTests
{
    private const string Providers = """
        arn=arn:aws-cn:iam::123456789012:oidc-provider/oidc.example.com/id
        case "$1 $2 $4" in
          "iam list-open-id-connect-providers"*) echo "{\"OpenIDConnectProviderList\": [{\"Arn\": \"$arn/c0\"}, {\"Arn\": \"$arn/c1\"}, {\"Arn\": \"$arn/foreign\"}]}"; exit;;
          "iam get-open-id-connect-provider $arn/c0") echo '{"Url": "oidc.example.com/id/c0", "ClientIDList": ["kubernetes"], "ThumbprintList": []}'; exit;;
          "iam get-open-id-connect-provider $arn/c1") echo '{"Url": "oidc.example.com/id/c1", "ClientIDList": ["kubernetes", "sts.amazonaws.com"], "ThumbprintList": []}'; exit;;
          "iam add-client-id-to-open-id-connect-provider $arn/c0") exit;;
        esac

        """;

    [Test]
    public async Task A_clusters_provider_without_the_audience_of_AWS_gets_it_and_the_others_are_left_alone()
    {
        using var bed = new AwsBed(Providers + AwsCheckTests.Answers);

        var run = await AssociateAsync(bed);

        Assert.That(AwsBed.Changes(run), Is.EqualTo(new[] { "update OidcProvider oidc.example.com/id/c0" }));
        var calls = bed.TakeCalls();
        Assert.That(
            calls.Where(AwsBed.Writes),
            Is.EqualTo(
                new[]
                {
                    "iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn "
                        + "arn:aws-cn:iam::123456789012:oidc-provider/oidc.example.com/id/c0 --client-id sts.amazonaws.com --output json --region eu-west-1",
                }
            )
        );
        Assert.That(calls, Has.None.Contains("foreign"));
    }

    [Test]
    public async Task A_plan_reports_the_missing_audience_and_adds_none()
    {
        using var bed = new AwsBed(Providers + AwsCheckTests.Answers);

        var run = await AssociateAsync(bed, new RunOptions { Plan = true });

        Assert.That(run.Lines, Has.Some.Contains("would update OidcProvider oidc.example.com/id/c0 (add the client ID sts.amazonaws.com"));
        Assert.That(bed.TakeCalls().Where(AwsBed.Writes), Is.Empty);
    }

    [Test]
    public async Task An_audience_that_may_not_be_added_is_reported_with_the_missing_right()
    {
        using var bed = new AwsBed(
            """
            if [ "$2" = add-client-id-to-open-id-connect-provider ]; then echo 'An error occurred (AccessDenied) when calling the AddClientIDToOpenIDConnectProvider operation: User: arn:aws:iam::1:user/joe is not authorized to perform: iam:AddClientIDToOpenIDConnectProvider on resource: x' >&2; exit 254; fi

            """
                + Providers
                + AwsCheckTests.Answers
        );

        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() => AssociateAsync(bed));

        Assert.That(failed!.Message, Does.StartWith("controlplane: ").And.Contain("Have iam:AddClientIDToOpenIDConnectProvider granted"));
    }

    [Test]
    public async Task What_is_suspicious_in_a_live_trust_policy_is_noted_and_stays()
    {
        using var bed = new AwsBed(
            """
            if [ "$1 $2 $4" = "iam get-role x-dp" ]; then
            allow='"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "arn:aws-cn:iam::'
            echo "{\"Role\": {\"Arn\": \"arn:aws-cn:iam::123456789012:role/x-dp\", \"AssumeRolePolicyDocument\": {\"Version\": \"2012-10-17\", \"Statement\": [
              {\"Sid\": \"elsewhere\", $allow""999999999999:oidc-provider/other\"}, \"Condition\": {\"StringEquals\": {\"other:aud\": \"sts.amazonaws.com\"}}},
              {\"Sid\": \"wildcard\", $allow""123456789012:oidc-provider/a\"}, \"Condition\": {\"StringEquals\": {\"a:aud\": \"sts.amazonaws.com\", \"a:sub\": \"system:serviceaccount:*:default\"}}},
              {\"Sid\": \"anyone\", $allow""123456789012:oidc-provider/b\"}, \"Condition\": {\"StringEquals\": {\"b:sub\": \"system:serviceaccount:flyte:x\"}}},
              {\"Sid\": \"control\", $allow""123456789012:oidc-provider/oidc.example.com/id/c0\"}, \"Condition\": {\"StringEquals\": {\"oidc.example.com/id/c0:aud\": \"sts.amazonaws.com\"}}}]}}}"
            exit; fi
            if [ "$1 $2" = "iam list-attached-role-policies" ]; then echo '{"AttachedPolicies": []}'; exit; fi

            """
                + Providers
                + AwsCheckTests.Answers
        );

        await bed.PrerequisitesAsync(AwsBed.Fleet(1, "x"), new RunOptions { Plan = true });

        var notes = bed.Last.Context.Journal.Notes;
        Assert.That(notes, Has.Count.EqualTo(4));
        Assert.That(
            notes,
            Has.Some.Match("another account: .*elsewhere")
                .And.Some.Match("use StringLike: .*wildcard")
                .And.Some.Match("no condition on the audience .*anyone")
                .And.Some.Match("also trusts controlplane.*remove it.*runsWorkflows: true: .*control")
        );
        Assert.That(notes, Has.All.StartsWith("Role x-dp: "));
        Assert.That(bed.Last.Lines.Count(line => line.Contains("(stays)", StringComparison.Ordinal)), Is.EqualTo(4));
    }

    [Test]
    public async Task A_write_that_AWS_denies_ends_the_stage_with_the_missing_right()
    {
        using var bed = new AwsBed(
            """
            if [ "$2" = create-policy ]; then echo 'An error occurred (AccessDenied) when calling the CreatePolicy operation: User: arn:aws:iam::1:user/joe is not authorized to perform: iam:CreatePolicy on resource: policy x-s3' >&2; exit 254; fi

            """ + AwsCheckTests.Answers
        );

        var failed = await Assert.ThrowsAsync<AwsException>(() => bed.PrerequisitesAsync(AwsBed.Fleet(1, "x")));

        Assert.That(failed!.Message, Does.Contain("Have iam:CreatePolicy granted"));
        Assert.That(bed.TakeCalls().Count(AwsBed.Writes), Is.EqualTo(1));
    }

    private static async Task<TestRun> AssociateAsync(AwsBed bed, RunOptions? options = null)
    {
        var run = bed.Next(AwsBed.Fleet(1, "x"), options);
        await run.RunAsync<AssociateOidcProvider>();
        return run;
    }
}
