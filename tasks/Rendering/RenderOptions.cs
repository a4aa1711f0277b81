using Flyte.MultiCluster.Common.Options;

namespace Flyte.MultiCluster.Tasks.Rendering;

/// <summary>Whose objects <see cref="Render"/> writes besides values, manifests and labels.</summary>
public enum RenderFlavor
{
    /// <summary>Nobody's.</summary>
    Plain,

    /// <summary>An Argo CD <c>Application</c> per cluster.</summary>
    ArgoCd,

    /// <summary>A Flux <c>HelmRelease</c> per cluster.</summary>
    Flux,
}

/// <summary>The options of <see cref="Render"/>.</summary>
public static class RenderOptions
{
    private static readonly Type[] RenderTargets = [typeof(Render)];

    /// <summary><c>--output-folder</c>.</summary>
    public static Option<string?> OutputFolder { get; } =
        new("output-folder", ValueKinds.Path, "The folder to write the fleet's values, manifests and labels to.", null)
        {
            DefaultIn = "rendered, beside the fleet file",
            Targets = RenderTargets,
            Examples = ["./build.sh --target=Render --flavor=argocd --output-folder=deploy/flyte"],
        };

    /// <summary><c>--flavor</c>.</summary>
    public static Option<RenderFlavor> Flavor { get; } =
        new(
            "flavor",
            new(
                "argocd|flux|plain",
                "argocd, flux or plain",
                static (string text, out RenderFlavor flavor) =>
                {
                    flavor =
                        text.Equals("argocd", StringComparison.OrdinalIgnoreCase) ? RenderFlavor.ArgoCd
                        : text.Equals("flux", StringComparison.OrdinalIgnoreCase) ? RenderFlavor.Flux
                        : RenderFlavor.Plain;
                    return flavor != RenderFlavor.Plain || text.Equals("plain", StringComparison.OrdinalIgnoreCase);
                }
            ),
            "With an Argo CD Application or a Flux HelmRelease for each cluster, or with neither.",
            RenderFlavor.Plain
        )
        {
            DefaultIn = "plain",
            Choices = ["argocd", "flux", "plain"],
            Targets = RenderTargets,
        };

    /// <summary>All of them, in help's order.</summary>
    public static IReadOnlyList<Option> All { get; } = [OutputFolder, Flavor];
}
