namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>How this program reaches FlyteAdmin's HTTP API (the fleet's <c>flyteAdmin</c>).</summary>
public sealed record FlyteAdminSettings
{
    /// <summary>The address of the HTTP API, https or http, without the path <c>/api/v1</c>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>A PEM file with the CA certificates to trust instead of the machine's, an absolute path; null for the machine's.</summary>
    public string? CaFile { get; init; }

    /// <summary>How to log in; null for an API without authentication.</summary>
    public FlyteAdminLogin? Login { get; init; }

    /// <summary>True: execution cluster labels are written by <c>flytectl update execution-cluster-label</c>; reads stay HTTP.</summary>
    public bool Flytectl { get; init; }

    /// <summary>The configuration file for flytectl and pyflyte (<c>--config</c>), an absolute path; null for their own default.</summary>
    public string? Config { get; init; }
}

/// <summary>How to get a bearer token for FlyteAdmin. Exactly one of the ways is set; no secret stands in the fleet file.</summary>
public sealed record FlyteAdminLogin
{
    /// <summary>The environment variable that holds the token.</summary>
    public string? TokenVariable { get; init; }

    /// <summary>The command whose standard output is the token, with its arguments.</summary>
    public IReadOnlyList<string>? TokenCommand { get; init; }

    /// <summary>The OAuth2 client's id, for client credentials at the token endpoint that FlyteAdmin's metadata names.</summary>
    public string? ClientId { get; init; }

    /// <summary>The environment variable that holds the OAuth2 client's secret; set with <see cref="ClientId"/>.</summary>
    public string? ClientSecretVariable { get; init; }
}
