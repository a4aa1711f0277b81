using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tasks.Sandboxes;

/// <summary>A running sandbox, as its control interface gives it.</summary>
public sealed record SandboxState
{
    /// <summary>The state folder, an absolute path.</summary>
    public required string Folder { get; init; }

    /// <summary>The process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The Unix socket of its control interface.</summary>
    public required string ControlSocket { get; init; }

    /// <summary>The pretended round trip.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>Its clusters, the control plane first.</summary>
    public required IReadOnlyList<SandboxCluster> Clusters { get; init; }

    /// <summary>Its FlyteAdmin; null for a sandbox without one.</summary>
    public Uri? FlyteAdmin { get; init; }

    /// <summary>The CA that signed FlyteAdmin's certificate, PEM.</summary>
    public string FlyteAdminAuthority => Path.Combine(Folder, "flyteadmin-ca.crt");

    /// <summary>How many data planes it has.</summary>
    public int DataPlanes => Clusters.Count - 1;

    /// <summary>Its kubeconfig: one context per cluster, of the cluster's name.</summary>
    public string Kubeconfig => Path.Combine(Folder, "kubeconfig");

    /// <summary>The fleet file of all its clusters.</summary>
    public string Fleet => Path.Combine(Folder, "fleet.yaml");

    internal static SandboxState Read(string folder, JsonObject status) =>
        new()
        {
            Folder = folder,
            ProcessId = status["pid"]!.GetValue<int>(),
            StartedAt = status["startedAt"]!.GetValue<DateTimeOffset>(),
            ControlSocket = status["controlSocket"]!.GetValue<string>(),
            Latency = TimeSpan.FromMilliseconds(status["latencyMs"]!.GetValue<long>()),
            FlyteAdmin = status["flyteAdmin"] is { } address ? new Uri(address.GetValue<string>()) : null,
            Clusters =
            [
                .. status["clusters"]!
                    .AsArray()
                    .Select(c => c!["name"]!.GetValue<string>())
                    .Select(
                        (name, index) =>
                            new SandboxCluster(
                                name,
                                new Uri(status["clusters"]![index]!["server"]!.GetValue<string>()),
                                status["requests"]![name]!.GetValue<long>(),
                                status["writes"]![name]!.GetValue<long>()
                            )
                    ),
            ],
        };
}

/// <summary>One cluster of a sandbox.</summary>
/// <param name="Name">Its name and that of its kubeconfig context.</param>
/// <param name="Server">Its API server.</param>
/// <param name="Requests">How many requests it had since its start or the last reset.</param>
/// <param name="Writes">How many of them asked for a change; reviews and dry runs do not.</param>
public sealed record SandboxCluster(string Name, Uri Server, long Requests, long Writes);

/// <summary>The sandbox could not be started, or refused a call; the message says why.</summary>
public sealed class SandboxException : Exception
{
    /// <summary>Makes the error.</summary>
    public SandboxException(string message)
        : base(message) { }

    /// <summary>Makes the error from another one.</summary>
    public SandboxException(string message, Exception cause)
        : base(message, cause) { }
}
