using System.Runtime.ExceptionServices;
using Polly;
using Polly.Retry;

namespace Flyte.MultiCluster.Common.Retries;

/// <summary>How often, and after which pauses, something is tried again that failed in passing. The pauses are Polly's, by the caller's clock.</summary>
/// <param name="Attempts">How many attempts are made at most.</param>
/// <param name="Pause">The pause after an attempt, counted from 1.</param>
public sealed record RetryPolicy(int Attempts, Func<int, TimeSpan> Pause)
{
    /// <summary>An API server or a FlyteAdmin that is busy, or a connection to it that broke.</summary>
    public static RetryPolicy Server { get; } = new(6, RetryPause.Backoff);

    /// <summary>A call of AWS that it was too busy for.</summary>
    public static RetryPolicy Aws { get; } = new(5, static attempt => Doubled(TimeSpan.FromSeconds(1), attempt));

    /// <summary>A call of Google Cloud that it was too busy for. Its quotas are by the minute: the pauses sum to one.</summary>
    public static RetryPolicy GoogleCloud { get; } = new(6, static attempt => Doubled(TimeSpan.FromSeconds(2), attempt));

    /// <summary>A policy of Google Cloud that somebody else has written meanwhile.</summary>
    public static RetryPolicy PolicyConflict { get; } = new(8, RetryPause.Backoff);

    /// <summary>A connection of helm's that broke: helm gives up at the first, and the next one goes on from the failed revision that it leaves.</summary>
    public static RetryPolicy HelmConnection { get; } = new(3, static attempt => TimeSpan.FromSeconds(attempt));

    /// <summary>A kubeconfig that another kubectl has locked.</summary>
    public static RetryPolicy KubeconfigLock { get; } = new(10, static _ => TimeSpan.FromSeconds(1));

    /// <summary>Does something, and tries again while it fails with a <see cref="TransientException"/>.</summary>
    /// <typeparam name="T">What it comes to.</typeparam>
    /// <param name="attempt">Does it once.</param>
    /// <param name="time">The clock for the pauses.</param>
    /// <param name="cancellationToken">Cancels the attempts and the pauses.</param>
    /// <param name="whole">How long all attempts may take together; null for no bound.</param>
    /// <returns>What it came to.</returns>
    /// <remarks>Throws what the last attempt failed with.</remarks>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> attempt, TimeProvider time, CancellationToken cancellationToken, TimeSpan? whole = null)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(time);
        var begun = time.GetTimestamp();
        TransientException? first;

        // Most calls need no second attempt, and a run that meets no fault does not load Polly.
        try
        {
            return await attempt(cancellationToken);
        }
        catch (TransientException failure)
        {
            first = failure;
        }

        T? result = default;
        try
        {
            await Pipeline(time, begun, whole ?? TimeSpan.MaxValue).ExecuteAsync(AgainAsync, cancellationToken);
            return result!;
        }
        catch (TransientException failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerException!);
            throw;
        }

        async ValueTask AgainAsync(CancellationToken token)
        {
            if (Interlocked.Exchange(ref first, null) is { } failure)
                throw failure;
            result = await attempt(token);
        }
    }

    /// <summary>Does something without an answer, and tries again while it fails in passing.</summary>
    /// <typeparam name="TException">The failure.</typeparam>
    /// <param name="attempt">Does it once.</param>
    /// <param name="isTransient">Whether a failure passes by itself.</param>
    /// <param name="time">The clock for the pauses.</param>
    /// <param name="cancellationToken">Cancels the pauses.</param>
    /// <remarks>Throws what the last attempt failed with.</remarks>
    public Task RunAsync<TException>(Func<Task> attempt, Func<TException, bool> isTransient, TimeProvider time, CancellationToken cancellationToken)
        where TException : Exception =>
        RunAsync(
            async () =>
            {
                await attempt();
                return true;
            },
            isTransient,
            time,
            cancellationToken
        );

    /// <summary>Does something, and tries again while it fails in passing.</summary>
    /// <typeparam name="T">What it comes to.</typeparam>
    /// <typeparam name="TException">The failure.</typeparam>
    /// <param name="attempt">Does it once.</param>
    /// <param name="isTransient">Whether a failure passes by itself.</param>
    /// <param name="time">The clock for the pauses.</param>
    /// <param name="cancellationToken">Cancels the pauses.</param>
    /// <returns>What it came to.</returns>
    /// <remarks>Throws what the last attempt failed with.</remarks>
    public Task<T> RunAsync<T, TException>(Func<Task<T>> attempt, Func<TException, bool> isTransient, TimeProvider time, CancellationToken cancellationToken)
        where TException : Exception =>
        RunAsync(
            async _ =>
            {
                try
                {
                    return await attempt();
                }
                catch (TException exception) when (isTransient(exception))
                {
                    throw new TransientException(exception);
                }
            },
            time,
            cancellationToken
        );

    private ResiliencePipeline Pipeline(TimeProvider time, long begun, TimeSpan whole)
    {
        var pause = TimeSpan.Zero;
        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions
                {
                    MaxRetryAttempts = int.MaxValue,
                    ShouldHandle = tried =>
                        ValueTask.FromResult(tried.Outcome.Exception is TransientException failure && ShouldRetry(failure, tried.AttemptNumber + 1)),
                    DelayGenerator = _ => ValueTask.FromResult<TimeSpan?>(pause),
                }
            )
            .Build();

        bool ShouldRetry(TransientException failure, int attempts)
        {
            pause = failure.RequestedDelay ?? Pause(attempts);
            return attempts < (failure.Attempts ?? Attempts) && pause < whole - time.GetElapsedTime(begun);
        }
    }

    private static TimeSpan Doubled(TimeSpan first, int attempt) => first * (1 << (attempt - 1));
}
