using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.Verification.Checks;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>Something that is broken in what was imported, under the name of Verify's check.</summary>
/// <param name="Cluster">The cluster, by its name in clusterConfigs.</param>
/// <param name="Check">The check.</param>
/// <param name="What">What is wrong, a sentence.</param>
internal sealed record ImportFinding(string Cluster, string Check, string What);

/// <summary>Finds what is broken, in what was read anyway.</summary>
/// <param name="fleet">The fleet.</param>
/// <param name="now">The time.</param>
internal sealed class ImportFindings(ImportedFleet fleet, DateTimeOffset now)
{
    /// <summary>All that is broken: the section, the data planes in order, then the labels.</summary>
    public IReadOnlyList<ImportFinding> Find() =>
        [
            .. OfSection().Select(found => new ImportFinding(fleet.ControlPlaneName, found.Check, found.What)),
            .. fleet.DataPlanes.SelectMany(OfPlane),
            .. fleet.Unnamed.Select(plane => new ImportFinding(
                plane.Entry.Name,
                CheckNames.Configuration,
                "A fleet cannot name it, or clusterConfigs has the name twice. Its entry stays as it is."
            )),
            .. OfLabels().Select(found => new ImportFinding(fleet.ControlPlaneName, found.Check, found.What)),
        ];

    private IEnumerable<(string Check, string What)> OfSection()
    {
        if (!fleet.Control.IsLoaded)
            yield return (
                CheckNames.Configuration,
                fleet.Control.Release is null
                    ? "clusters is a list, and flyteadmin reads clusters.clusterConfigs: it has no data plane."
                    : "clusterConfigs stands beside clusters in the values, where nothing reads it: flyteadmin has no data plane."
            );
        if (fleet.Control.SecretName is { } name && name != CredentialsSecret.Name)
            yield return (CheckNames.CredentialMounts, $"flyteadmin mounts Secret {name}; AddDataPlane stores the credentials in {CredentialsSecret.Name}.");
        if (fleet.Control.IsSecretInOverlay)
            yield return (
                CheckNames.SecretKeys,
                $"The control plane's overlay holds Secret {CredentialsSecret.Name}: take it out, AddDataPlane is refused before."
            );
    }

    private IEnumerable<ImportFinding> OfPlane(ImportedDataPlane plane)
    {
        foreach (var (check, what) in OfContext(plane).Concat(OfEntry(plane.Entry)).Concat(OfCredential(plane.Entry)))
            yield return new ImportFinding(plane.Entry.Name, check, what);
    }

    private IEnumerable<(string Check, string What)> OfContext(ImportedDataPlane plane)
    {
        if (plane.Found is not { } found)
        {
            yield return (
                CheckNames.Contexts,
                $"No context of the kubeconfig has its endpoint ({plane.Entry.Endpoint ?? "none"}) or the service account of its token."
            );
            yield break;
        }

        if (found.IsEndpointOther)
            yield return (CheckNames.Endpoint, $"{plane.Entry.Endpoint} is another cluster than context {found.Name}, which its token is for.");
        if (found.IsEndpointStray)
            yield return (CheckNames.Endpoint, $"{plane.Entry.Endpoint} has a .com too many; the kubeconfig has {fleet.EndpointOf(plane)}.");
        if (found.IsGuess)
            yield return (CheckNames.Credential, $"Its token is not known to context {found.Name}, which was found by {found.Why}.");
        if (plane.Doubt is { } doubt)
            yield return (CheckNames.Release, $"{char.ToUpperInvariant(doubt[0])}{doubt[1..]}.");
        if (plane.Release is { } release && fleet.Control.Release is { } control && release.ChartVersion != control.ChartVersion)
            yield return ("chart-version", $"It has chart {release.ChartVersion}, the control plane {control.ChartVersion}: UpgradeFleet upgrades it.");
    }

    private IEnumerable<(string Check, string What)> OfEntry(ClusterEntry entry)
    {
        if (fleet.IsEnabledUnderAuth(entry))
            yield return (CheckNames.Configuration, "enabled is written under auth, where flyteadmin does not read it: the cluster gets no executions.");
        if (fleet.DataPlanes.FirstOrDefault(other => other.Entry.Name != entry.Name && TwoNames.SameEndpoint(other.Entry.Endpoint, entry.Endpoint)) is { } same)
            yield return (CheckNames.Endpoint, $"It has the same endpoint as {same.Entry.Name}: {entry.Endpoint}.");
        foreach (var (path, ending) in new[] { (entry.TokenPath, "token"), (entry.CertPath, "cacert") })
        {
            if (CredentialsSecret.KeyAt(path) != $"{entry.Name}_{ending}")
                yield return (CheckNames.Configuration, $"Its {ending} is read from {path ?? "nowhere"}; AddDataPlane stores it under {entry.Name}_{ending}.");
        }
    }

    private IEnumerable<(string Check, string What)> OfCredential(ClusterEntry entry)
    {
        if (fleet.Control.Credentials is not { } secret)
        {
            yield return (CheckNames.SecretKeys, $"There is no Secret {CredentialsSecret.Name}: flyteadmin does not start without it.");
            yield break;
        }

        var (token, ca) = (Value(secret, entry.TokenPath), Value(secret, entry.CertPath));
        foreach (var (path, value) in new[] { (entry.TokenPath, token), (entry.CertPath, ca) })
        {
            if (CredentialsSecret.KeyAt(path) is { } key && value is null)
                yield return (CheckNames.SecretKeys, $"Secret {CredentialsSecret.Name} has no {key}: no new flyteadmin pod starts.");
        }

        if (token is not null && TokenFormatCheck.Look(token) is { Status: CheckStatus.Failed } wrongToken)
            yield return (CheckNames.TokenFormat, wrongToken.Found);
        if (ca is null)
            yield break;
        if (CaFormatCheck.Look(ca) is { Status: CheckStatus.Failed } wrongCa)
            yield return (CheckNames.CaFormat, wrongCa.Found);
        else if (CaExpiryCheck.Look(ca, now) is { Status: not CheckStatus.Ok } expiry)
            yield return (CheckNames.CaExpiry, expiry.Found);
    }

    private IEnumerable<(string Check, string What)> OfLabels()
    {
        foreach (var (label, why) in fleet.Labels.LeftOut)
            yield return (CheckNames.Labels, $"Label {label}: {why}. Its executions run on any cluster.");
        foreach (var (label, what) in fleet.Labels.Doubts)
            yield return (what.StartsWith("the weights", StringComparison.Ordinal) ? CheckNames.Weights : CheckNames.Labels, $"Label {label}: {what}.");
        if (fleet.Labels.DefaultLeftOut is { } missing)
            yield return (CheckNames.Labels, $"defaultExecutionLabel is {missing}, which is no label with an enabled cluster.");
        foreach (var (scope, label) in UnmappedRows())
            yield return ("execution-labels", $"{scope} has the label '{label}', which no cluster has: its executions run on any cluster.");
    }

    /// <summary>FlyteAdmin's rows with a label that the fleet does not have.</summary>
    public IEnumerable<KeyValuePair<LabelScope, string>> UnmappedRows() => Rows().Where(row => !fleet.Labels.Labels.Any(label => label.Name == row.Value));

    /// <summary>FlyteAdmin's rows with a label of the fleet.</summary>
    public IEnumerable<KeyValuePair<LabelScope, string>> MappedRows() => Rows().Where(row => fleet.Labels.Labels.Any(label => label.Name == row.Value));

    private IEnumerable<KeyValuePair<LabelScope, string>> Rows() =>
        (fleet.Control.Rows ?? new Dictionary<LabelScope, string>()).OrderBy(row => row.Key.ToString(), StringComparer.Ordinal);

    private static string? Value(JsonObject secret, string? path) => CredentialsSecret.KeyAt(path) is { } key ? (string?)secret["data"]?[key] : null;
}
