using Flyte.MultiCluster.Tests.Sandbox.Conformance;

namespace Flyte.MultiCluster.Tests.Sandbox.Chart;

/// <summary>A real helm of one major version, without a cluster.</summary>
internal sealed class Helm
{
    private readonly Tool _tool;

    private Helm(int major) => _tool = new Tool(Tool.Helm(major), string.Empty, Path.GetTempPath());

    /// <summary>The repository's root: the folder of the solution file above the tests' binaries.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where the stand-in chart is.</summary>
    public static string StandIn { get; } = Path.Combine(Root, "sandbox", "chart", "flyte-core");

    public static Helm OfMajorVersion(int major) => new(major);

    public (int Code, string Output) Run(params string[] arguments)
    {
        var said = _tool.Run(arguments);
        return (said.Code, said.Code == 0 ? said.Output : said.All);
    }

    /// <summary>Renders the stand-in, offline, as helm would render it for a cluster with CustomResourceDefinitions v1.</summary>
    public (int Code, string Output) Template(string release, params string[] valuesFiles) =>
        Run([
            "template",
            release,
            StandIn,
            "--namespace",
            "flyte",
            "--api-versions",
            "apiextensions.k8s.io/v1/CustomResourceDefinition",
            .. valuesFiles.SelectMany(f => new[] { "--values", f }),
        ]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "flyte-multicluster.slnx")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("No flyte-multicluster.slnx above " + AppContext.BaseDirectory);
    }
}
