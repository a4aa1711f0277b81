using Flyte.MultiCluster.Common.Options;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>The options of <see cref="Import"/> and its steps.</summary>
public static class ImportOptions
{
    private static readonly Type[] ImportTargets = [typeof(Import), typeof(ReadControlPlane), typeof(FindDataPlanes), typeof(ReadCloud), typeof(WriteFleet)];

    private static readonly ValueKind<string?> Context = Text("CONTEXT", "the name of a kubeconfig context", static _ => true);

    /// <summary><c>--control-plane</c>.</summary>
    public static Option<string?> ControlPlane { get; } =
        new("control-plane", Context, "The kubeconfig context of the control plane to import.", null)
        {
            Targets = ImportTargets,
            Examples = ["./build.sh --target=Import --control-plane=CONTEXT --output-fleet=values/fleet.yaml"],
        };

    /// <summary><c>--data-planes</c>.</summary>
    public static Option<IReadOnlyList<string>?> DataPlanes { get; } =
        new(
            "data-planes",
            new(
                "CONTEXT[,CONTEXT]",
                "names of kubeconfig contexts separated by commas, none of them empty",
                static (string text, out IReadOnlyList<string>? names) =>
                {
                    var isRead = ValueKinds.Names.Read(text, out var read);
                    names = read;
                    return isRead;
                }
            ),
            "The kubeconfig contexts that may be its data planes; no other context is asked anything.",
            null
        )
        {
            DefaultIn = "all",
            Targets = ImportTargets,
        };

    /// <summary><c>--output-fleet</c>.</summary>
    public static Option<string?> OutputFleet { get; } =
        new("output-fleet", ValueKinds.Path, "The fleet file to write; values files are written to a folder beside it.", null) { Targets = ImportTargets };

    /// <summary><c>--namespace</c>.</summary>
    public static Option<string?> Namespace { get; } =
        new(
            "namespace",
            Text(
                "NAME",
                "a namespace's name",
                static text => text.Length <= 63 && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
            ),
            "Flyte's namespace in all clusters.",
            "flyte"
        )
        {
            Targets = ImportTargets,
        };

    /// <summary><c>--release</c>.</summary>
    public static Option<string?> Release { get; } =
        new("release", Text("NAME", "a Helm release's name", static _ => true), "The control plane's Helm release, where it has several of Flyte.", null)
        {
            Targets = ImportTargets,
        };

    /// <summary><c>--chart</c>.</summary>
    public static Option<string?> Chart { get; } =
        new("chart", ValueKinds.Path, "The chart's folder or archive for the fleet; a release does not say where its chart came from.", null)
        {
            DefaultIn = "Flyte's Helm repository",
            Targets = ImportTargets,
        };

    /// <summary><c>--overlays</c>.</summary>
    public static Option<IReadOnlyList<string>?> Overlays { get; } =
        new(
            "overlays",
            new(
                "PATH,PATH",
                "the folders of two overlays, the control plane's and the data planes', separated by a comma",
                static (string text, out IReadOnlyList<string>? folders) => (folders = text.Split(',')) is [{ Length: > 0 }, { Length: > 0 }]
            ),
            "The overlays of the control plane and of the data planes, where kustomize installed Flyte.",
            null
        )
        {
            Targets = ImportTargets,
        };

    /// <summary><c>--flyteadmin</c>.</summary>
    public static Option<Uri?> FlyteAdmin { get; } =
        new(
            "flyteadmin",
            new(
                "URL",
                "the address of FlyteAdmin's HTTP API, such as https://flyte.example.com",
                static (string text, out Uri? uri) =>
                    Uri.TryCreate(text, UriKind.Absolute, out uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length + uri.Query.Length == 0
            ),
            "FlyteAdmin's HTTP API, to read the execution cluster labels from.",
            null
        )
        {
            Targets = ImportTargets,
        };

    /// <summary><c>--flyteadmin-ca</c>.</summary>
    public static Option<string?> FlyteAdminCa { get; } =
        new("flyteadmin-ca", ValueKinds.Path, "The CA certificates to trust for --flyteadmin, PEM.", null)
        {
            DefaultIn = "this machine's",
            Targets = ImportTargets,
        };

    /// <summary><c>--flyteadmin-client-id</c>.</summary>
    public static Option<string?> FlyteAdminClientId { get; } =
        new("flyteadmin-client-id", Text("ID", "an OAuth2 client's id", static _ => true), "The OAuth2 client to log in to --flyteadmin with.", null)
        {
            Targets = ImportTargets,
        };

    /// <summary><c>--flyteadmin-client-secret-variable</c>.</summary>
    public static Option<string?> FlyteAdminClientSecretVariable { get; } =
        new(
            "flyteadmin-client-secret-variable",
            Text("NAME", "the name of an environment variable", static _ => true),
            "The environment variable with that client's secret.",
            null
        )
        {
            Targets = ImportTargets,
        };

    /// <summary><c>--flyteadmin-token-variable</c>.</summary>
    public static Option<string?> FlyteAdminTokenVariable { get; } =
        new(
            "flyteadmin-token-variable",
            Text("NAME", "the name of an environment variable", static _ => true),
            "The environment variable with a token for --flyteadmin.",
            null
        )
        {
            Targets = ImportTargets,
        };

    /// <summary>All of them, in help's order.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        ControlPlane,
        DataPlanes,
        OutputFleet,
        Namespace,
        Release,
        Chart,
        Overlays,
        FlyteAdmin,
        FlyteAdminCa,
        FlyteAdminClientId,
        FlyteAdminClientSecretVariable,
        FlyteAdminTokenVariable,
    ];

    private static ValueKind<string?> Text(string placeholder, string expected, Predicate<string> fits) =>
        new(
            placeholder,
            expected,
            (string text, out string? value) =>
            {
                value = text;
                return fits(text);
            }
        );
}
