using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>A set of field paths: a tree whose nodes say whether the path that ends there is in the set. Treated as immutable once built.</summary>
internal sealed class FieldSet
{
    private readonly Dictionary<string, FieldSet> children = new(StringComparer.Ordinal);

    private bool member;

    /// <summary>Whether no path is in the set.</summary>
    public bool IsEmpty => !member && children.Count == 0;

    private IEnumerable<KeyValuePair<string, FieldSet>> Ordered => children.OrderBy(child => child.Key, PathElement.Order);

    /// <summary>Whether the path of one element is in the set.</summary>
    public bool Has(string element) => children.TryGetValue(element, out var child) && child.member;

    /// <summary>The paths below an element; null when there is none.</summary>
    public FieldSet? Below(string element) => children.TryGetValue(element, out var child) && child.children.Count > 0 ? child : null;

    /// <summary>Adds a path, while the set is being built.</summary>
    public void Add(IEnumerable<string> path)
    {
        var node = this;
        foreach (var element in path)
        {
            if (!node.children.TryGetValue(element, out var child))
                node.children[element] = child = new FieldSet();
            node = child;
        }
        node.member = !ReferenceEquals(node, this);
    }

    /// <summary>The paths of both.</summary>
    public FieldSet Union(FieldSet other) => Combine(this, other, (left, right) => left || right);

    /// <summary>The paths that are in both.</summary>
    public FieldSet Intersection(FieldSet other) => Combine(this, other, (left, right) => left && right);

    /// <summary>The paths that are not in the other.</summary>
    public FieldSet Difference(FieldSet other) => Combine(this, other, (left, right) => left && !right);

    /// <summary>The set without some elements at its root, and all below them.</summary>
    public FieldSet WithoutRoots(Func<string, bool> drop)
    {
        var result = new FieldSet();
        foreach (var (element, child) in children)
        {
            if (!drop(element))
                result.children[element] = child;
        }
        return result;
    }

    /// <summary>The set, and each struct field on the way to its paths: who owns <c>spec.replicas</c> has <c>spec</c>.</summary>
    public FieldSet WithNamedParents(FieldSchema schema)
    {
        var result = new FieldSet { member = member };
        foreach (var (element, child) in children)
        {
            var isField = element.StartsWith("f:", StringComparison.Ordinal);
            var inner = child.WithNamedParents(isField ? schema.Field(element[2..]) : schema.Item ?? FieldSchema.Plain);
            inner.member |= isField && child.children.Count > 0 && schema.IsNamed(element[2..]);
            result.children[element] = inner;
        }
        return result;
    }

    /// <summary>Every path, as people read it: those that end at a node before those below it.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        foreach (var (element, child) in Ordered)
        {
            if (child.member)
                yield return prefix + PathElement.Display(element);
        }
        foreach (var (element, child) in Ordered)
        {
            foreach (var path in child.Paths(prefix + PathElement.Display(element)))
                yield return path;
        }
    }

    /// <summary>The set as FieldsV1.</summary>
    public JsonObject ToFieldsV1()
    {
        var json = new JsonObject();
        foreach (var (element, child) in Ordered)
        {
            var inner = child.ToFieldsV1();
            if (child.member && inner.Count > 0)
                inner.Insert(0, ".", new JsonObject());
            json[element] = inner;
        }
        return json;
    }

    /// <summary>Reads FieldsV1.</summary>
    /// <exception cref="FormatException">For an unknown path element.</exception>
    /// <exception cref="System.Text.Json.JsonException">For a key or value that is not JSON.</exception>
    public static FieldSet FromFieldsV1(JsonObject json)
    {
        var set = new FieldSet();
        foreach (var (element, value) in json)
        {
            if (element == ".")
            {
                set.member = true;
                continue;
            }
            var child = FromFieldsV1(value as JsonObject ?? []);
            child.member |= child.children.Count == 0;
            set.children[PathElement.Canonical(element)] = child;
        }
        return set;
    }

    private void Attach(string element, FieldSet child)
    {
        if (!child.IsEmpty)
            children[element] = child;
    }

    private static FieldSet Combine(FieldSet left, FieldSet right, Func<bool, bool, bool> keep)
    {
        var result = new FieldSet { member = keep(left.member, right.member) };
        foreach (var (element, child) in left.children)
            result.Attach(element, Combine(child, right.children.GetValueOrDefault(element, Nothing), keep));
        foreach (var (element, child) in right.children)
        {
            if (!left.children.ContainsKey(element))
                result.Attach(element, Combine(Nothing, child, keep));
        }
        return result;
    }

    private static readonly FieldSet Nothing = new();
}
