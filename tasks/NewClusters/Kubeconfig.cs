using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>The run's kubeconfig as kubectl reads it, for the contexts of new clusters.</summary>
/// <param name="view">What <c>kubectl config view --raw</c> answers; null for a file that is not there yet.</param>
public sealed class Kubeconfig(JsonNode? view)
{
    /// <summary>The API server that a context points to; null where there is no such context, empty where it points nowhere.</summary>
    public string? Server(string context) =>
        Entry("contexts", "context", context) is { } found ? (string?)Entry("clusters", "cluster", (string?)found["cluster"])?["server"] ?? string.Empty : null;

    /// <summary>Whether a context is there and points to a cluster.</summary>
    public bool HasContext(string context, string endpoint) => Server(context) is { } server && IsSame(server, endpoint);

    /// <summary>What keeps a new cluster's context from being written under the name that the fleet gives it: the entries of that name that are
    /// another's.</summary>
    /// <param name="run">The run.</param>
    /// <param name="state">The cluster.</param>
    /// <param name="context">The context's name.</param>
    public IReadOnlyList<Problem> Check(FlyteContext run, NewClusterState state, string context)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(state);
        return state.Cluster?.Endpoint is { } endpoint && HasContext(context, endpoint) ? [] : [.. Taken(run, state, context)];
    }

    private IEnumerable<Problem> Taken(FlyteContext run, NewClusterState state, string context)
    {
        var endpoint = state.Cluster?.Endpoint;
        if (Server(context) is { } server)
        {
            var where = endpoint is null ? $"EKS cluster '{state.Name}' does not exist yet" : $"EKS cluster '{state.Name}' is at {endpoint}";
            yield return Problem(
                "context",
                $"The kubeconfig already has a context '{context}'; it points to {(server.Length > 0 ? server : "no server")}, and {where}."
            );
        }

        if ((string?)Entry("clusters", "cluster", context)?["server"] is { } other && (endpoint is null || !IsSame(other, endpoint)))
            yield return Problem("cluster", $"The kubeconfig already has a cluster '{context}', {other}, that is not EKS cluster '{state.Name}'.");
        if (Entry("users", "user", context) is { } user && !IsLogin(user, NewContexts.Login(run, state)))
            yield return Problem("user", $"The kubeconfig already has a user '{context}', with another login.");

        Problem Problem(string kind, string what) =>
            new(
                state.Plane,
                what,
                $"Name another context for {state.Plane} in the fleet, or remove that one "
                    + $"({SuggestedCommand.Kubectl($"config delete-{kind} {SuggestedCommand.Quoted(context)}", run.Run.Kubeconfig)})."
            );
    }

    private JsonObject? Entry(string list, string kind, string? name) =>
        (view?[list] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(entry => (string?)entry["name"] == name)?[kind] as JsonObject;

    private static bool IsSame(string left, string right) => string.Equals(Plain(left), Plain(right), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.GetLeftPart(UriPartial.Path).TrimEnd('/') : url;

    private static bool IsLogin(JsonObject user, ExecLogin login) =>
        user["exec"] is JsonObject exec
        && user.Count == 1
        && (string?)exec["command"] == login.Command
        && Texts(exec["args"]).SequenceEqual(login.Arguments, StringComparer.Ordinal)
        && (exec["env"] as JsonArray ?? [])
            .Select(one => $"{one?["name"]}={one?["value"]}")
            .SequenceEqual(login.Environment.Select(one => $"{one.Key}={one.Value}"), StringComparer.Ordinal);

    private static IEnumerable<string?> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(one => (string?)one);
}
