using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>Who an entry of managedFields belongs to.</summary>
/// <param name="Name">The field manager.</param>
/// <param name="IsApply">Whether its operation is Apply, not Update.</param>
/// <param name="ApiVersion">The apiVersion of an Update entry; empty for Apply, whose entry is one whatever the version.</param>
/// <param name="Subresource">The subresource, or empty.</param>
internal sealed record ManagerKey(string Name, bool IsApply, string ApiVersion, string Subresource)
{
    /// <summary>The manager in a conflict's words.</summary>
    public string Display
    {
        get
        {
            var name = $"\"{Name}\"";
            if (Subresource.Length > 0)
                name += $" with subresource \"{Subresource}\"";
            return IsApply ? name : $"{name} using {ApiVersion}";
        }
    }
}

/// <summary>What a manager owns.</summary>
/// <param name="Fields">The paths.</param>
/// <param name="ApiVersion">The apiVersion they were written in.</param>
/// <param name="Time">When they last changed, RFC 3339.</param>
internal sealed record ManagerEntry(FieldSet Fields, string ApiVersion, string Time);

/// <summary>An object's managedFields, read.</summary>
internal sealed class Managers : Dictionary<ManagerKey, ManagerEntry>
{
    private const int MaxUpdaters = 10;

    /// <summary>A time as managedFields has it: seconds, UTC.</summary>
    public static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads an object's managedFields; null when there are none that can be read.</summary>
    public static Managers? Read(JsonObject? obj)
    {
        if (obj?["metadata"]?["managedFields"] is not JsonArray { Count: > 0 } entries)
            return null;
        try
        {
            var managers = new Managers();
            foreach (var entry in entries)
                managers.Add(entry?.AsObject() ?? []);
            return managers;
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a written object asks to forget all managers: <c>[{}]</c>.</summary>
    public static bool IsReset(JsonObject obj) => obj["metadata"]?["managedFields"] is JsonArray { Count: 1 } entries && entries[0] is JsonObject { Count: 0 };

    /// <summary>A copy that can be changed.</summary>
    public Managers Copy()
    {
        var copy = new Managers();
        foreach (var (key, entry) in this)
            copy[key] = entry;
        return copy;
    }

    /// <summary>Changes each manager's fields, and forgets who has none left.</summary>
    public void Reduce(Func<ManagerKey, FieldSet, FieldSet> change)
    {
        foreach (var (key, entry) in this.ToList())
        {
            var fields = change(key, entry.Fields);
            if (fields.IsEmpty)
                Remove(key);
            else
                this[key] = entry with { Fields = fields };
        }
    }

    /// <summary>Joins the oldest Update entries of a version once there are more than ten, as <c>ancient-changes</c>.</summary>
    public void Cap()
    {
        var updaters = this.Where(entry => !entry.Key.IsApply)
            .OrderBy(entry => entry.Value.Time, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Name, StringComparer.Ordinal)
            .ToList();
        var firsts = new Dictionary<string, ManagerKey>(StringComparer.Ordinal);
        var excess = updaters.Count - MaxUpdaters;
        foreach (var (key, entry) in updaters)
        {
            if (excess <= 0)
                return;
            if (firsts.TryAdd(entry.ApiVersion, key))
                continue;
            var bucket = new ManagerKey("ancient-changes", IsApply: false, entry.ApiVersion, "");
            var first = firsts[entry.ApiVersion];
            var old = this[ContainsKey(bucket) ? bucket : first];
            Remove(ContainsKey(bucket) ? bucket : first);
            Remove(key);
            this[bucket] = entry with { Fields = entry.Fields.Union(old.Fields) };
            excess--;
        }
    }

    /// <summary>The managedFields to store: Apply before Update, then by time, manager, version and subresource.</summary>
    public JsonArray ToJson()
    {
        var ordered = this.OrderBy(entry => entry.Key.IsApply ? 0 : 1)
            .ThenBy(entry => entry.Value.Time, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Name, StringComparer.Ordinal)
            .ThenBy(entry => entry.Value.ApiVersion, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Subresource, StringComparer.Ordinal);
        return [.. ordered.Select(JsonNode? (entry) => ToJson(entry.Key, entry.Value))];
    }

    private void Add(JsonObject entry)
    {
        var operation = (string?)entry["operation"];
        if (operation is not ("Apply" or "Update"))
            throw new FormatException($"unknown operation {operation}");
        var apply = operation == "Apply";
        var version = (string?)entry["apiVersion"] ?? "";
        var key = new ManagerKey((string?)entry["manager"] ?? "", apply, apply ? "" : version, (string?)entry["subresource"] ?? "");
        var set = FieldSet.FromFieldsV1(entry["fieldsV1"]?.AsObject() ?? []);
        this[key] = TryGetValue(key, out var same)
            ? same with
            {
                Fields = same.Fields.Union(set),
            }
            : new ManagerEntry(set, version, (string?)entry["time"] ?? "");
    }

    private static JsonObject ToJson(ManagerKey key, ManagerEntry entry)
    {
        var json = new JsonObject
        {
            ["manager"] = key.Name,
            ["operation"] = key.IsApply ? "Apply" : "Update",
            ["apiVersion"] = entry.ApiVersion,
        };
        if (entry.Time.Length > 0)
            json["time"] = entry.Time;
        json["fieldsType"] = "FieldsV1";
        json["fieldsV1"] = entry.Fields.ToFieldsV1();
        if (key.Subresource.Length > 0)
            json["subresource"] = key.Subresource;
        return json;
    }
}
