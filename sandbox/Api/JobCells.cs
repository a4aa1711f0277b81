using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>A Job's Table cells (Kubernetes' printJob).</summary>
internal static class JobCells
{
    /// <summary>The weightiest condition that holds.</summary>
    public static string Status(JsonObject job)
    {
        HashSet<string> hold = [.. job.Child("status")?.Objects("conditions").Where(c => c.Text("status") == "True").Select(c => c.Text("type") ?? "") ?? []];
        if (job.Metadata("deletionTimestamp") is not null && !hold.Contains("Complete") && !hold.Contains("Failed"))
            return "Terminating";
        return ((string[])["Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet"]).FirstOrDefault(hold.Contains) ?? "Running";
    }

    /// <summary>Succeeded pods of those wanted.</summary>
    public static string Completions(JsonObject job) => $"{job.Child("status")?.Number("succeeded") ?? 0}/{job.Child("spec")?.Number("completions") ?? 1}";

    /// <summary>From the start to the completion, or until now.</summary>
    public static string Duration(JsonObject job, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(job.Child("status")?.Text("startTime"), CultureInfo.InvariantCulture, out DateTimeOffset start))
            return "";
        return TableColumn.Human(
            (DateTimeOffset.TryParse(job.Child("status")?.Text("completionTime"), CultureInfo.InvariantCulture, out DateTimeOffset end) ? end : now) - start
        );
    }
}
