using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Checks;

/// <summary>How checks of the catalogue run before the first change.</summary>
internal sealed class PreflightTests
{
    private static readonly Finding Wrong = Finding.Refused("Wrong.", "Fix it.");

    [Test]
    public async Task What_checks_find_at_the_same_time_refuses_the_run_at_once_in_their_order()
    {
        var slow = new TaskCompletionSource<IReadOnlyList<Finding>>();
        var first = new Stub("first", () => slow.Task);
        var second = new Stub(
            "second",
            () =>
            {
                slow.SetResult([Wrong]);
                return Stub.Of(Wrong);
            }
        );

        Assert.That(await RefusedAsync(first, second), Is.EqualTo(new[] { "first: Wrong. Fix it.", "second: Wrong. Fix it." }));
    }

    [Test]
    public async Task One_that_another_one_blocks_is_left_out_with_those_that_it_blocks_itself()
    {
        var login = new Stub("login", () => Stub.Of(Wrong));
        var clusters = new Stub("clusters", () => Stub.Of(Wrong), "login");
        var roles = new Stub("roles", () => Stub.Of(Wrong), "clusters");
        var tools = new Stub("tools", () => Stub.Of(Wrong));

        Assert.That(await RefusedAsync(login, clusters, roles, tools), Is.EqualTo(new[] { "login: Wrong. Fix it.", "tools: Wrong. Fix it." }));
        Assert.That((clusters.Looks, roles.Looks), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task One_whose_blocker_was_skipped_is_left_out_and_the_run_goes_on()
    {
        var answer = new Stub("answer", () => Stub.Of(Finding.Skipped("it does not answer yet")));
        var names = new Stub("names", () => Stub.Of(Wrong), "answer");

        await RunAsync(answer, names);

        Assert.That(names.Looks, Is.Zero);
    }

    [Test]
    public async Task What_a_join_is_there_to_fix_blocks_nothing_and_refuses_nothing()
    {
        var provider = new Stub("provider", () => Stub.Of(Finding.Failed("It is missing.", "Run AssociateOidcProvider.")));
        var trust = new Stub("trust", () => Stub.Of(Finding.Ok("fits")), "provider");

        await RunAsync(provider, trust);

        Assert.That(trust.Looks, Is.EqualTo(1));
    }

    private static async Task<List<string>> RefusedAsync(params Stub[] checks)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => RunAsync(checks));
        return [.. refused!.Problems.Select(problem => problem.ToString())];
    }

    private static async Task RunAsync(params Stub[] checks)
    {
        using var run = new TestRun();
        var context = new CheckContext(run.Context, run.Get<CheckServices>(), CheckTime.BeforeChange, default);
        await new Preflight(run.Context.Journal, run.Context.Run.NewProblemList()).RunAsync<CheckContext>(context, checks, default);
    }

    private sealed class Stub(string name, Func<Task<IReadOnlyList<Finding>>> find, params string[] blockedBy)
        : SubjectCheck<CheckContext>(name, name, CheckTime.BeforeChange, CheckSeverity.Refuses, blockedBy)
    {
        public int Looks { get; private set; }

        public static Task<IReadOnlyList<Finding>> Of(Finding finding) => Task.FromResult<IReadOnlyList<Finding>>([finding]);

        public override IEnumerable<CheckSubject> Of(CheckContext context, CancellationToken cancellationToken)
        {
            yield return new CheckSubject(
                Name,
                null,
                () =>
                {
                    Looks++;
                    return find();
                }
            );
        }
    }
}
