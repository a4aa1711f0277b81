using System.Diagnostics.CodeAnalysis;

namespace Flyte.MultiCluster.Common.Cloud;

/// <summary>Lets as many reads go on at a time as a run allows.</summary>
/// <param name="parallelism">How many.</param>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Nobody takes its wait handle.")]
public sealed class CloudTurns(int parallelism)
{
    private readonly SemaphoreSlim _atOnce = new(parallelism);

    /// <summary>Reads, once it is its turn.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="read">Reads.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<T> RunAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        await _atOnce.WaitAsync(cancellationToken);
        try
        {
            return await read();
        }
        finally
        {
            _atOnce.Release();
        }
    }
}
