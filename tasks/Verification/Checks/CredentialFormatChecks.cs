using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>The Secret holds the token and the CA certificate of every entry that flyteadmin reads them for; it does not start when one is missing.</summary>
internal sealed class SecretKeysCheck()
    : EntryCheck(CheckNames.SecretKeys, "Secret cluster-credentials has the token and CA of every entry for which flyteadmin reads them", CheckSeverity.Fails)
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(entry);
        var stored = await context.StoredAsync();
        if (!stored.Exist)
            return
            [
                Finding.Failed(
                    $"There is no Secret {CredentialsSecret.Name}: flyteadmin does not start without it.",
                    "Run AddDataPlane, which stores the credentials."
                ),
            ];
        var credential = stored.Of(entry);
        if (credential.TokenKey is null || credential.CaKey is null)
            return
            [
                await context.BlockedByAsync(null, CheckNames.Configuration) is { } blocker
                    ? Finding.Skipped($"blocked by {blocker}")
                    : Elsewhere(context, entry, credential),
            ];
        string[] missing =
        [
            .. new[] { (credential.TokenKey, credential.Token), (credential.CaKey, credential.Ca) }
                .Where(pair => pair.Item2 is null)
                .Select(pair => pair.Item1),
        ];
        return
        [
            missing.Length == 0
                ? Finding.Ok($"{credential.TokenKey}, {credential.CaKey}")
                : Finding.Failed(
                    $"Secret {CredentialsSecret.Name} has no {string.Join(" and no ", missing)}: no new flyteadmin pod starts.",
                    "Run AddDataPlane, which stores it; or remove the entry from clusterConfigs."
                ),
        ];
    }

    private static Finding Elsewhere(VerifyContext context, ClusterEntry entry, StoredCredential credential)
    {
        var path = credential.TokenKey is null ? entry.TokenPath : entry.CertPath;
        if (string.IsNullOrEmpty(path))
            return Finding.Failed(
                "Its entry names no file for the token or the CA certificate: no new flyteadmin pod starts.",
                "Run AddDataPlane, which writes auth.tokenPath and auth.certPath; or correct the entry in clusterConfigs."
            );
        return context.Run.Run.Fleet.DataPlanes.Any(plane => plane.Name == entry.Name)
            ? Finding.Failed(
                $"flyteadmin's clusterConfigs points to {path}, which is not in {CredentialsSecret.MountPath}, where the Secret is mounted.",
                "Run AddDataPlane, which writes auth.tokenPath and auth.certPath."
            )
            : Finding.Warning(
                $"flyteadmin's clusterConfigs points to {path}, which is not in {CredentialsSecret.MountPath}, so it is not checked.",
                "Check whether flyteadmin's Deployment mounts it."
            );
    }
}

/// <summary>Each stored token is one: no newline, no blank, not encoded twice.</summary>
internal sealed class TokenFormatCheck()
    : EntryCheck(CheckNames.TokenFormat, "no newline, no blank, not empty, not encoded twice", CheckSeverity.Fails, CheckNames.SecretKeys)
{
    private const string Remedy = "Run AddDataPlane, which copies the token's base64 as it is; never decode, paste and encode it by hand.";

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return [Look((await context.StoredAsync()).Of(entry).Token!)];
    }

    /// <summary>Looks at a token.</summary>
    /// <param name="base64">The token as <c>.data</c> holds it.</param>
    public static Finding Look(string base64)
    {
        if (EncodedText.Of(base64) is not { } token)
            return Finding.Failed("The token is not base64.", Remedy);
        return token switch
        {
            "" => Finding.Failed("The token is empty.", Remedy),
            [.., '\n' or '\r'] => Finding.Failed("The token ends with a newline: every call of flyteadmin fails with it.", Remedy),
            _ when token.Any(letter => letter <= ' ' || letter > '~') => Finding.Failed("The token contains a blank or another invalid character.", Remedy),
            _ when EncodedText.IsTwice(token, "eyJ") => Finding.Failed("The token is encoded in base64 twice.", Remedy),
            _ => Finding.Ok($"{token.Length} characters, no blank and no newline"),
        };
    }
}

/// <summary>Each stored CA certificate can be parsed as flyteadmin parses it.</summary>
internal sealed class CaFormatCheck() : EntryCheck(CheckNames.CaFormat, "Go can parse it", CheckSeverity.Fails, CheckNames.SecretKeys)
{
    private const string Remedy = "Run AddDataPlane, which copies the certificate's base64 as it is; never decode, paste and encode it by hand.";

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return [Look((await context.StoredAsync()).Of(entry).Ca!)];
    }

    /// <summary>Looks at a CA certificate.</summary>
    /// <param name="base64">The PEM as <c>.data</c> holds it.</param>
    public static Finding Look(string base64)
    {
        if (EncodedText.Of(base64) is not { } pem)
            return Finding.Failed("The CA certificate is not base64.", Remedy);
        if (pem.Length == 0)
            return Finding.Failed("The CA certificate is empty.", Remedy);
        var certificates = GoPem.Certificates(pem);
        foreach (var certificate in certificates)
            certificate.Dispose();
        if (certificates.Count > 0)
            return Finding.Ok(certificates.Count == 1 ? "1 certificate" : $"{certificates.Count} certificates");
        return pem.Contains(" -----END", StringComparison.Ordinal)
                ? Finding.Failed("The CA certificate has a blank before -----END: flyteadmin cannot parse it.", Remedy)
            : EncodedText.IsTwice(pem, "-----BEGIN") ? Finding.Failed("The CA certificate is encoded in base64 twice.", Remedy)
            : Finding.Failed("The CA certificate holds no certificate that flyteadmin can parse.", Remedy);
    }
}

/// <summary>No stored CA certificate has expired, or will within 30 days.</summary>
internal sealed class CaExpiryCheck()
    : EntryCheck(CheckNames.CaExpiry, "expired: failed; within 30 days: a warning", CheckSeverity.Fails, CheckNames.SecretKeys, CheckNames.CaFormat)
{
    private static readonly TimeSpan ExpiryWarning = TimeSpan.FromDays(30);

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return [Look((await context.StoredAsync()).Of(entry).Ca!, context.Control.Cluster.Api.Time.GetUtcNow())];
    }

    /// <summary>Looks at a CA certificate that can be parsed.</summary>
    /// <param name="base64">The PEM as <c>.data</c> holds it; of several certificates any may be the server's.</param>
    /// <param name="now">The time.</param>
    public static Finding Look(string base64, DateTimeOffset now)
    {
        const string Remedy =
            "Rotate the cluster's CA and run AddDataPlane: the token's Secret gets the new CA certificate automatically, and the run stores it and "
            + "restarts flyteadmin.";
        var ends = GoPem.Ends(EncodedText.Of(base64));
        if (ends.Max() <= now)
            return Finding.Failed($"The CA certificate expired on {ends.Max():yyyy-MM-dd}.", Remedy);
        return ends.Min() <= now ? Finding.Warning($"One of its {ends.Count} CA certificates expired on {ends.Min():yyyy-MM-dd}.", Remedy)
            : ends.Min() - now <= ExpiryWarning
                ? Finding.Warning($"The CA certificate expires on {ends.Min():yyyy-MM-dd}, in {(ends.Min() - now).TotalDays:0} days.", Remedy)
            : Finding.Ok($"until {ends.Min():yyyy-MM-dd}");
    }
}
