namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>How a field's value merges and is owned.</summary>
internal enum Shape
{
    /// <summary>By its value: an object field by field, a list as one value.</summary>
    Plain,

    /// <summary>An object or list that is owned as one value.</summary>
    Atomic,

    /// <summary>A list of distinct primitives, owned one by one.</summary>
    Set,

    /// <summary>A list of objects told apart by their keys.</summary>
    Keyed,

    /// <summary>A map from names to values of one kind; an empty one is not stored.</summary>
    Map,

    /// <summary>A resource quantity, stored as a canonical string.</summary>
    Quantity,
}

/// <summary>A key of a list of objects.</summary>
/// <param name="Name">The key's field.</param>
/// <param name="Default">What an item without the field has.</param>
internal sealed record ListKey(string Name, string? Default = null);

/// <summary>
/// What the API server's OpenAPI document says about one field, as far as merging and ownership go
/// (x-kubernetes-list-type, -list-map-keys, -map-type, -patch-strategy, -patch-merge-key). Only what differs from the default is written down.
/// </summary>
internal sealed record FieldSchema(Shape Shape)
{
    private static readonly Dictionary<string, FieldSchema> None = new(StringComparer.Ordinal);

    /// <summary>A field of a built-in kind about which nothing special is known: objects are structs, lists atomic.</summary>
    public static FieldSchema Plain { get; } = new(Shape.Plain);

    /// <summary>An object or list owned as one value.</summary>
    public static FieldSchema Atomic { get; } = new(Shape.Atomic);

    /// <summary>A field of a custom resource: its objects are maps, whose entries are owned too, and its lists atomic.</summary>
    public static FieldSchema Untyped { get; } = new(Shape.Plain) { IsUntyped = true };

    /// <summary>Fields with a schema of their own.</summary>
    public IReadOnlyDictionary<string, FieldSchema> Fields { get; init; } = None;

    /// <summary>The schema of fields that <see cref="Fields"/> does not list; null: <see cref="Plain"/>.</summary>
    public FieldSchema? Rest { get; init; }

    /// <summary>The schema of a list's items or a map's values.</summary>
    public FieldSchema? Item { get; init; }

    /// <summary>The keys of a <see cref="Shape.Keyed"/> list, in name order.</summary>
    public IReadOnlyList<ListKey> Keys { get; init; } = [];

    /// <summary>A strategic merge patch merges this list (by <see cref="MergeKey"/>, or as a set of primitives) rather than replacing it.</summary>
    public bool MergesList { get; init; }

    /// <summary>The one key by which a strategic merge patch tells items apart.</summary>
    public string? MergeKey { get; init; }

    /// <summary>
    /// What the API server fills in where it is missing: only inside values owned as one, where an apply would otherwise seem to take it away.
    /// </summary>
    public IReadOnlyDictionary<string, string> Defaults { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether nothing is known about the value.</summary>
    public bool IsUntyped { get; init; }

    /// <summary>Whether the value is owned as one.</summary>
    public bool IsAtomic => Shape == Shape.Atomic;

    /// <summary>The schema of a field of an object.</summary>
    public FieldSchema Field(string name) =>
        IsUntyped ? Untyped
        : Fields.TryGetValue(name, out var field) ? field
        : Shape == Shape.Map ? Item ?? Plain
        : Rest ?? Plain;

    /// <summary>Whether a field is a struct's named field, not a map's entry.</summary>
    public bool IsNamed(string name) => !IsUntyped && Shape != Shape.Map && (Fields.ContainsKey(name) || Rest is null);

    /// <summary>An object with some special fields.</summary>
    public static FieldSchema Struct(params (string Name, FieldSchema Schema)[] fields) =>
        new(Shape.Plain) { Fields = fields.ToDictionary(field => field.Name, field => field.Schema, StringComparer.Ordinal) };

    /// <summary>A list told apart by keys (the first is the strategic merge key), <c>containerPort protocol=TCP</c>.</summary>
    public static FieldSchema List(string keys, FieldSchema? item = null, bool merges = true)
    {
        var parsed = keys.Split(' ').Select(key => key.Split('=')).Select(key => new ListKey(key[0], key.Length > 1 ? key[1] : null)).ToList();
        return new FieldSchema(Shape.Keyed)
        {
            Item = item,
            Keys = [.. parsed.OrderBy(key => key.Name, StringComparer.Ordinal)],
            MergesList = merges,
            MergeKey = merges ? parsed[0].Name : null,
        };
    }
}
