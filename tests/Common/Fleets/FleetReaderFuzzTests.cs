using System.Text;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Fleets;

[TestFixture]
public sealed class FleetReaderFuzzTests
{
    private static readonly string[] Fragments =
    [
        "\t",
        "\n",
        " ",
        "  ",
        ":",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        "<<: ",
        "!!int ",
        "!x ",
        "|\n",
        ">",
        "'",
        "\"",
        "\\",
        "#",
        "%",
        "@",
        "?",
        "~",
        "null",
        "---\n",
        "...\n",
        "\0",
        "\uFEFF",
        "é",
        "1e999",
        ".nan",
        "-1",
        "yes",
        "0x",
        ",",
        "dataplane_1",
        "values: [",
    ];

    [Test]
    public void Whatever_the_file_holds_the_answer_is_a_fleet_or_problems([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        var reader = new FleetReader();
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 250; round++)
        {
            var text = Mutated(random);
            var path = folder.Write("fleet.yaml", text);
            FleetReadResult? result = null;
            Assert.That(() => result = reader.Read(path), Throws.Nothing, text);
            Assert.That(result!.Fleet is null, Is.EqualTo(result.Problems.Count > 0), text);
            Assert.That(result.Problems.Select(problem => problem.Place), Has.All.StartsWith(path), text);
        }
    }

    [Test]
    public void Whatever_the_document_holds_it_is_values_or_a_format_error([Range(1, 4)] int seed)
    {
        var random = new Random(seed);
        var values = new HelmValues();
        for (var round = 0; round < 500; round++)
        {
            var text = Mutated(random);
            try
            {
                var tree = values.Parse(text, "v.yaml");
                Assert.That(values.Same(values.Parse(values.Write(tree), "w.yaml"), tree), Is.True, text);
            }
            catch (FormatException failure)
            {
                Assert.That(failure.Message, Does.StartWith("v.yaml:"), text);
            }
        }
    }

    private static string Mutated(Random random)
    {
        var text = new StringBuilder(FleetText.Valid);
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(3))
            {
                case 0:
                    text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at));
                    break;
                case 1:
                    text.Insert(at, Fragments[random.Next(Fragments.Length)]);
                    break;
                default:
                    text.Insert(at, text.ToString(0, Math.Min(random.Next(40), text.Length)));
                    break;
            }
        }

        return text.ToString();
    }
}
