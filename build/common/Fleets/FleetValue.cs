using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>Reads single nodes of the fleet file as the types that are due.</summary>
internal static class FleetValue
{
    /// <summary>Whether a node is null or left empty.</summary>
    public static bool IsNull(SourceNode node) =>
        node is { Kind: SourceKind.Scalar, IsPlain: true } && YamlScalar.ResolvePlain(node.Value).Type == YamlScalarType.Null;

    /// <summary>A text for a message: no control characters, not too long.</summary>
    public static string Format(string text)
    {
        var visible = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return visible.Length <= 80 ? visible : visible[..77] + "...";
    }

    /// <summary>What a node is, in words, with its article.</summary>
    public static string Kind(SourceNode node) =>
        node.Kind switch
        {
            SourceKind.Mapping => "a mapping",
            SourceKind.Sequence => "a list",
            _ => KindOf(node),
        };

    /// <summary>A text. A plain number, bool or null is not taken for one: Helm and editors disagree on some of them.</summary>
    public static string? Text(SourceNode node, string name, FleetProblems problems)
    {
        problems.Visit(node);
        if (node.Kind != SourceKind.Scalar)
        {
            problems.Add(node, $"{name} must be a string, not {Kind(node)}.", "Write a single value.");
            return null;
        }

        if (Resolve(node, problems) is not { } scalar)
        {
            return null;
        }

        if (scalar.Type != YamlScalarType.String)
        {
            problems.Add(
                node,
                $"{name} must be a string, not {KindOf(node)}.",
                scalar.Type == YamlScalarType.Null ? "Write a value." : $"Write it in quotes: \"{Format(node.Value)}\"."
            );
            return null;
        }

        if (scalar.Text.Length == 0 || scalar.Text.Any(char.IsControl) || scalar.Text != scalar.Text.Trim())
        {
            problems.Add(
                node,
                $"{name} is {(scalar.Text.Trim().Length == 0 ? "an empty string" : "a string with a blank at an end, or with control characters")}.",
                "Write a single-line value without surrounding blanks."
            );
            return null;
        }

        return scalar.Text;
    }

    /// <summary>A truth value: true or false, without quotes. YAML 1.1's yes and on are strings to YAML 1.2, so they are refused.</summary>
    public static bool? Flag(SourceNode node, string name, FleetProblems problems)
    {
        problems.Visit(node);
        if (node.Kind == SourceKind.Scalar && node.IsPlain)
        {
            var scalar = YamlScalar.ResolvePlain(node.Value);
            if (node.Value is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            {
                return scalar.Flag;
            }

            if (scalar.Type == YamlScalarType.Bool)
            {
                problems.Add(
                    node,
                    $"{name} must be true or false; '{node.Value}' is a boolean to Helm but a string in YAML 1.2.",
                    $"Write {(scalar.Flag ? "true" : "false")}."
                );
                return null;
            }
        }

        problems.Add(node, $"{name} must be true or false, not {Kind(node)}.", "Write true or false, without quotes.");
        return null;
    }

    /// <summary>A number; it may be none (NaN) or infinite.</summary>
    public static double? Number(SourceNode node, string name, FleetProblems problems)
    {
        problems.Visit(node);
        if (
            node.Kind == SourceKind.Scalar
            && node.IsPlain
            && YamlScalar.ResolvePlain(node.Value) is { Type: YamlScalarType.Int or YamlScalarType.Float } scalar
        )
        {
            return scalar.Number;
        }

        problems.Add(node, $"{name} must be a number, not {Kind(node)}.", "Write a number without quotes, such as 0.5.");
        return null;
    }

    /// <summary>A list's items; empty, with the problem noted, where the node is no list.</summary>
    public static IReadOnlyList<SourceNode> List(SourceNode node, string name, FleetProblems problems)
    {
        problems.Visit(node);
        if (node.Kind == SourceKind.Sequence)
        {
            return node.Items;
        }

        var remedy = node.Kind == SourceKind.Scalar ? $"Write a list: [{Format(node.Value)}]." : "Write a list: each item on a line that begins with '- '.";
        problems.Add(node, $"{name} must be a list, not {Kind(node)}.", remedy);
        return [];
    }

    private static YamlScalar? Resolve(SourceNode node, FleetProblems problems)
    {
        try
        {
            return YamlScalar.Resolve(node);
        }
        catch (YamlFailureException failure)
        {
            problems.Add(node, failure.Message, "Write the value without a tag.");
            return null;
        }
    }

    private static string KindOf(SourceNode node) =>
        (node.IsPlain ? YamlScalar.ResolvePlain(node.Value).Type : YamlScalarType.String) switch
        {
            YamlScalarType.Null => "null",
            YamlScalarType.Bool => "true or false",
            YamlScalarType.Int or YamlScalarType.Float => "a number",
            _ => "a string",
        };
}
