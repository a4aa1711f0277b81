using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>Each stored token is younger than the fleet's <c>credentials.maxAge</c>, and no rotation was left unfinished.</summary>
internal sealed class CredentialAgeCheck()
    : EntryCheck(
        CheckNames.CredentialAge,
        "no stored token is older than the fleet's `credentials.maxAge`, and no rotation was left unfinished",
        CheckSeverity.Warns,
        CheckNames.SecretKeys,
        CheckNames.TokenFormat,
        CheckNames.Reachable
    )
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(entry);
        if (context.DataPlanes.FirstOrDefault(plane => plane.Name == entry.Name)?.Cluster is not DataPlaneRun plane)
            return [Finding.Ok("not looked at: it is not one of the chosen data planes")];
        var stored = await context.StoredAsync();
        var credential = stored.Of(entry);
        var secrets = await TokenSecret.ListAsync(context.Run.Run, plane, cancellationToken);
        var token = StoredToken.Of(credential.Token!, secrets, stored.WrittenAt(credential.TokenKey!));
        var rotate = $"Run ./build.sh --target=RotateCredentials --cluster={plane.Name}";
        if (token.Replaced is { } left)
            return
            [
                Finding.Warning(
                    $"Secret {(string?)left["metadata"]?["name"]}, whose token was replaced, is still there: a rotation was not finished.",
                    $"{rotate}, which finishes it."
                ),
            ];
        var age = plane.Api.Time.GetUtcNow() - token.MadeAt;
        return
        [
            age is null ? Finding.Ok("its age is not known")
            : age > context.Run.Run.Fleet.Credentials.MaxAge
                ? Finding.Warning(
                    $"The token is {Ages.Format(age)} old, and the fleet's credentials.maxAge is {Ages.Format(context.Run.Run.Fleet.Credentials.MaxAge)}.",
                    $"{rotate}; executions go on meanwhile."
                )
            : Finding.Ok($"{Ages.Format(age)} old"),
        ];
    }
}
