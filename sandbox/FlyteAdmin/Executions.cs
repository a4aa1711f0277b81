using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin;

/// <summary>What a flytepropeller reports.</summary>
/// <param name="Execution">The execution.</param>
/// <param name="Phase">Its new phase.</param>
/// <param name="Producer">The propeller's cluster-id.</param>
/// <param name="At">When it came to it.</param>
/// <param name="Error">The message of a failure; null for none.</param>
internal sealed record WorkflowEvent(ExecutionKey Execution, string Phase, string Producer, DateTimeOffset At, string? Error = null);

/// <summary>Starts, follows and ends executions: flyteadmin's pkg/manager/impl/execution_manager.go.</summary>
/// <param name="database">What is kept.</param>
internal sealed partial class Executions(AdminDatabase database)
{
    /// <summary>The annotation of a FlyteWorkflow that tells the sandbox's propeller what the workflow does.</summary>
    public const string BehaviourAnnotation = "sandbox/behaviour";

    // What a flytepropeller without cluster-id calls itself; such events are taken from everywhere.
    private const string AnyProducer = "propeller";
    private const int LongestName = 63;

    /// <summary>Starts one.</summary>
    /// <param name="instance">The flyteadmin that was asked.</param>
    /// <param name="request">ExecutionCreateRequest.</param>
    /// <param name="principal">Who asks.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its name.</returns>
    /// <exception cref="AdminException">It is refused. An execution that no cluster takes is none: it is FAILED.</exception>
    public async Task<ExecutionKey> CreateAsync(AdminInstance instance, JsonObject request, string principal, CancellationToken cancellationToken)
    {
        var key = Validate(instance.Config, request);
        var spec = request.Child("spec") ?? throw AdminException.Missing("spec");
        var plan = Plan(spec);
        PlanInputs.Check(plan.Inputs, request.Child("inputs", "literals") ?? spec.Child("inputs", "literals"));
        var now = database.Now;
        if (key.Name.Length == 0)
            key = key with { Name = NewName() };
        var execution = new Execution
        {
            Key = key,
            Plan = plan,
            Spec = spec,
            Namespace = instance.Config.Namespace(key.Project, key.Domain),
            CreatedAt = now,
            UpdatedAt = now,
            Principal = principal,
        };
        try
        {
            var label = spec.Child("execution_cluster_label")?.Text("value");
            var attributes = new AttributeKey(MatchableResource.ExecutionClusterLabel, key.Project, key.Domain, plan.Key.Name);
            var cluster = instance.Selector!.Select(label, () => LabelOf(attributes), key.Name);
            await instance.Target(cluster)!.CreateWorkflowAsync(execution.Namespace, FlyteWorkflow.Of(execution), cancellationToken);
            execution.Cluster = cluster;
        }
        catch (Exception e) when (e is TargetException or InvalidOperationException)
        {
            execution.Phase = "FAILED";
            execution.Error = ("Internal", $"failed to create workflow in propeller {e.Message}", "SYSTEM");
        }

        // As in flyteadmin the name is found taken only now: the workflow of the first one was there already.
        return database.AddExecution(execution)
            ? key
            : throw new AdminException(
                AdminCode.AlreadyExists,
                "value with matching already exists (duplicate key value violates unique constraint \"executions_pkey\")"
            );
    }

    /// <summary>Takes an event in.</summary>
    /// <exception cref="AdminException">It is refused; the execution stays as it is.</exception>
    public void Record(WorkflowEvent e) =>
        database.Execution(
            e.Execution,
            execution =>
            {
                var (was, now) = (execution.Phase, e.Phase);
                var named = e.Producer.Length > 0 && e.Producer != AnyProducer;
                if (now != "QUEUED")
                {
                    if (was == now)
                        throw new AdminException(AdminCode.AlreadyExists, $"This phase {was} was already recorded for workflow execution {e.Execution}");
                    if (named && e.Producer != execution.Cluster)
                    {
                        throw new AdminException(
                            AdminCode.FailedPrecondition,
                            $"Cluster/producer from event [{e.Producer}] does not match existing workflow execution clusterInDB: [{execution.Cluster}]"
                        )
                        {
                            IsOfAnotherCluster = true,
                        };
                    }
                }

                if (execution.IsTerminal)
                    throw new AdminException(AdminCode.FailedPrecondition, $"Invalid phase change from {was} to {now} for workflow execution {e.Execution}");
                if (was == "RUNNING" && now == "QUEUED")
                    throw new AdminException(AdminCode.FailedPrecondition, $"Cannot go from {was} to {now} for workflow execution {e.Execution}");
                if (was == "ABORTING" && !Phases.IsTerminal(now))
                    throw new AdminException(AdminCode.FailedPrecondition, $"Invalid phase change from aborting to {now} for workflow execution {e.Execution}");
                Advance(execution, e, named);
                return true;
            }
        );

    /// <summary>Aborts one: first in the database, then in its cluster.</summary>
    /// <exception cref="AdminException">There is none, it has ended, or its cluster could not be told: it stays ABORTING.</exception>
    public async Task AbortAsync(AdminInstance instance, ExecutionKey key, string cause, string principal, CancellationToken cancellationToken)
    {
        var (cluster, ns) = database.Execution(
            key,
            execution =>
            {
                if (execution.IsTerminal)
                {
                    throw new AdminException(AdminCode.FailedPrecondition, "Cannot abort an already terminated workflow execution")
                    {
                        Detail = new JsonObject
                        {
                            ["@type"] = "type.googleapis.com/flyteidl.admin.EventFailureReason",
                            ["already_in_terminal_state"] = new JsonObject { ["current_phase"] = execution.Phase },
                        },
                    };
                }

                execution.Phase = "ABORTING";
                execution.Abort = (cause, principal);
                return (execution.Cluster, execution.Namespace);
            }
        );
        // One from before there were clusters goes where the default label leads, or anywhere: flyteadmin's k8s_executor.go asks without its project.
        if (cluster.Length == 0)
            cluster = instance.Selector!.Select(null, () => null, key.Name);
        if (instance.Target(cluster) is not { } target)
            throw new AdminException(AdminCode.Internal, $"invalid cluster target {cluster}");
        try
        {
            await target.DeleteWorkflowAsync(ns, key.Name, cancellationToken);
        }
        catch (TargetException e)
        {
            throw new AdminException(AdminCode.Internal, $"failed to terminate execution: {key} with err {e.Message}");
        }
    }

    /// <summary>Refuses a project or domain that is not registered.</summary>
    public void RequireProjectAndDomain(AdminConfig config, string project, string domain)
    {
        if (database.FindProject(project) is not { } found)
            throw AdminException.Invalid(
                $"failed to validate that project [{project}] and domain [{domain}] are registered, err: [project [{project}] not found]"
            );
        if (found.Archived)
            throw AdminException.Invalid($"project [{project}] is not active");
        if (config.Domains.All(d => d.Id != domain))
            throw AdminException.Invalid($"domain [{domain}] is unrecognized by system");
    }

    private string? LabelOf(AttributeKey key) => database.Attributes(table => table.Best(key)?.Attributes.Child("execution_cluster_label")?.Text("value"));

    private static void Advance(Execution execution, WorkflowEvent e, bool named)
    {
        var now = execution.UpdatedAt = e.At;
        execution.Phase = e.Phase;
        if (e.Phase == "RUNNING")
            execution.StartedAt = now;
        else if (execution.IsTerminal && execution.StartedAt is { } started)
            execution.Duration = now - started;
        if (named && e.Phase == "QUEUED")
            execution.Cluster = e.Producer;
        if (e.Error is { } message)
            execution.Error = ("USER:Failed", message, "USER");
    }

    private ExecutionKey Validate(AdminConfig config, JsonObject request)
    {
        var key = new ExecutionKey(request.Text("project") ?? "", request.Text("domain") ?? "", request.Text("name") ?? "");
        if (key.Project.Length == 0)
            throw AdminException.Missing("project");
        if (key.Domain.Length == 0)
            throw AdminException.Missing("domain");
        if (key.Name.Length > LongestName)
            throw AdminException.Invalid($"size of name exceeded length {LongestName} : {key.Name}");
        if (key.Name.Length > 0 && !NamePattern().IsMatch(key.Name.ToLowerInvariant()))
            throw AdminException.Invalid($"invalid name format: {key.Name.ToLowerInvariant()}, does not match regex '{NamePattern()}'");
        RequireProjectAndDomain(config, key.Project, key.Domain);
        return key;
    }

    private LaunchPlan Plan(JsonObject spec)
    {
        if (spec.Child("launch_plan") is not { } id)
            throw AdminException.Missing("id");
        foreach (var field in (ReadOnlySpan<string>)["project", "domain", "name", "version"])
        {
            if (string.IsNullOrEmpty(id.Text(field)))
                throw AdminException.Missing(field);
        }

        var type = id.Text("resource_type") ?? "UNSPECIFIED";
        if (type is not ("LAUNCH_PLAN" or "TASK"))
            throw AdminException.Invalid($"Invalid reference entity resource type [{type}], only [map[LAUNCH_PLAN:<nil> TASK:<nil>]] allowed");
        var key = new PlanKey(id.Text("project")!, id.Text("domain")!, id.Text("name")!, id.Text("version")!);
        return (type == "LAUNCH_PLAN" ? database.FindPlan(key) : null)
            ?? throw AdminException.NotFound(
                $"missing entity of type {type} with identifier project:\"{key.Project}\" domain:\"{key.Domain}\" name:\"{key.Name}\" version:\"{key.Version}\""
            );
    }

    // As flyteadmin's: a letter and nineteen more characters.
    private static string NewName() => "a" + Guid.NewGuid().ToString("n", CultureInfo.InvariantCulture)[..19];

    [GeneratedRegex("^[a-z][a-z\\-0-9]*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}
