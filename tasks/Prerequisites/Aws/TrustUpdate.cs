using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>
/// Has every role trust the fleet's clusters. IAM has no optimistic lock, and two operators write whole documents: the live one is read again right
/// before the write, read back after it and once more after a pause, and merged again until it holds.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="snapshot">AWS as it is.</param>
/// <param name="aws">The aws commands.</param>
internal sealed class TrustUpdate(FlyteContext context, AwsSnapshot snapshot, AwsTools aws)
{
    private const int Attempts = 6;

    /// <summary>Longer than another run takes from its read to its write, and than IAM takes to show a write.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    /// <summary>Whether the roles no longer trust the run's data planes; they trust them otherwise.</summary>
    public bool IsRemoval { get; init; }

    private string Region => context.Run.Fleet.Aws!.Region;

    /// <summary>Updates all roles of the layout, all at once.</summary>
    /// <exception cref="InvalidOperationException">A role is missing, its document too long, or others keep writing it.</exception>
    /// <exception cref="AwsException">AWS refused.</exception>
    public async Task<StageResult> RunAsync(CancellationToken cancellationToken)
    {
        var roles = FlyteRole.All(context.Run.Fleet.Aws!, context.Run.Namespace);
        var results = roles.Select(role => UpdateAsync(role, cancellationToken)).ToArray();
        try
        {
            await Task.WhenAll(results);
        }
        catch (Exception exception) when (exception is AwsException or InvalidOperationException)
        {
            var failed = results.Where(result => result.IsFaulted).Select(result => result.Exception!.InnerException!.Message);
            throw new InvalidOperationException(string.Join(' ', failed), exception);
        }

        return StageResult.Done;
    }

    private async Task UpdateAsync(FlyteRole role, CancellationToken cancellationToken)
    {
        if (IsRemoval && !snapshot.Roles.ContainsKey(role.Name))
            return;
        var live = (snapshot.Roles.GetValueOrDefault(role.Name) ?? Planned(role))?.Trust;
        var merged = Merge(role, live);
        foreach (var note in merged.Notes.Concat(IsRemoval ? [] : Strangers(role, merged)))
            context.Journal.Add($"Role {role.Name}: {note}");
        if (!merged.IsChanged)
            return;
        Report(role, merged);
        await context.Gate.PassAsync(Describe(role, merged, live), (permit, end) => WriteAsync(permit, role, end), cancellationToken);
    }

    // A role of one plane that lets in the other plane's cluster: somebody may want it so.
    private IEnumerable<string> Strangers(FlyteRole role, TrustDocument merged)
    {
        var own = role.Clusters(snapshot);
        foreach (var cluster in snapshot.Clusters.Where(one => own.All(mine => mine.Issuer != one.Issuer)))
        {
            var orRunWorkflows =
                cluster.Issuer == snapshot.ControlPlane.Issuer
                    ? "; if the control plane is to run workflows, write controlPlane.runsWorkflows: true"
                    : string.Empty;
            foreach (
                var statement in PolicyJson
                    .Statements(merged.Document)
                    .Where(one => snapshot.Provider(cluster) is { } provider && TrustStatement.Providers(one).Contains(provider, StringComparer.Ordinal))
            )
                yield return $"it also trusts {cluster.Plane}, which it is not meant for. The statement is kept; if nobody needs it, remove it from the "
                    + $"trust policy{orRunWorkflows}: {PolicyJson.Text(statement)}";
        }
    }

    private async Task WriteAsync(ChangePermit permit, FlyteRole role, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (attempt > 0)
                context.Report(AwsStage.Place, $"role {role.Name}: somebody else wrote its trust policy at the same time; merging again");
            var merged = Merge(role, (await ReadAsync(role, cancellationToken)).Trust);
            if (merged.IsChanged)
            {
                var limit = merged.Size > TrustLimit.Default ? await aws.Roles.TrustLimitAsync(Region, cancellationToken) : TrustLimit.Default;
                if (TrustLimit.Check(role, merged, limit) is { } problem)
                    throw new InvalidOperationException(problem.ToString());
                await aws.Roles.UpdateTrustAsync(permit, Region, role.Name, PolicyJson.Text(merged.Document), cancellationToken);
            }

            if (await IsInEffectAsync(role, cancellationToken))
                return;
        }

        throw new InvalidOperationException(
            $"The trust policy of {role.Name} does not stay as written: somebody else keeps overwriting it. Find out who, and run again."
        );
    }

    private async Task<bool> IsInEffectAsync(FlyteRole role, CancellationToken cancellationToken)
    {
        if (Merge(role, (await ReadAsync(role, cancellationToken)).Trust).IsChanged)
            return false;
        await Task.Delay(Settling, aws.Time, cancellationToken);
        return !Merge(role, (await ReadAsync(role, cancellationToken)).Trust).IsChanged;
    }

    private async Task<IamRole> ReadAsync(FlyteRole role, CancellationToken cancellationToken) =>
        snapshot.Roles[role.Name] =
            await aws.Roles.GetAsync(Region, role.Name, cancellationToken)
            ?? throw new InvalidOperationException($"There is no role {role.Name}. Run without --exclusive, or the target that creates it first.");

    // What a role that a plan does not make would trust before this stage.
    private IamRole? Planned(FlyteRole role)
    {
        if (context.Gate.IsOpen)
            return null;
        IReadOnlyList<TrustedCluster> trusted = context.Options.WithoutEksctl
            ? role.Trusted(snapshot, FlyteRole.KnownAfterApply)
            : [role.TrustedByEksctl(snapshot, context.Run.Namespace)];
        return new IamRole(string.Empty, TrustDocument.Merge(null, trusted, snapshot.Caller.Account).Document);
    }

    private TrustDocument Merge(FlyteRole role, JsonObject? live) => IsRemoval ? Without(live!) : With(role, live);

    private TrustDocument Without(JsonObject live) =>
        TrustDocument.Without(
            live,
            [.. snapshot.Workers.Where(cluster => cluster.Issuer != snapshot.ControlPlane.Issuer).Select(snapshot.Provider).OfType<string>()]
        );

    private TrustDocument With(FlyteRole role, JsonObject? live) =>
        TrustDocument.Merge(
            live,
            role.Trusted(
                snapshot,
                cluster =>
                    context.Gate.IsOpen
                        ? throw new InvalidOperationException(
                            $"{cluster.Plane} has no OIDC provider yet. Run without --exclusive, or AssociateOidcProvider first."
                        )
                        : FlyteRole.KnownAfterApply(cluster)
            ),
            snapshot.Caller.Account
        );

    private void Report(FlyteRole role, TrustDocument merged)
    {
        context.Report(AwsStage.Place, $"trust policy of {role.Name}:");
        foreach (var line in merged.Difference())
            context.Report(AwsStage.Place, line);
    }

    private static Change Describe(FlyteRole role, TrustDocument merged, JsonObject? live) =>
        new(AwsStage.Place, "TrustPolicy", null, role.Name, ChangeAction.Update, merged.Summary)
        {
            Difference = PolicyDifference.Of("TrustPolicy", role.Name, live, merged.Document),
        };
}
