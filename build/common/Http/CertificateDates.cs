using System.Globalization;

namespace Flyte.MultiCluster.Common.Http;

/// <summary>When a certificate is valid, for people.</summary>
internal static class CertificateDates
{
    /// <summary>Says why a certificate is not valid now.</summary>
    /// <returns><c>expired on 2026-01-31 12:00 UTC</c> or <c>is not valid before …</c>, without a full stop.</returns>
    public static string Explain(DateTimeOffset notBefore, DateTimeOffset notAfter) =>
        DateTimeOffset.UtcNow < notBefore ? $"is not valid before {Utc(notBefore)}" : $"expired on {Utc(notAfter)}";

    private static string Utc(DateTimeOffset time) => $"{time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC";
}
