using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.FlyteAdmin.FakeFlyteAdmin;

namespace Flyte.MultiCluster.Tests.Common.FlyteAdmin;

/// <summary>Tokens that a command prints.</summary>
[Platform(Exclude = "Win", Reason = "The commands are shell scripts.")]
internal sealed class TokenCommandTests
{
    private const string Domains = "/api/v1/domains";

    private readonly ChildProcessRunner _processes = new();

    private FakeFlyteAdmin _server = null!;

    [SetUp]
    public void Open() => _server = new FakeFlyteAdmin { Processes = _processes }.On(Domains, Ok());

    [TearDown]
    public void Close() => _server.Dispose();

    [Test]
    public async Task The_token_is_what_the_command_prints()
    {
        using var client = _server.Client(Printing("""echo "  a.token  " """));

        await client.DomainsAsync(default);

        Assert.That(_server.Calls[^1].Authorization, Is.EqualTo("Bearer a.token"));
    }

    [Test]
    public async Task The_command_runs_once_and_is_counted()
    {
        var before = _processes.Started;
        using var client = _server.Client(Printing("echo a.token"));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.DomainsAsync(default)));
        await client.DomainsAsync(default);

        Assert.That(_processes.Started - before, Is.EqualTo(1));
    }

    [Test]
    public async Task A_token_that_is_refused_is_asked_for_again()
    {
        using var server = new FakeFlyteAdmin { Processes = _processes }.On(Domains, Refuse(401, 16, "expired"), Ok());
        using var client = server.Client(Printing("echo token.$$"));

        await client.DomainsAsync(default);

        Assert.That(server.Calls.Where(call => call.Url == Domains).Select(call => call.Authorization).Distinct(StringComparer.Ordinal).Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_command_that_fails_is_reported_with_its_errors_and_without_what_it_printed()
    {
        using var client = _server.Client(Printing("echo half.a.token; echo not logged in: half.a.token >&2; exit 3"));

        var failure = await Assert.ThrowsAsync<FlyteAdminException>(() => client.DomainsAsync(default));

        Assert.That(
            (failure!.Message, failure.IsUnreachable),
            Is.EqualTo(("FlyteAdmin: login: the token command 'sh' failed (exit code 3): not logged in: [secret]", false))
        );
        Assert.That(failure.ToString(), Does.Not.Contain("half.a.token"));
    }

    [TestCase("true", "printed no token.")]
    [TestCase("printf 'hidden one\\nhidden two\\n'", "printed more than a token.")]
    public async Task A_command_that_prints_no_token_is_reported(string script, string why)
    {
        using var client = _server.Client(Printing(script));

        var failure = await Assert.ThrowsAsync<FlyteAdminException>(() => client.DomainsAsync(default));

        Assert.That(failure!.Message, Is.EqualTo($"FlyteAdmin: login: the token command 'sh' {why}"));
    }

    [Test]
    public void A_command_that_is_not_there_is_reported()
    {
        using var client = _server.Client(new FlyteAdminLogin { TokenCommand = ["no-such-command-anywhere"] });

        Assert.That(
            () => client.DomainsAsync(default),
            Throws
                .TypeOf<FlyteAdminException>()
                .With.Message.StartsWith("FlyteAdmin: login: the token command 'no-such-command-anywhere' could not be started: ")
        );
    }

    [Test]
    public async Task A_command_that_hangs_ends_with_the_run()
    {
        using var folder = new TemporaryFolder();
        var started = System.IO.Path.Combine(folder.Path, "pid");
        using var interruption = new CancellationTokenSource();
        using var client = _server.Client(Printing($"echo $$ > '{started}.part'; mv '{started}.part' '{started}'; exec tail -f /dev/null"));
        using var watcher = new FileSystemWatcher(folder.Path);
        var there = new TaskCompletionSource();
        watcher.Renamed += (_, _) => there.TrySetResult();
        watcher.EnableRaisingEvents = true;

        var call = client.DomainsAsync(interruption.Token);
        await there.Task;
        await interruption.CancelAsync();

        Assert.That(() => call, Throws.InstanceOf<OperationCanceledException>());
        var pid = int.Parse(await File.ReadAllTextAsync(started), System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(() => System.Diagnostics.Process.GetProcessById(pid), Throws.ArgumentException);
    }

    private static FlyteAdminLogin Printing(string script) => new() { TokenCommand = ["sh", "-c", script] };
}
