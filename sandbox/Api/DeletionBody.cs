using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Reads DeleteOptions from a DELETE's body and query.</summary>
internal static class DeletionBody
{
    public static async Task<DeletionOptions> Read(ApiRequest q)
    {
        JsonObject body = (await Bodies.Object(q.Http)).Json as JsonObject ?? [];
        string? policy = body.Text("propagationPolicy") ?? q.Query("propagationPolicy");
        if (policy is not (null or "" or "Background" or "Foreground" or "Orphan"))
        {
            throw new ApiException(
                422,
                "Invalid",
                $"DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"{policy}\": supported values: \"Foreground\", "
                    + "\"Background\", \"Orphan\", \"nil\"",
                new() { ["group"] = "meta.k8s.io", ["kind"] = "DeleteOptions" }
            );
        }
        if (policy is null && (body.Flag("orphanDependents") || q.QueryFlag("orphanDependents")))
            policy = "Orphan";
        JsonObject? preconditions = body["preconditions"] as JsonObject;
        return new DeletionOptions
        {
            Uid = preconditions?.Text("uid"),
            ResourceVersion = preconditions?.Text("resourceVersion"),
            PropagationPolicy = policy,
            GracePeriodSeconds = body.Number("gracePeriodSeconds") ?? (long.TryParse(q.Query("gracePeriodSeconds"), out long grace) ? grace : null),
            DryRun = q.DryRun || body.Texts("dryRun").Length > 0,
        };
    }
}
