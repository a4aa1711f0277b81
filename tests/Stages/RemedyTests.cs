using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Whatever Verify names AddDataPlane as the remedy for, AddDataPlane puts right.</summary>
internal sealed class RemedyTests : JoinedTests
{
    protected override string JoinedFleet =>
        AdminTests.Fleet(Bed, ["flytesnacks/development=label1", "flytesnacks/staging=label2"], AdminTests.Smoke, name: "verify");

    [TestCaseSource(nameof(Faults))]
    public async Task AddDataPlane_puts_right_what_it_is_the_remedy_for(Fault fault)
    {
        var arguments = await fault.BreakAsync(Bed, []);
        var broken = VerifyTests.Document(await RunAsync(["--target=Verify", "--output=json", .. arguments]));
        await Bed.Control.ClearFaultsAsync(default);
        string[] remedied =
        [
            .. broken["checks"]!
                .AsArray()
                .Where(result =>
                    (string?)result!["status"] is "failed" or "warning" && ((string?)result["remedy"])!.Contains("AddDataPlane", StringComparison.Ordinal)
                )
                .Select(result => (string)result!["check"]!),
        ];
        Assert.That(remedied, Is.Not.Empty, broken.ToJsonString());

        (await RunAsync(["--accept-value-loss", .. arguments])).Expect(0);

        var afterwards = VerifyTests.Document(await RunAsync(["--target=Verify", "--output=json", .. arguments]));
        Assert.That(VerifyTests.Found(afterwards, "failed", "warning"), Is.Empty, afterwards.ToJsonString());
        Assert.That((await RunAsync(["--accept-value-loss", .. arguments])).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    // The others' remedies are a tool, a context, an API server, a value of the fleet or a person's decision.
    private static IEnumerable<Fault> Faults =>
        Fault.All.Where(fault =>
            fault.Check
                is not (
                    "tools"
                    or "contexts"
                    or "reachable"
                    or "identity"
                    or "chart-version"
                    or "flyteadmin"
                    or "execution-labels"
                    or "smoke"
                    or "ca-expiry"
                    or "credential"
                    or "credential-age"
                )
            && !fault.What.Contains("registration", StringComparison.Ordinal)
            && fault.What is not ("a release is stuck in an upgrade" or "a rollout is stuck while the earlier pods serve" or "the endpoint is a bare address")
        );
}
