using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;

/// <summary>flyteadmin's calls: the routes of flyteidl's service/admin.proto that clients of a fleet use.</summary>
/// <param name="server">What runs.</param>
internal sealed partial class AdminService(FlyteAdminServer server)
{
    private readonly AttributeCalls _attributes = new(server);

    private AdminDatabase Database => server.Database;

    /// <summary>Answers a call.</summary>
    /// <exception cref="AdminException">It is refused.</exception>
    public async Task<JsonObject> AnswerAsync(AdminCall call)
    {
        var (method, path) = (call.Http.Method, call.Path);
        if (path.Length == 0)
            return Metadata(call);
        var principal = server.Authorization.Authenticate(call.Http);
        return (method, path) switch
        {
            ("GET", ["version"]) => new JsonObject
            {
                ["control_plane_version"] = new JsonObject
                {
                    ["Build"] = "",
                    ["Version"] = call.Instance.Config.Version,
                    ["BuildTime"] = "",
                },
            },
            ("GET", ["projects"]) => Projects(call),
            ("POST", ["projects"]) => Register(call),
            ("GET", ["projects", var id]) => Rendering.Project(ProjectOf(id), call.Instance.Config.Domains),
            ("PUT", ["projects", var id]) => Update(call, id),
            ("GET", ["domains"]) => new JsonObject { ["domains"] = new JsonArray([.. call.Instance.Config.Domains.Select(Rendering.Domain)]) },
            ("GET", ["launch_plans", var p, var d, var n, var v]) => Rendering.Plan(PlanOf(new PlanKey(p, d, n, v))),
            ("GET", ["launch_plans", var p, var d]) => Plans(call, Database.Plans(p, d)),
            ("GET", ["launch_plans", var p, var d, var n]) => Plans(call, [.. Database.Plans(p, d).Where(plan => plan.Key.Name == n)]),
            ("GET", ["active_launch_plans", var p, var d, var n]) => Rendering.Plan(
                Database.ActivePlan(p, d, n) ?? throw AdminException.NotFound($"No active launch plan could be found: {p}:{d}:{n}")
            ),
            ("GET", ["active_launch_plans", var p, var d]) => Plans(call, [.. Database.Plans(p, d).Where(plan => plan.Active)]),
            ("POST", ["executions"]) => new JsonObject
            {
                ["id"] = Rendering.Id(await server.Executions.CreateAsync(call.Instance, call.Read(Requests.Create), principal, call.Aborted)),
            },
            ("GET", ["executions", var p, var d, var n]) => Database.Execution(new ExecutionKey(p, d, n), Rendering.Execution),
            ("GET", ["executions", var p, var d]) => List(call, p, d),
            ("DELETE", ["executions", var p, var d, var n]) => await AbortAsync(call, new ExecutionKey(p, d, n), principal),
            ("POST", ["events", "workflows"]) => Record(call),
            _ => _attributes.Answer(call)
                ?? throw (IsKnown(path) ? new AdminException(AdminCode.Unimplemented, "Method Not Allowed") : AdminException.NotFound("Not Found")),
        };
    }

    private static bool IsKnown(string[] path) =>
        path[0]
            is "version"
                or "projects"
                or "domains"
                or "launch_plans"
                or "active_launch_plans"
                or "executions"
                or "events"
                or "project_attributes"
                or "project_domain_attributes"
                or "workflow_attributes"
                or "matchable_attributes";

    private JsonObject Metadata(AdminCall call) =>
        (call.Http.Method, call.Http.Path.Value) switch
        {
            (_, "/.well-known/oauth-authorization-server" or "/config/v1/flyte_client") when !server.Authorization.IsOn => throw new AdminException(
                AdminCode.Unimplemented,
                "unknown service flyteidl.service.AuthMetadataService"
            ),
            ("GET", "/.well-known/oauth-authorization-server") => OAuthServer.Metadata(call.Http),
            ("GET", "/config/v1/flyte_client") => OAuthServer.Client(),
            _ => throw AdminException.NotFound("Not Found"),
        };

    private JsonObject Projects(AdminCall call)
    {
        var (items, token) = Paging.Page(
            call.Http.Query,
            Database.Projects(),
            p => new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["identifier"] = p.Id,
                ["name"] = p.Name,
                ["description"] = p.Description,
                ["state"] = p.Archived ? "1" : "0",
            },
            needsLimit: false
        );
        return new JsonObject { ["projects"] = new JsonArray([.. items.Select(p => Rendering.Project(p, call.Instance.Config.Domains))]), ["token"] = token };
    }

    private JsonObject Register(AdminCall call)
    {
        var project = call.Read(Requests.Register).Child("project") ?? throw AdminException.Missing("project");
        if (string.IsNullOrEmpty(project.Text("name")))
            throw AdminException.Missing("project_name");
        return Database.AddProject(Checked(project, archived: false))
            ? []
            : throw new AdminException(
                AdminCode.AlreadyExists,
                "value with matching already exists (duplicate key value violates unique constraint \"projects_pkey\")"
            );
    }

    private JsonObject Update(AdminCall call, string id)
    {
        var known = ProjectOf(id);
        var change = call.Read(Requests.Update);
        change["id"] = id;
        change.Default("name", known.Name);
        change.Default("description", known.Description);
        Database.SetProject(Checked(change, change.Text("state") is "ARCHIVED"));
        return [];
    }

    private static Project Checked(JsonObject project, bool archived)
    {
        var id = project.Text("id") ?? "";
        if (id.Length == 0)
            throw AdminException.Missing("project_id");
        if (id.Length > 63 || !DnsLabel().IsMatch(id))
            throw AdminException.Invalid(
                $"invalid project id [{id}]: [a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
                    + "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')]"
            );
        return project.ContainsKey("domains")
            ? throw AdminException.Invalid("Domains are currently only set system wide. Please retry without domains included in your request.")
            : new Project(id, project.Text("name") ?? "", project.Text("description") ?? "", archived);
    }

    private Project ProjectOf(string id) => Database.FindProject(id) ?? throw AdminException.NotFound($"project [{id}] not found");

    private LaunchPlan PlanOf(PlanKey key) =>
        Database.FindPlan(key)
        ?? throw AdminException.NotFound(
            $"missing entity of type LAUNCH_PLAN with identifier project:\"{key.Project}\" domain:\"{key.Domain}\" name:\"{key.Name}\" "
                + $"version:\"{key.Version}\""
        );

    private static JsonObject Plans(AdminCall call, IReadOnlyList<LaunchPlan> all)
    {
        var (items, token) = Paging.Page(
            call.Http.Query,
            all,
            p => new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["name"] = p.Key.Name,
                ["version"] = p.Key.Version,
                ["state"] = p.Active ? "1" : "0",
                ["created_at"] = p.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
            },
            needsLimit: true
        );
        return new JsonObject { ["launch_plans"] = new JsonArray([.. items.Select(Rendering.Plan)]), ["token"] = token };
    }

    private JsonObject List(AdminCall call, string project, string domain)
    {
        var all = Database.Executions(
            project,
            domain,
            e =>
                (
                    Json: Rendering.Execution(e),
                    Fields: new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["name"] = e.Key.Name,
                        ["phase"] = e.Phase,
                        ["cluster"] = e.Cluster,
                        ["state"] = "0",
                        ["created_at"] = e.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
                    }
                )
        );
        var (items, token) = Paging.Page(call.Http.Query, all, e => e.Fields, needsLimit: true, ["name", "phase", "cluster", "state", "created_at"]);
        return new JsonObject { ["executions"] = new JsonArray([.. items.Select(e => e.Json)]), ["token"] = token };
    }

    private async Task<JsonObject> AbortAsync(AdminCall call, ExecutionKey key, string principal)
    {
        await server.Executions.AbortAsync(call.Instance, key, call.Read(Requests.Terminate).Text("cause") ?? "", principal, call.Aborted);
        return [];
    }

    private JsonObject Record(AdminCall call)
    {
        var e = call.Read(Requests.Event).Child("event") ?? throw AdminException.Invalid("Workflow event handler was called without event");
        var id = e.Child("execution_id") ?? throw AdminException.Invalid("Workflow event handler request event doesn't have an execution id");
        var key = new ExecutionKey(id.Text("project") ?? "", id.Text("domain") ?? "", id.Text("name") ?? "");
        var at = DateTimeOffset.TryParse(e.Text("occurred_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var given)
            ? given
            : Database.Now;
        server.Executions.Record(new WorkflowEvent(key, e.Text("phase") ?? Phases.All[0], e.Text("producer_id") ?? "", at, e.Child("error")?.Text("message")));
        return [];
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex DnsLabel();
}
