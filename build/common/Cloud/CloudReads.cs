using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Cloud;

/// <summary>Reads of a cloud, as many at a time as the run allows. What cannot be read is a problem, never the end of the others.</summary>
/// <typeparam name="TException">What the cloud's tool throws when it fails.</typeparam>
/// <param name="problems">Gets the problems.</param>
/// <param name="parallelism">How many are read at once.</param>
public sealed class CloudReads<TException>(ProblemList problems, int parallelism) : IDisposable
    where TException : Exception
{
    private readonly SemaphoreSlim _atOnce = new(parallelism);

    /// <summary>What could not be read, and what who reads adds.</summary>
    public ProblemList Problems => problems;

    /// <inheritdoc/>
    public void Dispose() => _atOnce.Dispose();

    /// <summary>Reads, once it is its turn.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="place">What it is about.</param>
    /// <param name="read">Reads.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What was read; the default where the tool failed.</returns>
    public async Task<T?> TryAsync<T>(string place, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        await _atOnce.WaitAsync(cancellationToken);
        try
        {
            return await read();
        }
        catch (TException exception)
        {
            problems.Add(new Problem(place, exception.Message, "It must be readable, even for a plan."));
            return default;
        }
        finally
        {
            _atOnce.Release();
        }
    }
}
