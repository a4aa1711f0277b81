using Flyte.MultiCluster.Common.Tools;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.House;

/// <summary>What CSharpier (<c>.csharpierrc.yaml</c>) cannot break by itself: long strings and comments.</summary>
internal sealed class LineTests
{
    private const int Longest = 160;

    [TestCase("build")]
    [TestCase("tasks")]
    [TestCase("sandbox")]
    [TestCase("tests")]
    public void No_line_is_longer_than_160_columns_unless_it_is_a_raw_strings(string project) =>
        Assert.That(Directory.EnumerateFiles(Path.Combine(ProjectRoot.Path, project), "*.cs", SearchOption.AllDirectories).SelectMany(TooLong), Is.Empty);

    private static IEnumerable<string> TooLong(string file)
    {
        if (Path.GetRelativePath(ProjectRoot.Path, file).Split(Path.DirectorySeparatorChar).Any(step => step is "bin" or "obj"))
            yield break;
        var isRaw = false;
        foreach (var (number, line) in File.ReadLines(file).Index())
        {
            var quotes = line.Split("\"\"\"").Length - 1;
            if (line.Length > Longest && !isRaw && quotes == 0)
                yield return $"{file}:{number + 1}";
            isRaw ^= quotes % 2 == 1;
        }
    }
}
