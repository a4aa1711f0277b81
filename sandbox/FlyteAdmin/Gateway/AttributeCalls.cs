using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;

/// <summary>The calls about matchable attributes: flyteadmin's pkg/manager/impl/resources/resource_manager.go.</summary>
/// <param name="server">What runs.</param>
internal sealed class AttributeCalls(FlyteAdminServer server)
{
    /// <summary>Answers a call; null when it is none of these.</summary>
    /// <exception cref="AdminException">It is refused.</exception>
    public JsonObject? Answer(AdminCall call) =>
        (call.Http.Method, call.Path) switch
        {
            ("GET", ["matchable_attributes"]) => List(call.Kind()),
            (_, ["project_attributes", var p]) => Answer(call, p),
            (_, ["project_domain_attributes", var p, var d]) => Answer(call, p, d),
            (_, ["workflow_attributes", var p, var d, var w]) => Answer(call, p, d, w),
            _ => null,
        };

    private JsonObject? Answer(AdminCall call, params string[] of)
    {
        switch (call.Http.Method)
        {
            case "GET":
                return Get(call, of);
            case "PUT":
                Put(call, of);
                return [];
            case "DELETE":
                Require(call, of);
                var kind = call.Read(Requests.DeleteAttributes[of.Length - 1]).Text("resource_type") ?? MatchableResource.All[0];
                return server.Database.Attributes(table =>
                {
                    table.Delete(Key(kind, of));
                    return new JsonObject();
                });
            default:
                return null;
        }
    }

    private JsonObject List(string kind)
    {
        var rows = server.Database.Attributes(table => table.All(kind));
        return new JsonObject { ["configurations"] = new JsonArray([.. rows.Select(Rendering.Row)]) };
    }

    // Of a project its own row is wanted; of all else the most specific one, with the names of whom that row is for.
    private JsonObject Get(AdminCall call, string[] of)
    {
        var key = Key(call.Kind(), of);
        if (of.Length == 1 && server.Database.FindProject(of[0]) is null)
            throw AdminException.Invalid($"failed to validate that project [{of[0]}] exists, err: [project [{of[0]}] not found]");
        if (of.Length > 1)
            Require(call, of);
        var row =
            server.Database.Attributes(table => of.Length == 1 ? table.Exact(key) : table.Best(key))
            ?? throw AdminException.NotFound($"Resource [{key}] not found");
        return of.Length switch
        {
            1 => Rendering.Attributes(row, ("project", row.Key.Project)),
            2 => Rendering.Attributes(row, ("project", row.Key.Project), ("domain", row.Key.Domain)),
            _ => Rendering.Attributes(row, ("project", row.Key.Project), ("domain", row.Key.Domain), ("workflow", row.Key.Workflow)),
        };
    }

    // What the path says holds over the body.
    private void Put(AdminCall call, string[] of)
    {
        var attributes = call.Read(Requests.PutAttributes[of.Length - 1]).Child("attributes");
        Require(call, of);
        if (attributes?.Child("matching_attributes") is not { } matching)
            throw AdminException.Missing("matching_attributes");
        if (matching.Select(f => MatchableResource.OfField(f.Key)).FirstOrDefault(k => k is not null) is not { } kind)
            throw AdminException.Invalid($"Unrecognized matching attributes type for request {string.Join('-', of)}");
        server.Database.Attributes(table =>
        {
            table.Put(Key(kind, of), matching.Copy());
            return true;
        });
    }

    private void Require(AdminCall call, string[] of)
    {
        if (of.Length > 1)
        {
            server.Executions.RequireProjectAndDomain(call.Instance.Config, of[0], of[1]);
            return;
        }

        if (server.Database.FindProject(of[0]) is not { } project)
            throw AdminException.Invalid($"failed to validate that project [{of[0]}] is registered, err: [project [{of[0]}] not found]");
        if (project.Archived)
            throw AdminException.Invalid($"project [{of[0]}] is not active");
    }

    private static AttributeKey Key(string kind, string[] of) => new(kind, of[0], of.ElementAtOrDefault(1) ?? "", of.ElementAtOrDefault(2) ?? "");
}
