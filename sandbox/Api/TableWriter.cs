using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Writes objects in the shape that was asked for, Tables among them.</summary>
internal sealed class TableWriter(TimeProvider time)
{
    /// <summary>Answers with one object.</summary>
    public Task One(ApiRequest q, ResourceInfo r, AnswerShape shape, int status, StoredObject o) =>
        shape switch
        {
            AnswerShape.Table => Answers.Write(q.Http, status, Table(q, r, [o], new JsonObject { ["resourceVersion"] = o.ResourceVersion.ToString() })),
            AnswerShape.Metadata => Answers.Write(q.Http, status, Serving.Metadata(o)),
            _ => Answers.Write(q.Http, status, Serving.Bytes(r, o), Answers.Json),
        };

    /// <summary>A meta.k8s.io/v1 Table.</summary>
    public JsonObject Table(ApiRequest q, ResourceInfo r, IReadOnlyList<StoredObject> objects, JsonObject metadata, bool columns = true)
    {
        IReadOnlyList<TableColumn> shown = TableColumns.Of(r);
        string include = q.Query("includeObject") is { Length: > 0 } given ? given : "Metadata";
        DateTimeOffset now = time.GetUtcNow();
        JsonArray rows = [];
        foreach (StoredObject o in objects)
        {
            JsonObject row = new() { ["cells"] = new JsonArray([.. shown.Select(c => c.Cell(o.View, now))]) };
            if (include != "None")
                row["object"] = include == "Object" ? Serving.In(r, o) : Serving.Metadata(o);
            rows.Add(row);
        }
        return new()
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = columns ? new JsonArray([.. shown.Select(c => c.Definition())]) : new JsonArray(),
            ["rows"] = rows,
        };
    }
}
