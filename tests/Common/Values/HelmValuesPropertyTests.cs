using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Values;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Values;

[TestFixture]
public sealed class HelmValuesPropertyTests
{
    private static readonly HelmValues Values = new();

    private static readonly Gen<string> Texts = Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Where(text => text is not null && IsUnicode(text)),
        Gen.Elements(
            "yes",
            "no",
            "null",
            "~",
            "1",
            "1.0",
            "0x1F",
            "1e3",
            "2001-01-01",
            "a b",
            "a: b",
            "a #b",
            "- a",
            "x\n",
            "x\ny\n",
            " x",
            "x ",
            "",
            "\t",
            "<<",
            "*a",
            "&a",
            "!x",
            "é",
            "😀",
            "\u2028",
            "\ufeff"
        ),
        Gen.ArrayOf(Gen.Elements('a', 'B', '1', ' ', '\n', ':', '#', '-', '\'', '"', '\\', '{', '[', ',', '.', '_', '\t', '\r', '%', '@'))
            .Select(characters => new string(characters))
    );

    private static readonly Gen<string> Keys = Gen.OneOf(Gen.Elements("a", "b", "c", "d.e"), Texts.Where(text => text.Length < 100));

    private static readonly Gen<JsonNode?> Leaves = Gen.OneOf(
        Texts.Select(text => (JsonNode?)JsonValue.Create(text)),
        ArbMap.Default.GeneratorFor<int>().Select(number => (JsonNode?)JsonValue.Create(number)),
        ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).Select(number => (JsonNode?)JsonValue.Create(number)),
        ArbMap.Default.GeneratorFor<bool>().Select(flag => (JsonNode?)JsonValue.Create(flag)),
        Gen.Constant((JsonNode?)null)
    );

    [FsCheck.NUnit.Property(QuietOnSuccess = true, MaxTest = 200)]
    public Property What_is_written_is_read_back_the_same() =>
        Prop.ForAll(Trees(), tree => Values.Same(Values.Parse(Values.Write(tree), "v.yaml"), tree).Label(Values.Write(tree)));

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property Writing_keeps_the_order_of_keys() =>
        Prop.ForAll(
            Trees(),
            tree => Values.Parse(Values.Write(tree), "v.yaml").Select(entry => entry.Key).SequenceEqual(tree.Select(entry => entry.Key), StringComparer.Ordinal)
        );

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property Merging_a_tree_with_itself_or_with_nothing_changes_nothing() =>
        Prop.ForAll(
            Trees(),
            tree =>
                Values.Same(Values.Merge(tree), tree)
                && Values.Same(Values.Merge(tree, tree), tree)
                && Values.Same(Values.Merge(tree, []), tree)
                && Values.Same(Values.Merge([], tree), tree)
        );

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property Merging_again_with_the_last_changes_nothing() =>
        Prop.ForAll(Trees(), Trees(), (a, b) => Values.Same(Values.Merge(Values.Merge(a, b), b), Values.Merge(a, b)));

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property Nothing_of_the_last_is_lost_in_a_merge() => Prop.ForAll(Trees(), Trees(), (a, b) => Values.Lost(b, Values.Merge(a, b)).Count == 0);

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property Changed_is_empty_exactly_where_two_trees_are_the_same() =>
        Prop.ForAll(Trees(), Trees(), (a, b) => Values.Changed(a, b).Count == 0 == Values.Same(a, b) && Values.Changed(a, a).Count == 0);

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property Everything_is_lost_in_nothing_but_empty_maps() =>
        Prop.ForAll(Trees(), tree => Values.Lost(tree, []).Count == Values.Changed(tree, []).Count - EmptyMaps(tree));

    private static Arbitrary<JsonObject> Trees() => Arb.From(Gen.Sized(size => Maps(Math.Min(size, 30))), Shrink);

    private static Gen<JsonObject> Maps(int size) =>
        from count in Gen.Choose(0, 9)
        from keys in Gen.ListOf(Keys, count).Select(some => some.Distinct(StringComparer.Ordinal).Take(6).ToArray())
        from values in Gen.ListOf(Nodes(size / 3), keys.Length)
        select new JsonObject(keys.Zip(values).Select(pair => KeyValuePair.Create(pair.First, pair.Second?.DeepClone())));

    private static Gen<JsonNode?> Nodes(int size) =>
        size < 2
            ? Leaves
            : Gen.OneOf(
                Leaves,
                Maps(size).Select(map => (JsonNode?)map),
                Gen.Choose(0, 5)
                    .SelectMany(count => Gen.ListOf(Nodes(size / 3), count))
                    .Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]))
            );

    private static IEnumerable<JsonObject> Shrink(JsonObject tree)
    {
        foreach (var key in tree.Select(entry => entry.Key).ToList())
        {
            var smaller = tree.DeepClone().AsObject();
            smaller.Remove(key);
            yield return smaller;
            if (tree[key] is JsonObject inner)
            {
                yield return inner.DeepClone().AsObject();
            }
        }
    }

    private static int EmptyMaps(JsonNode? node) =>
        node is JsonObject map ? map.Sum(entry => entry.Value is JsonObject { Count: 0 } ? 1 : EmptyMaps(entry.Value)) : 0;

    private static bool IsUnicode(string text) => !text.EnumerateRunes().Any(rune => rune.Value == 0xFFFD);
}
