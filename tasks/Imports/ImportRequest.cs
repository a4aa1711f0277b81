using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>What is to be imported, and where to.</summary>
internal sealed record ImportRequest
{
    /// <summary>The control plane's kubeconfig context.</summary>
    public required string ControlPlane { get; init; }

    /// <summary>The contexts that may be data planes, in order.</summary>
    public required IReadOnlyList<string> Candidates { get; init; }

    /// <summary>The fleet file to write, an absolute path.</summary>
    public required string Fleet { get; init; }

    /// <summary>Flyte's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The control plane's release; null to find it.</summary>
    public string? Release { get; init; }

    /// <summary>The chart's folder or archive, an absolute path; null for Flyte's Helm repository.</summary>
    public string? Chart { get; init; }

    /// <summary>The overlays' folders, absolute paths; null for Helm.</summary>
    public OverlayFolders? Overlays { get; init; }

    /// <summary>FlyteAdmin's API; null where it is not given.</summary>
    public FlyteAdminSettings? FlyteAdmin { get; init; }

    /// <summary>The folder of the values files.</summary>
    public string ValuesFolder => Path.Combine(Path.GetDirectoryName(Fleet)!, $"{Path.GetFileNameWithoutExtension(Fleet)}-values");

    /// <summary>Reads the options, and checks them against the kubeconfig and the files that are there.</summary>
    /// <param name="options">What the command line says.</param>
    /// <param name="contexts">The kubeconfig's contexts.</param>
    /// <exception cref="RefusedException">Some are wrong or missing: all problems at once.</exception>
    public static ImportRequest Of(OptionValues options, IReadOnlyCollection<string> contexts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(contexts);
        var problems = new List<Problem>();
        var (control, given) = (options.Get(ImportOptions.ControlPlane), options.Get(ImportOptions.DataPlanes));
        if (control is null)
            problems.Add(new Problem("--control-plane", "It has to name the control plane's kubeconfig context.", $"There are {Listed(contexts)}."));
        problems.AddRange(Unknown("--control-plane", control is null ? [] : [control], contexts));
        problems.AddRange(Unknown("--data-planes", given ?? [], contexts));
        if (control is not null && given?.Contains(control, StringComparer.Ordinal) == true)
            problems.Add(new Problem("--data-planes", $"'{control}' is the control plane.", "Leave it out there."));
        var fleet = options.Get(ImportOptions.OutputFleet) is { } path ? ProcessEnvironment.Current.FullPath(path) : null;
        problems.AddRange(
            fleet is null ? [new Problem("--output-fleet", "It has to name the fleet file to write.", "Write --output-fleet=PATH.")] : Unwritable(fleet)
        );
        var chart = Existing(options, ImportOptions.Chart, problems);
        var overlays = ReadOverlays(options, problems);
        var admin = ReadFlyteAdmin(options, problems);
        if (problems.Count > 0)
            throw new RefusedException(problems);
        return new ImportRequest
        {
            ControlPlane = control!,
            Candidates = [.. (given ?? contexts).Where(context => context != control)],
            Fleet = fleet!,
            Namespace = options.Get(ImportOptions.Namespace)!,
            Release = options.Get(ImportOptions.Release),
            Chart = chart,
            Overlays = overlays,
            FlyteAdmin = admin,
        };
    }

    private static IEnumerable<Problem> Unknown(string option, IReadOnlyList<string> names, IReadOnlyCollection<string> contexts) =>
        names
            .Where(name => !contexts.Contains(name, StringComparer.Ordinal))
            .Select(name => new Problem(option, $"The kubeconfig has no context '{name}'.", Nearest.Remedy(name, contexts)));

    private static FlyteAdminSettings? ReadFlyteAdmin(OptionValues options, List<Problem> problems)
    {
        Option[] more =
        [
            ImportOptions.FlyteAdminCa,
            ImportOptions.FlyteAdminClientId,
            ImportOptions.FlyteAdminClientSecretVariable,
            ImportOptions.FlyteAdminTokenVariable,
        ];
        if (options.Get(ImportOptions.FlyteAdmin) is not { } endpoint)
        {
            problems.AddRange(
                more.Where(options.Has)
                    .Select(option => new Problem($"--{option.Name}", "It is only valid with --flyteadmin.", "Add --flyteadmin=URL, or leave it out."))
            );
            return null;
        }

        var before = problems.Count;
        var settings = new FlyteAdminSettings
        {
            Endpoint = endpoint,
            CaFile = Existing(options, ImportOptions.FlyteAdminCa, problems),
            Login = ReadLogin(options, endpoint, problems),
        };
        if (problems.Count == before)
            problems.AddRange(FlyteAdminClient.Check(settings));
        return settings;
    }

    // A secret that is given in place of a variable's name is not shown.
    private static FlyteAdminLogin? ReadLogin(OptionValues options, Uri endpoint, List<Problem> problems)
    {
        var (client, secret) = (ImportOptions.FlyteAdminClientId, ImportOptions.FlyteAdminClientSecretVariable);
        var token = ImportOptions.FlyteAdminTokenVariable;
        if (!options.Has(client) && !options.Has(secret) && !options.Has(token))
            return null;
        problems.AddRange(
            new[] { secret, token }
                .Where(option => options.Get(option) is { } name && !FleetNames.IsVariable(name))
                .Select(option => new Problem(
                    $"--{option.Name}",
                    "It is not the name of an environment variable.",
                    "Write the variable's name; the secret itself never stands on a command line."
                ))
        );
        if (options.Has(client) != options.Has(secret) || options.Has(client) == options.Has(token))
            problems.Add(
                new Problem(
                    $"--{(options.Has(token) ? token : client).Name}",
                    "It is no whole way to log in, or one beside another.",
                    $"Give either --{client.Name} with --{secret.Name}, or --{token.Name}."
                )
            );
        if (endpoint is { Scheme: "http", IsLoopback: false })
            problems.Add(new Problem("--flyteadmin", "A token would be sent over plain http.", "Write https, or leave the login out."));
        return new FlyteAdminLogin
        {
            ClientId = options.Get(client),
            ClientSecretVariable = options.Get(secret),
            TokenVariable = options.Get(token),
        };
    }

    private static OverlayFolders? ReadOverlays(OptionValues options, List<Problem> problems)
    {
        if (options.Get(ImportOptions.Overlays) is not [var control, var data])
            return null;
        foreach (var helm in new Option[] { ImportOptions.Chart, ImportOptions.Release }.Where(options.Has))
            problems.Add(new Problem($"--{helm.Name}", "It is for Helm, and --overlays for kustomize.", "Leave one of them out."));
        string[] folders = [.. new[] { control, data }.Select(ProcessEnvironment.Current.FullPath)];
        problems.AddRange(
            folders
                .Where(folder => !OverlayFolders.IsOverlay(folder))
                .Select(folder => new Problem(
                    "--overlays",
                    $"'{ProcessEnvironment.Current.RelativePath(folder)}' holds no kustomization.yaml.",
                    "Name the folders of the control plane's and the data planes' overlays."
                ))
        );
        return new OverlayFolders(DataPlane: folders[1], ControlPlane: folders[0]);
    }

    private static string? Existing(OptionValues options, Option<string?> option, List<Problem> problems)
    {
        if (options.Get(option) is not { } given)
            return null;
        var path = ProcessEnvironment.Current.FullPath(given);
        if (!Path.Exists(path))
            problems.Add(new Problem($"--{option.Name}", $"There is no '{given}'.", "Correct the path."));
        return path;
    }

    private static IEnumerable<Problem> Unwritable(string fleet)
    {
        if (ImportedFile.Obstacle(fleet) is { } obstacle)
            return [obstacle];
        try
        {
            ArtifactFile.Try(fleet);
            return [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return
            [
                new Problem("--output-fleet", $"It cannot be written: {exception.Message.TrimEnd('.')}.", "Name a file in a folder that you can write to."),
            ];
        }
    }

    private static string Listed(IReadOnlyCollection<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
}
