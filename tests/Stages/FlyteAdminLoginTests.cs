using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Prerequisites;
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

        Assert.That(run.Output, Does.Contain(FlyteAdminCheck.LoginOff));
    }

    [Test]
    public async Task Where_login_is_on_the_fleets_login_is_used()
    {
        Bed.Variables[Variable] = "s3cret";
        await TurnOnAsync();

        var run = (await RunAsync($"--fleet={Fleet([], flytectl: Auth)}")).Expect(0);

        Assert.That(run.Output, Does.Not.Contain(FlyteAdminCheck.LoginOff).And.Not.Contain("s3cret"));
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

    private Task TurnOnAsync() => Bed.Control.ConfigureFlyteAdminAsync(
        new JsonObject { ["oauth2"] = new JsonObject { ["clientId"] = "flytepropeller", ["clientSecret"] = "s3cret" } }, default);
}
