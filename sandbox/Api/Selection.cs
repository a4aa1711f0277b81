using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Which objects of a resource a list or watch asks for.</summary>
internal sealed record Selection(string? Namespace, LabelSelector Labels, FieldSelector Fields)
{
    public static Selection Of(ApiRequest q, ResourceInfo r)
    {
        string? fields = q.Query("fieldSelector");
        if (q.Name is not null)
            fields = "metadata.name=" + q.Name;
        return new(q.Namespace, LabelSelector.Parse(q.Query("labelSelector")), FieldSelector.Parse(fields, r));
    }

    /// <summary>Whether an object is asked for.</summary>
    public bool Takes(StoredObject o) => (Namespace is null || o.Namespace == Namespace) && Labels.Matches(o.View) && Fields.Matches(o.View);
}
