using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;

/// <summary>A Kubernetes cluster as flyteadmin uses it. Objects that are there already, or gone already, are no error.</summary>
internal interface ITargetCluster
{
    /// <exception cref="TargetException">It could not; the message is client-go's.</exception>
    Task CreateNamespaceAsync(string name, CancellationToken cancellationToken);

    /// <summary>Creates a service account, or patches what the one that is there says otherwise.</summary>
    /// <exception cref="TargetException">It could not.</exception>
    Task PutServiceAccountAsync(string ns, JsonObject account, CancellationToken cancellationToken);

    /// <exception cref="TargetException">It could not.</exception>
    Task CreateWorkflowAsync(string ns, JsonObject workflow, CancellationToken cancellationToken);

    /// <exception cref="TargetException">It could not.</exception>
    Task DeleteWorkflowAsync(string ns, string name, CancellationToken cancellationToken);
}

/// <summary>A cluster did not do what flyteadmin asked for.</summary>
/// <param name="message">Why, in client-go's words.</param>
/// <param name="cause">What came before.</param>
internal sealed class TargetException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether the API server answered, and refused.</summary>
    public bool Answered { get; init; }
}
