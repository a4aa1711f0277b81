using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Prerequisites;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Login to FlyteAdmin: on and off there, said and not said in the fleet.</summary>
internal sealed class FlyteAdminLoginTests : AdminTests
{
    private const string Variable = "FLYTE_CLIENT_SECRET";
    private const string Auth = $", auth: {{clientId: flytepropeller, clientSecretVariable: {Variable}}}";

    [TearDown]
    public Task TurnOff() => Bed.Control.ConfigureFlyteAdminAsync(new JsonObject { ["oauth2"] = null }, default);

    [Test]
    public async Task Where_login_is_off_the_run_goes_on_without_it_and_says_so()
    {
        Bed.Variables[Variable] = "s3cret";

        var run = (await RunAsync($"--fleet={Fleet([], flytectl: Auth)}")).Expect(0);

        Assert.That(run.Output, Does.Contain(FlyteAdminPreflight.LoginOff));
    }

    [Test]
    public async Task Where_login_is_on_the_fleets_login_is_used()
    {
        Bed.Variables[Variable] = "s3cret";
        await TurnOnAsync();

        var run = (await RunAsync($"--fleet={Fleet([], flytectl: Auth)}")).Expect(0);

        Assert.That(run.Output, Does.Not.Contain(FlyteAdminPreflight.LoginOff).And.Not.Contain("s3cret"));
    }

    [Test]
    public async Task Where_login_is_on_and_the_fleet_has_none_it_is_refused_with_an_example()
    {
        await TurnOnAsync();
        var writes = await Bed.WritesAsync();

        var refused = (await RunAsync($"--fleet={Fleet([])}")).Expect(ExitCode.Refused);

        Assert.That(refused.Output, Does.Contain("add flyteAdmin.auth to the fleet").And.Contain("auth: {clientId: "));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task A_refused_login_is_refused_before_any_change_and_the_way_on_needs_no_login()
    {
        Bed.Variables[Variable] = "wrong";
        await TurnOnAsync();
        var fleet = Fleet([], flytectl: Auth);
        var writes = await Bed.WritesAsync();

        var refused = (await RunAsync($"--fleet={fleet}")).Expect(ExitCode.Refused);

        Assert.That(refused.Output, Does.Contain("401 invalid_client").And.Contain($"./build.sh --target=UpgradeControlPlane --fleet={fleet}"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        (await RunAsync($"--fleet={fleet}", "--target=UpgradeControlPlane")).Expect(0);
    }

    [Test]
    public async Task A_data_plane_with_the_charts_default_client_secret_is_reported_in_the_plan_and_by_Verify()
    {
        Bed.Variables[Variable] = "s3cret";
        await TurnOnAsync();
        var fleet = Fleet([], flytectl: Auth);

        var plan = (await RunAsync($"--fleet={fleet}", "--plan")).Expect(0);
        var verify = (await RunAsync($"--fleet={fleet}", "--target=Verify")).Expect(0);

        Assert.That(plan.Output, Does.Contain($"dataplane_2: {PropellerSettings.DefaultLogin}").And.Not.Contain("foobar"));
        Assert.That(verify.Output, Does.Contain(PropellerSettings.DefaultLogin).And.Not.Contain("foobar"));
    }

    [Test]
    public async Task With_login_on_executions_are_reported_by_a_flytepropeller_that_logs_in()
    {
        Bed.Variables[Variable] = "s3cret";
        await TurnOnAsync();

        (await RunAsync($"--fleet={Fleet([], Smoke, flytectl: Auth)}", "--target=SmokeRun")).Expect(0);
    }

    [Test]
    public async Task A_client_secret_of_its_own_is_not_reported_in_the_plan()
    {
        Bed.Variables[Variable] = "s3cret";
        await TurnOnAsync();
        var values = Path.Combine(Bed.Folder, "own.yaml");
        await File.WriteAllTextAsync(values, "secrets: {adminOauthClientCredentials: {clientSecret: s3cret}}\n");
        var fleet = Fleet([], flytectl: Auth);
        await File.WriteAllTextAsync(
            fleet,
            (await File.ReadAllTextAsync(fleet)).Replace("  namespace: flyte\n", $"  namespace: flyte\n  values: [{values}]\n", StringComparison.Ordinal)
        );

        var plan = (await RunAsync($"--fleet={fleet}", "--plan")).Expect(0);

        Assert.That(plan.Output, Does.Contain("would update HelmRelease").And.Not.Contain(PropellerSettings.DefaultLogin).And.Not.Contain("s3cret"));
    }

    private Task<JsonObject> TurnOnAsync() =>
        Bed.Control.ConfigureFlyteAdminAsync(
            new JsonObject
            {
                ["oauth2"] = new JsonObject { ["clientId"] = "flytepropeller", ["clientSecret"] = "s3cret" },
            },
            default
        );
}
