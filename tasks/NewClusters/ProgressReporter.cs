using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>Work of many minutes for one data plane, reported as it goes on.</summary>
internal sealed class ProgressReporter(FlyteContext context, string plane, TimeProvider time)
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    /// <summary>The longest wait for a cluster or a node group: 40 minutes, or <c>--timeout</c> where that is longer.</summary>
    public TimeSpan Longest => context.Options.Timeout > DefaultLimit ? context.Options.Timeout : DefaultLimit;

    /// <summary>Runs eksctl: its lines are reported under the data plane's name, each once, and every two minutes that it is still at work.</summary>
    /// <param name="what">What it makes, <c>EKS cluster flyte-2</c>.</param>
    /// <param name="run">Runs it, with the listener for its output lines.</param>
    /// <param name="cancellationToken">Cancels eksctl.</param>
    /// <exception cref="InvalidOperationException">It took too long, or somebody ended eksctl alone.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted; the journal says that CloudFormation may go on.</exception>
    public async Task RunAsync(string what, Func<Action<string>, CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest + Grace);
        try
        {
            var working = run(Once(line => context.Report(plane, line)), limit.Token);
            await ReportingAsync(
                working,
                Interval,
                TimeProvider.System,
                elapsed => context.Report(plane, $"eksctl has been working on {what} for {Format(elapsed)}")
            );
        }
        catch (Exception exception) when (exception is OperationCanceledException or EksctlException { WasEnded: true })
        {
            var ended =
                $"{plane}: eksctl was stopped while it created {what}; CloudFormation may continue in AWS. Run the same command again: it waits "
                + "until that has ended and reports what failed.";
            if (!cancellationToken.IsCancellationRequested)
                throw new InvalidOperationException(exception is EksctlException ? ended : $"It took longer than {Format(Longest)}. {ended}", exception);
            context.Journal.Add(ended);
            if (exception is OperationCanceledException)
                throw;
            throw new OperationCanceledException(ended, exception, cancellationToken);
        }
    }

    /// <summary>Looks every 15 seconds until something is there; reports every two minutes what is waited for.</summary>
    /// <param name="what">What is waited for, <c>EKS cluster flyte-2</c>.</param>
    /// <param name="look">Looks: null when it is there, else its state. Throws when it will never be.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="InvalidOperationException">It took too long.</exception>
    public async Task WaitAsync(string what, Func<CancellationToken, Task<string?>> look, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(look);
        var began = time.GetUtcNow();
        for (var reported = DateTimeOffset.MinValue; await TryAsync(look, cancellationToken) is { } state; await Task.Delay(Look, time, cancellationToken))
        {
            var elapsed = time.GetUtcNow() - began;
            if (elapsed >= Longest)
                throw new InvalidOperationException($"{what} is {state} after {Format(Longest)}. Look at it in the AWS console, then run again.");
            if (time.GetUtcNow() - reported < Interval)
                continue;
            reported = time.GetUtcNow();
            context.Report(plane, $"waiting for {what}: {state}, for {Format(elapsed)}");
        }
    }

    /// <summary>Waits for work, and reports in between how long it has taken.</summary>
    /// <param name="working">The work.</param>
    /// <param name="every">How often to report.</param>
    /// <param name="time">The clock.</param>
    /// <param name="report">Gets how long it has taken.</param>
    public static async Task ReportingAsync(Task working, TimeSpan every, TimeProvider time, Action<TimeSpan> report)
    {
        var began = time.GetUtcNow();
        using var done = new CancellationTokenSource();
        while (await Task.WhenAny(working, Task.Delay(every, time, done.Token)) != working)
            report(time.GetUtcNow() - began);
        await done.CancelAsync();
        await working;
    }

    // eksctl repeats what it waits for.
    private static Action<string> Once(Action<string> report)
    {
        var reported = new HashSet<string>(StringComparer.Ordinal);
        return line =>
        {
            var text = EksctlLine.Text(line);
            lock (reported)
            {
                if (text.Length == 0 || !reported.Add(text))
                    return;
            }

            report(text);
        };
    }

    // A network that is away for a moment is no reason to give up what AWS goes on with.
    private static async Task<string?> TryAsync(Func<CancellationToken, Task<string?>> look, CancellationToken cancellationToken)
    {
        try
        {
            return await look(cancellationToken);
        }
        catch (AwsException exception) when (exception.IsTransient || exception.Code == "Unreachable")
        {
            return $"not known ({exception.Code})";
        }
    }

    private static string Format(TimeSpan duration) =>
        duration.TotalMinutes < 1 ? $"{duration.TotalSeconds:0} s" : $"{Math.Floor(duration.TotalMinutes):0} min";
}
