using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>Reads a CustomResourceDefinition as the resources it serves.</summary>
internal static class CustomResources
{
    /// <summary>One resource a served version, the storage version first.</summary>
    public static IEnumerable<ResourceInfo> Of(JsonObject definition)
    {
        if (definition["spec"] is not JsonObject spec || spec["names"] is not JsonObject names)
            yield break;
        string group = spec.Text("group") ?? "";
        string kind = names.Text("kind") ?? "";
        string singular = names.Text("singular") is { Length: > 0 } s ? s : kind.ToLowerInvariant();
        foreach (JsonObject version in spec.Objects("versions").OrderByDescending(v => v.Flag("storage")))
        {
            if (!version.Flag("served"))
                continue;
            string v = version.Text("name") ?? "";
            JsonObject? subresources = version["subresources"] as JsonObject;
            List<SubresourceInfo> served = [];
            if (subresources?.ContainsKey("status") == true)
                served.Add(new("status", group, v, kind, ["get", "patch", "update"]));
            if (subresources?.ContainsKey("scale") == true)
                served.Add(new("scale", "autoscaling", "v1", "Scale", ["get", "patch", "update"]));
            yield return new ResourceInfo(group, v, names.Text("plural") ?? "", singular, kind, spec.Text("scope") == "Namespaced")
            {
                ShortNames = names.Texts("shortNames"),
                Categories = names.Texts("categories"),
                ListKind = names.Text("listKind") ?? kind + "List",
                HasGeneration = true,
                IsCustom = true,
                Verbs = ResourceInfo.CustomVerbs,
                Subresources = served,
                PrinterColumns = [.. version.Objects("additionalPrinterColumns").Select(Column)],
            };
        }
    }

    private static PrinterColumn Column(JsonObject c) =>
        new(
            c.Text("name") ?? "",
            c.Text("type") ?? "string",
            c.Text("format") ?? "",
            c.Text("description") ?? "",
            (int)(c.Number("priority") ?? 0),
            c.Text("jsonPath") ?? ""
        );
}
