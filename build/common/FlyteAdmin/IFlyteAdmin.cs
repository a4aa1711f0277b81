using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>
/// FlyteAdmin's API as far as this program needs it (flyteidl's <c>admin.proto</c>, over grpc-gateway). Calls are retried with backoff on 429, 502,
/// 503 and broken connections, never on another 4xx. Every call throws <see cref="FlyteAdminException"/>, which names the call, the code and
/// FlyteAdmin's message. Whatever writes takes the gate's permit.
/// </summary>
public interface IFlyteAdmin : IDisposable
{
    /// <summary>FlyteAdmin's address, for messages.</summary>
    Uri Endpoint { get; }

    /// <summary>Whether the fleet says how to log in, and FlyteAdmin wanted no login when it was last asked (501 for its metadata).</summary>
    bool IsLoginOff { get; }

    /// <summary>FlyteAdmin's version, <c>v1.16.8</c> (<c>GET /api/v1/version</c>); proves that it answers and that the login is right.</summary>
    Task<string> VersionAsync(CancellationToken cancellationToken);

    /// <summary>The ids of all active projects (<c>GET /api/v1/projects</c>, all pages).</summary>
    Task<IReadOnlyList<string>> ProjectsAsync(CancellationToken cancellationToken);

    /// <summary>The ids of all domains (<c>GET /api/v1/domains</c>).</summary>
    Task<IReadOnlyList<string>> DomainsAsync(CancellationToken cancellationToken);

    /// <summary>All execution cluster labels as they are stored, none inherited (<c>GET /api/v1/matchable_attributes</c>).</summary>
    Task<IReadOnlyDictionary<LabelScope, string>> ExecutionLabelsAsync(CancellationToken cancellationToken);

    /// <summary>Sets a label (<c>PUT project_attributes, project_domain_attributes or workflow_attributes</c>).</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="scope">What it is for.</param>
    /// <param name="label">The label.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task PutExecutionLabelAsync(ChangePermit permit, LabelScope scope, string label, CancellationToken cancellationToken);

    /// <summary>Deletes a label. FlyteAdmin deletes all labels below it too: see <see cref="LabelScope.Covers"/>. None there is no error.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="scope">What it is for.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task DeleteExecutionLabelAsync(ChangePermit permit, LabelScope scope, CancellationToken cancellationToken);

    /// <summary>A launch plan.</summary>
    /// <param name="project">Its project.</param>
    /// <param name="domain">Its domain.</param>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version; null for the newest active one.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The launch plan; null where there is none.</returns>
    Task<LaunchPlan?> LaunchPlanAsync(string project, string domain, string name, string? version, CancellationToken cancellationToken);

    /// <summary>Starts an execution. Its name makes the call safe to repeat: where it exists already, it is the one that is meant.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="request">The execution.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether FlyteAdmin says that it made it now; false where one of that name was there, be it by a call before whose answer was lost.</returns>
    Task<bool> CreateExecutionAsync(ChangePermit permit, ExecutionRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// The executions of a cluster that have not ended, ABORTING ones included (<c>GET /api/v1/executions/{project}/{domain}</c>, all pages): UNDEFINED,
    /// QUEUED, RUNNING, SUCCEEDING, FAILING and ABORTING.
    /// </summary>
    /// <param name="project">Their project.</param>
    /// <param name="domain">Their domain.</param>
    /// <param name="cluster">The name of the cluster that they were sent to.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    Task<IReadOnlyList<Execution>> UnfinishedExecutionsAsync(string project, string domain, string cluster, CancellationToken cancellationToken);

    /// <summary>
    /// The executions that were made since a time, the newest first (<c>GET /api/v1/executions/{project}/{domain}</c>), at most
    /// <see cref="RecentExecutions.Most"/>.
    /// </summary>
    /// <param name="project">Their project.</param>
    /// <param name="domain">Their domain.</param>
    /// <param name="since">The time.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    Task<RecentExecutions> ExecutionsSinceAsync(string project, string domain, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>An execution; null where there is none.</summary>
    Task<Execution?> ExecutionAsync(ExecutionId id, CancellationToken cancellationToken);

    /// <summary>Aborts an execution; one that has ended already is left as it is, and none there is no error.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="id">The execution.</param>
    /// <param name="cause">Why, for FlyteAdmin's record.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task AbortExecutionAsync(ChangePermit permit, ExecutionId id, string cause, CancellationToken cancellationToken);
}
