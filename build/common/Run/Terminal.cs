using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>A person at a terminal.</summary>
public interface ITerminal
{
    /// <summary>Whether somebody can be asked.</summary>
    bool IsThere { get; }

    /// <summary>Asks a question.</summary>
    /// <param name="question">The question, with the answers there are.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer.</param>
    /// <returns>The answer; null at the end of input.</returns>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    Task<string?> AskAsync(string question, CancellationToken cancellationToken);
}

/// <summary>The program's own terminal: questions on standard error, answers on standard input.</summary>
public sealed class ConsoleTerminal : ITerminal
{
    /// <summary>Whether both streams are a terminal and <c>NO_COLOR</c> (no-color.org) is not set.</summary>
    public static bool HasColours =>
        !ProcessEnvironment.Current.IsOutputRedirected
        && !ProcessEnvironment.Current.IsErrorRedirected
        && string.IsNullOrEmpty(ProcessEnvironment.Current.Variable("NO_COLOR"));

    /// <summary>Whether standard output is a terminal that can be drawn on.</summary>
    public static bool IsOutput => !ProcessEnvironment.Current.IsOutputRedirected && ProcessEnvironment.Current.Variable("TERM") != "dumb";

    /// <inheritdoc/>
    public bool IsThere => !ProcessEnvironment.Current.IsInputRedirected && !ProcessEnvironment.Current.IsErrorRedirected;

    /// <inheritdoc/>
    public Task<string?> AskAsync(string question, CancellationToken cancellationToken)
    {
        ProcessEnvironment.Current.Error.Write(question);

        // Reading a terminal cannot be cancelled; the program ends without waiting for it.
        return Task.Run(ProcessEnvironment.Current.Input.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
    }
}
