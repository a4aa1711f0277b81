using Flyte.MultiCluster.Common.Options;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>How long the data planes' credentials may be used (the fleet's <c>credentials</c>).</summary>
public sealed record CredentialSettings
{
    /// <summary>The age from which Verify warns about a token; null for none.</summary>
    public TimeSpan? MaxAge { get; init; }
}

/// <summary>The rules of <c>credentials</c>.</summary>
/// <param name="problems">Where problems go.</param>
internal sealed class CredentialRules(FleetProblems problems)
{
    /// <summary>Reads <c>credentials</c>.</summary>
    public CredentialSettings Read(FleetMap root)
    {
        if (root.Get("credentials") is not { } node || FleetMap.Open(node, "credentials", FleetKeys.Credentials, problems) is not { } map)
        {
            return new CredentialSettings();
        }

        if (map.Text("maxAge") is not { } text)
        {
            return new CredentialSettings();
        }

        if (Durations.TryReadAge(text, out var age))
        {
            return new CredentialSettings { MaxAge = age };
        }

        problems.Add(map.Get("maxAge")!, $"'{FleetValue.Format(text)}' is not an age.", "Write one such as 30d, 90d or 12h, at most 1000d.");
        return new CredentialSettings();
    }
}
