
namespace Flyte.MultiCluster.Common.Processes;

/// <summary>Calls of a tool that are made again while the service behind it is too busy.</summary>
internal static class BusyService
{
    /// <summary>Makes a call; one that fails in passing is made again after a pause, which doubles each time.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <typeparam name="TException">The tool's failure.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="isTransient">Whether a failure passes by itself.</param>
    /// <param name="attempts">How many calls are made at most.</param>
    /// <param name="first">The first pause.</param>
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="cancellationToken">Ends the pauses.</param>
    public static async Task<T> CallAsync<T, TException>(Func<Task<T>> call, Func<TException, bool> isTransient, int attempts, TimeSpan first, TimeProvider time, CancellationToken cancellationToken)
        where TException : Exception
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (TException exception) when (attempt < attempts && isTransient(exception))
            {
                await Task.Delay(first * (1 << (attempt - 1)), time, cancellationToken);
            }
        }
    }
}
