using System.Globalization;
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

/// <summary>One write recorded against a real Kubernetes 1.36 API server: the object before, what was sent, what was answered.</summary>
internal sealed record RecordedCase(
    string Type,
    string Manager,
    bool Force,
    DateTimeOffset Time,
    JsonObject? Before,
    JsonNode? Body,
    int Status,
    JsonObject After
)
{
    public static IEnumerable<TestCaseData> All(params string[] types) =>
        from file in Directory.EnumerateFiles(Folder(), "*.json").Order(StringComparer.Ordinal)
        let recorded = Read(file)
        where types.Contains(recorded.Type)
        select new TestCaseData(recorded).SetArgDisplayNames(Path.GetFileNameWithoutExtension(file));

    public static RecordedCase Named(string name) => Read(Path.Combine(Folder(), name + ".json"));

    /// <summary>Without what the registry fills in.</summary>
    public static JsonObject Comparable(JsonObject obj)
    {
        var copy = obj.DeepClone().AsObject();
        foreach (var name in new[] { "resourceVersion", "generation" })
            copy["metadata"]!.AsObject().Remove(name);
        return copy;
    }

    private static string Folder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "flyte-multicluster.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the repository is not above the tests");
        return Path.Combine(folder, "tests", "Sandbox", "Patching", "cases");
    }

    private static RecordedCase Read(string file)
    {
        var json = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        return new RecordedCase(
            (string)json["type"]!,
            (string)json["manager"]!,
            (bool)json["force"]!,
            DateTimeOffset.Parse((string)json["time"]!, CultureInfo.InvariantCulture),
            json["before"]?.AsObject(),
            json["body"],
            (int)json["status"]!,
            json["after"]!.AsObject()
        );
    }
}
