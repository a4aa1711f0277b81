using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Token;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Token;

/// <summary>Which token of a data plane is used, and under which name one is made, where no stored one works.</summary>
internal sealed class TokenSourceTests
{
    private const string Secrets = "/api/v1/namespaces/flyte/secrets";
    private const string Stored = $"{Secrets}/cluster-credentials";

    // It is not base64, so that it works nowhere and is sent to nobody.
    private const string Broken = """{"data":{"dp1_token":"!","dp1_cacert":"!"}}""";

    [Test]
    public async Task The_first_token_has_the_plain_name()
    {
        using var run = new TestRun();

        Assert.That(await FindAsync(run), Is.EqualTo(new TokenOrigin(null, "dp1-token")));
    }

    [Test]
    public async Task A_token_after_a_stored_one_gets_a_name_that_was_never_used_and_is_the_same_for_all_who_find_the_same()
    {
        using var run = new TestRun();
        run.ControlServer.Put(Stored, Broken);
        using var other = new TestRun();
        other.ControlServer.Put(Stored, Broken);
        using var later = new TestRun();
        later.ControlServer.Put(Stored, Broken.Replace("token\":\"!", "token\":\"!!", StringComparison.Ordinal));

        var names = await Task.WhenAll(FindAsync(run), FindAsync(other), FindAsync(later));

        Assert.That(names.Select(found => found.Secret), Is.All.Match("^dp1-token-[0-9a-f]{8}$"));
        Assert.That((names[0] == names[1], names[0] == names[2]), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task A_token_that_was_loaded_once_and_is_stored_no_longer_was_there_before_too()
    {
        using var run = new TestRun();
        run.ControlServer.Put("/apis/apps/v1/namespaces/flyte/deployments/flyteadmin", """{"metadata":{"annotations":{"flyte-multicluster/dp1":"abc"}}}""");

        Assert.That((await FindAsync(run)).Secret, Does.Match("^dp1-token-[0-9a-f]{8}$"));
    }

    [Test]
    public async Task A_Secret_of_the_plain_name_is_taken_in_place_of_a_stored_token_that_does_not_work()
    {
        using var run = new TestRun();
        run.ControlServer.Put(Stored, Broken);
        run.PlaneServer.Put($"{Secrets}/dp1-token", Secret("dp1-token", manager: "kubectl"));

        Assert.That(((await FindAsync(run)).Secret, (await FindAsync(run)).Credential?.Token), Is.EqualTo(("dp1-token", "dG9rZW4=")));
    }

    [Test]
    public async Task The_newest_Secret_that_this_tool_made_is_taken_and_one_that_somebody_else_made_is_not()
    {
        using var run = new TestRun();
        run.ControlServer.Put(Stored, Broken);
        foreach (var (name, manager, made) in new[] { ("a", "flyte-multicluster", "03"), ("b", "flyte-multicluster", "04"), ("c", "kubectl", "05") })
            run.PlaneServer.Put($"{Secrets}/{name}", Secret(name, manager, made));

        Assert.That((await FindAsync(run)).Secret, Is.EqualTo("b"));
    }

    [TestCase("dp1_token", "eyJhIjoxfQ==\n", TestName = "The_Secret_that_a_token_was_copied_from_with_a_newline_goes_on_being_the_one_in_use")]
    [TestCase("dp1_token", "ZXlKaElqb3hmUT09", TestName = "The_Secret_of_a_token_that_was_encoded_twice_goes_on_being_the_one_in_use")]
    [TestCase("dataplane1", "eyJhIjoxfQ==", TestName = "The_Secret_of_a_token_under_another_key_goes_on_being_the_one_in_use")]
    public async Task The_Secret_of_a_token_that_was_copied_by_hand_goes_on_being_the_one_in_use(string key, string stored)
    {
        using var run = new TestRun();
        run.ControlServer.Put(
            Stored,
            new JsonObject
            {
                ["data"] = new JsonObject { [key] = Encoded(stored), ["dp1_cacert"] = "!" },
            }.ToJsonString()
        );
        run.PlaneServer.Put($"{Secrets}/by-hand", Secret("by-hand", "kubectl", token: Encoded("eyJhIjoxfQ==")));

        Assert.That((await FindAsync(run)).Secret, Is.EqualTo("by-hand"));
    }

    [Test]
    public async Task One_that_is_not_filled_yet_is_waited_for_and_no_other_made()
    {
        using var run = new TestRun();
        run.ControlServer.Put(Stored, Broken);
        run.PlaneServer.Put($"{Secrets}/dp1-token-12345678", Secret("dp1-token-12345678", "flyte-multicluster", token: string.Empty));

        Assert.That(await FindAsync(run), Is.EqualTo(new TokenOrigin(null, "dp1-token-12345678")));
    }

    [Test]
    public async Task One_that_is_being_deleted_is_not_taken()
    {
        using var run = new TestRun();
        run.ControlServer.Put(Stored, Broken);
        run.PlaneServer.Put($"{Secrets}/x", Secret("x", "flyte-multicluster"));
        run.PlaneServer.Objects[$"{Secrets}/x"]["metadata"]!["deletionTimestamp"] = "2026-01-02T03:04:05Z";

        Assert.That((await FindAsync(run)).Secret, Does.StartWith("dp1-token-"));
    }

    [Test]
    public async Task A_plan_creates_the_Secret_that_the_run_will_create()
    {
        using var plan = new TestRun(new RunOptions { Plan = true });
        plan.ControlServer.Put(Stored, Broken);
        using var run = new TestRun();
        run.ControlServer.Put(Stored, Broken);
        var found = await FindAsync(run);

        await plan.RunAsync<CreateDataPlaneToken>();

        Assert.That(plan.Context.Gate.Changes.Single().Name, Is.EqualTo(found.Secret));
    }

    [TestCase("e30=", null)]
    [TestCase("!", null)]
    [TestCase("eC5leUpsZUhBaU9qRTNOamN5TWpVMk1EQjkueA==", "2026-01-01")]
    public void A_tokens_end_is_read_where_it_has_one(string base64, string? day) =>
        Assert.That(TokenClaims.Expiry(base64)?.ToString("yyyy-MM-dd"), Is.EqualTo(day));

    private static Task<TokenOrigin> FindAsync(TestRun run) => new TokenSource(run.Context.Run, run.Plane, run.Context.Journal).FindAsync(default);

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Secret(string name, string manager, string made = "05", string token = "dG9rZW4=") =>
        new JsonObject
        {
            ["type"] = "kubernetes.io/service-account-token",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["creationTimestamp"] = $"2026-01-02T03:04:{made}Z",
                ["annotations"] = new JsonObject { ["kubernetes.io/service-account.name"] = "flyteadmin" },
                ["managedFields"] = new JsonArray(new JsonObject { ["manager"] = manager }),
            },
            ["data"] = new JsonObject { ["token"] = token, ["ca.crt"] = "Y2E=" },
        }.ToJsonString();
}
