using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>Status conditions.</summary>
internal static class Conditions
{
    public static JsonObject? Find(JsonObject? status, string type) => status?.Objects("conditions").FirstOrDefault(c => c.Text("type") == type);

    public static bool IsTrue(JsonObject? status, string type) => Find(status, type)?.Text("status") == "True";

    /// <summary>A condition that keeps its lastTransitionTime where the status is the one before.</summary>
    public static JsonObject Make(JsonObject? before, string type, string status, string? reason, string? message, string now)
    {
        var known = Find(before, type);
        var made = new JsonObject
        {
            ["type"] = type,
            ["status"] = status,
            ["lastTransitionTime"] = known?.Text("status") == status ? known.Text("lastTransitionTime") ?? now : now,
        };
        if (reason is not null)
            made["reason"] = reason;
        if (message is not null)
            made["message"] = message;
        return made;
    }
}
