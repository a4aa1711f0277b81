using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>Who holds the control plane's Lease, as the Lease says.</summary>
/// <param name="Identity">Its <c>holderIdentity</c>: user, host and run.</param>
/// <param name="Target">What it runs.</param>
/// <param name="Process">Its process, by machine, boot, process namespace, number and start.</param>
/// <param name="Since">When it took the Lease.</param>
internal sealed record LeaseHolder(string Identity, string? Target, string? Process, DateTimeOffset? Since)
{
    private const string TargetAnnotation = $"{FieldManagers.Tool}/target";
    private const string ProcessAnnotation = $"{FieldManagers.Tool}/process";

    /// <summary>Who runs this program: user and host.</summary>
    public static string Operator => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>This run.</summary>
    /// <param name="target">Its target.</param>
    public static LeaseHolder Own(string? target) => new($"{Operator}/{Guid.NewGuid().ToString("N")[..8]}", target, $"{Machine()}/{OwnProcess()}", null);

    /// <summary>The holder that a Lease names.</summary>
    /// <param name="lease">The Lease.</param>
    /// <returns>Null where nobody holds it.</returns>
    public static LeaseHolder? Of(JsonObject lease)
    {
        var notes = lease["metadata"]?["annotations"];
        return (string?)lease["spec"]?["holderIdentity"] is { Length: > 0 } identity
            ? new LeaseHolder(identity, (string?)notes?[TargetAnnotation], (string?)notes?[ProcessAnnotation], KubernetesTime.Of(lease["spec"]?["acquireTime"]))
            : null;
    }

    /// <summary>The annotations that say more of it than its identity.</summary>
    public JsonObject Annotations() => new() { [TargetAnnotation] = Target, [ProcessAnnotation] = Process };

    /// <summary>Whether it was a process of this machine, and is none any more: killed, or the machine has been started again since.</summary>
    public bool HasEnded()
    {
        if (Process is not { } process || !process.StartsWith(Machine() + "/", StringComparison.Ordinal))
            return false;
        return process[(Machine().Length + 1)..].Split('.') is [var number, var start]
            && int.TryParse(number, CultureInfo.InvariantCulture, out var id)
            && Started(id) != start;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var since = Since is { } time ? string.Create(CultureInfo.InvariantCulture, $" since {time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC") : string.Empty;
        return $"{Identity} ({Target ?? "unknown target"}{since})";
    }

    private static string OwnProcess() => string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}.{Started(Environment.ProcessId) ?? "unknown"}");

    // Numbers of processes are those of a process namespace: two containers on one machine have the same ones.
    private static string Machine() => $"{Environment.MachineName}/{Content("/proc/sys/kernel/random/boot_id")}/{LinkTarget("/proc/self/ns/pid")}";

    private static string Content(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : string.Empty;

    private static string LinkTarget(string link) =>
        File.Exists(link) ? File.ResolveLinkTarget(link, returnFinalTarget: false)?.Name ?? string.Empty : string.Empty;

    private static string? Started(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return process.StartTime.ToUniversalTime().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
