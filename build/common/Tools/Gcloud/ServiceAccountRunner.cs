using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Gcloud;

/// <summary>Runs <c>gcloud iam service-accounts</c>.</summary>
public sealed class ServiceAccountRunner : GcloudTool
{
    private const string Domain = ".iam.gserviceaccount.com";

    /// <summary>Makes the runner from Cake's services.</summary>
    public ServiceAccountRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time) { }

    /// <summary>The project of a service account, which its address names: it need not be the clusters'.</summary>
    /// <param name="email">Its e-mail address.</param>
    /// <param name="otherwise">The project of one whose address does not name it, <c>123-compute@developer.gserviceaccount.com</c>.</param>
    public static string ProjectOf(string email, string otherwise)
    {
        ArgumentNullException.ThrowIfNull(email);
        if (email.Split('@') is not [_, var host] || !host.EndsWith(Domain, StringComparison.Ordinal))
            return otherwise;
        // A project of an organisation's domain, example.com:p, is p.example.com in addresses.
        return host[..^Domain.Length].Split('.', 2) is [var project, var organisation] ? $"{organisation}:{project}" : host[..^Domain.Length];
    }

    /// <summary>The policy of a service account: who may act as it.</summary>
    /// <param name="project">Its project.</param>
    /// <param name="email">Its e-mail address.</param>
    /// <param name="cancellationToken">Cancels gcloud.</param>
    /// <returns>The policy; null when there is no such service account.</returns>
    /// <exception cref="GcloudException">gcloud failed.</exception>
    public async Task<ServiceAccountPolicy?> PolicyAsync(string project, string email, CancellationToken cancellationToken) =>
        await FindAsync(
            project,
            "iam service-accounts get-iam-policy",
            "iam.serviceAccounts.getIamPolicy",
            arguments => arguments.AppendEscaped(email),
            cancellationToken
        )
            is { } answer
            ? ServiceAccountPolicy.Of(answer)
            : null;

    /// <summary>
    /// Adds a member to a role, without a condition. gcloud reads the policy, adds the member and writes it with the etag that it read, so that no other
    /// member is lost.
    /// </summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="project">The service account's project.</param>
    /// <param name="email">Its e-mail address.</param>
    /// <param name="role">The role, <c>roles/iam.workloadIdentityUser</c>.</param>
    /// <param name="member">The member, <c>serviceAccount:POOL[NAMESPACE/NAME]</c>.</param>
    /// <param name="cancellationToken">Cancels gcloud.</param>
    /// <exception cref="GcloudException">gcloud failed; <see cref="GcloudException.IsConflict"/> where the policy was written in between.</exception>
    public Task CreateBindingAsync(ChangePermit permit, string project, string email, string role, string member, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return RunAsync(
            project,
            "iam service-accounts add-iam-policy-binding",
            "iam.serviceAccounts.setIamPolicy",
            arguments => arguments.AppendEscaped(email).AppendOption("--role", role).AppendOption("--member", member).Append("--condition=None"),
            cancellationToken
        );
    }
}

/// <summary>Who may do what with a service account.</summary>
/// <param name="Bindings">Roles with their members, those with a condition included.</param>
public sealed record ServiceAccountPolicy(IReadOnlyList<PolicyBinding> Bindings)
{
    /// <summary>How many members a policy may have, each counted once for each binding that it is in (cloud.google.com/iam/quotas).</summary>
    public const int MostMembers = 1500;

    /// <summary>How many members it has, as the limit counts them.</summary>
    public int Size => Bindings.Sum(binding => binding.Members.Count);

    /// <summary>The members of a role that have it without a condition.</summary>
    public IReadOnlySet<string> Members(string role) =>
        Bindings.Where(binding => binding.Role == role && !binding.IsConditional).SelectMany(binding => binding.Members).ToHashSet(StringComparer.Ordinal);

    /// <summary>Reads a policy as Google Cloud writes it.</summary>
    public static ServiceAccountPolicy Of(JsonObject policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new([
            .. (policy["bindings"] as JsonArray ?? [])
                .OfType<JsonObject>()
                .Select(binding => new PolicyBinding(
                    (string?)binding["role"] ?? string.Empty,
                    [.. (binding["members"] as JsonArray ?? []).Select(member => (string?)member).OfType<string>()],
                    binding["condition"] is not null
                )),
        ]);
    }
}

/// <summary>A role with its members.</summary>
/// <param name="Role">The role.</param>
/// <param name="Members">Its members.</param>
/// <param name="IsConditional">Whether they have it under a condition only.</param>
public sealed record PolicyBinding(string Role, IReadOnlyList<string> Members, bool IsConditional);
