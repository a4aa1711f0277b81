using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>
/// One sandbox cluster's objects: what etcd and the registry are to an API server. The HTTP front and the controllers meet here.
/// Objects handed out are copies; objects handed in are copied. All members are thread-safe.
/// </summary>
public interface IObjectStore
{
    /// <summary>Reads one object; null when there is none.</summary>
    /// <param name="group">API group, empty for the core group.</param>
    /// <param name="resource">The plural resource name, <c>deployments</c>.</param>
    /// <param name="ns">The namespace; null for a cluster-scoped resource.</param>
    /// <param name="name">The object's name.</param>
    JsonObject? Get(string group, string resource, string? ns, string name);

    /// <summary>Reads all objects of a resource in a namespace, or in all of them (<paramref name="ns"/> null), in name order.</summary>
    IReadOnlyList<JsonObject> List(string group, string resource, string? ns = null);

    /// <summary>Creates an object: fills uid, creationTimestamp, generation, resourceVersion, generateName and managedFields.</summary>
    /// <param name="group">API group.</param>
    /// <param name="resource">Plural resource name.</param>
    /// <param name="ns">Namespace, or null.</param>
    /// <param name="obj">The object, with apiVersion and kind.</param>
    /// <param name="fieldManager">The writer, for managedFields.</param>
    /// <exception cref="ApiException">409 AlreadyExists, 404 for a missing namespace, 403 for a terminating one, 422 Invalid.</exception>
    JsonObject Create(string group, string resource, string? ns, JsonObject obj, string fieldManager);

    /// <summary>Replaces an object. With metadata.resourceVersion set, only if it is still the stored one. A spec change raises generation.</summary>
    /// <param name="group">API group.</param>
    /// <param name="resource">Plural resource name.</param>
    /// <param name="ns">Namespace, or null.</param>
    /// <param name="obj">The whole object.</param>
    /// <param name="fieldManager">The writer, for managedFields.</param>
    /// <param name="subresource">Null, or <c>status</c>: only status is taken; without it status is kept as stored where the resource has the
    /// subresource.</param>
    /// <exception cref="ApiException">404 NotFound, 409 Conflict, 422 Invalid.</exception>
    JsonObject Update(string group, string resource, string? ns, JsonObject obj, string fieldManager, string? subresource = null);

    /// <summary>Deletes an object, or marks it with deletionTimestamp while finalizers hold it, or a pod's containers end.</summary>
    /// <param name="group">API group.</param>
    /// <param name="resource">Plural resource name.</param>
    /// <param name="ns">Namespace, or null.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="gracePeriodSeconds">How long a pod gets to end; null for what its spec says. The kubelet gives 0 once it has ended.</param>
    /// <returns>The object as it last was; null when there was none.</returns>
    JsonObject? Delete(string group, string resource, string? ns, string name, long? gracePeriodSeconds = null);

    /// <summary>Every change from now on, of every resource, in order. Ends with the token.</summary>
    IAsyncEnumerable<StoreEvent> Watch(CancellationToken cancellationToken);
}

/// <summary>One change in a store.</summary>
/// <param name="Type">ADDED, MODIFIED or DELETED.</param>
/// <param name="Group">API group.</param>
/// <param name="Resource">Plural resource name.</param>
/// <param name="Object">The object after the change (before it, for DELETED).</param>
public sealed record StoreEvent(string Type, string Group, string Resource, JsonObject Object);

/// <summary>An answer that is a Kubernetes Status with status Failure.</summary>
public sealed class ApiException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="code">The HTTP status code.</param>
    /// <param name="reason">The Status reason, <c>AlreadyExists</c>.</param>
    /// <param name="message">The Status message, in the API server's words.</param>
    /// <param name="details">The Status details, if any.</param>
    public ApiException(int code, string reason, string message, JsonObject? details = null)
        : base(message) => (Code, Reason, Details) = (code, reason, details);

    /// <summary>The HTTP status code.</summary>
    public int Code { get; }

    /// <summary>The Status reason.</summary>
    public string Reason { get; }

    /// <summary>The Status details, if any.</summary>
    public JsonObject? Details { get; }
}
