using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The rules of the section <c>flyteAdmin</c>.</summary>
/// <param name="files">Resolves files.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class FlyteAdminRules(ValuesFiles files, FleetProblems problems)
{
    private const string Ways = "Write auth: {tokenVariable: NAME}, {tokenCommand: [COMMAND, ARGUMENT]} or {clientId: ID, clientSecretVariable: NAME}.";

    private static readonly string[] WayKeys = ["tokenVariable", "tokenCommand", "clientId"];
    private static readonly string[] Users = ["executionLabels", "executionLabelFiles", "smoke", "pyflyte"];

    /// <summary>Notes what stands in the fleet that nothing can be done about without FlyteAdmin's address.</summary>
    public static void Need(FleetMap root, FleetProblems problems)
    {
        if (root.Get("flyteAdmin") is not null)
        {
            return;
        }

        foreach (var key in Users)
        {
            if (root.Get(key) is { } node && !(node.Kind == SourceKind.Sequence && node.Items.Count == 0))
            {
                problems.Add(node, $"'{key}' needs FlyteAdmin's address, and the fleet has none.", "Add flyteAdmin: {endpoint: https://flyte.example.com}.");
            }
        }
    }

    /// <summary>Reads the section; null where there is none.</summary>
    public FlyteAdminSettings? Read(FleetMap root)
    {
        if (root.Get("flyteAdmin") is not { } node || FleetMap.Open(node, "flyteAdmin", FleetKeys.FlyteAdmin, problems) is not { } map)
        {
            return null;
        }

        var endpoint = Endpoint(map);
        var login = Login(map);
        if (login is not null && endpoint is { Scheme: "http", IsLoopback: false })
        {
            problems.Add(map.Get("endpoint")!, "A token would be sent over plain http.", "Write https, or leave auth out.");
        }

        var settings = new FlyteAdminSettings
        {
            Endpoint = endpoint ?? new Uri("https://flyteadmin.invalid"),
            CaFile = files.Existing(map, "caFile", "the CA certificates that signed FlyteAdmin's certificate, in PEM"),
            Login = login,
            Flytectl = map.Flag("flytectl", otherwise: false),
            Config = files.Existing(map, "config", "flytectl's and pyflyte's configuration file"),
        };
        if (settings.Config is null && map.Get("config") is null)
        {
            NeedConfig(root, map, settings);
        }

        return settings;
    }

    // Their own default may lead to another Flyte.
    private void NeedConfig(FleetMap root, FleetMap map, FlyteAdminSettings settings)
    {
        const string Remedy = "Add flyteAdmin.config: the file whose admin.endpoint is this Flyte, such as ~/.flyte/config.yaml.";
        if (settings.Flytectl)
        {
            problems.Add(map.Get("flytectl")!, "flytectl would take its own default configuration, which may point to another Flyte.", Remedy);
        }

        if (root.Get("pyflyte") is { } pyflyte)
        {
            problems.Add(pyflyte, "pyflyte would take its own default configuration, which may point to another Flyte.", Remedy);
        }
    }

    private Uri? Endpoint(FleetMap map)
    {
        const string Remedy = "Write the address of FlyteAdmin's HTTP API: https://flyte.example.com.";
        if (map.RequiredText("endpoint", Remedy) is not { } text)
        {
            return null;
        }

        var node = map.Get("endpoint")!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
        {
            problems.Add(
                node,
                "flyteAdmin.endpoint is not an https or http address.",
                text.StartsWith("dns:", StringComparison.Ordinal) ? "That is the gRPC address of flyte.endpoint. " + Remedy : Remedy
            );
            return null;
        }

        if (uri.UserInfo.Length > 0)
        {
            problems.Add(node, "flyteAdmin.endpoint holds a user name or password.", $"Leave it out. {Ways}");
        }
        else if (uri.Query.Length + uri.Fragment.Length > 0 || uri.AbsolutePath.TrimEnd('/').EndsWith("/api/v1", StringComparison.Ordinal))
        {
            problems.Add(node, "flyteAdmin.endpoint has more than the server's address.", Remedy);
        }

        return uri;
    }

    private FlyteAdminLogin? Login(FleetMap map)
    {
        if (map.Get("auth") is not { } node || FleetMap.Open(node, "flyteAdmin.auth", FleetKeys.Auth, problems) is not { } auth)
        {
            return null;
        }

        var command = new List<string>();
        foreach (var item in auth.List("tokenCommand"))
        {
            command.Add(FleetValue.Text(item, "An argument of 'tokenCommand'", problems) ?? "");
        }

        var login = new FlyteAdminLogin
        {
            TokenVariable = Variable(auth, "tokenVariable"),
            TokenCommand = auth.Get("tokenCommand") is null ? null : command,
            ClientId = auth.Text("clientId"),
            ClientSecretVariable = Variable(auth, "clientSecretVariable"),
        };
        var ways = WayKeys.Count(key => auth.Get(key) is not null);
        if (ways != 1)
        {
            problems.Add(node, ways == 0 ? "flyteAdmin.auth names no way to log in." : "flyteAdmin.auth names more than one way to log in.", Ways);
        }
        else if (auth.Get("clientId") is null != (auth.Get("clientSecretVariable") is null))
        {
            problems.Add(node, "'clientId' and 'clientSecretVariable' go together.", Ways);
        }
        else if (auth.Get("tokenCommand") is { Kind: SourceKind.Sequence, Items.Count: 0 } empty)
        {
            problems.Add(empty, "'tokenCommand' is empty.", Ways);
        }

        return login;
    }

    // A secret pasted in place of the variable's name must not be shown.
    private string? Variable(FleetMap auth, string key)
    {
        var name = auth.Text(key);
        if (name is null || FleetNames.IsVariable(name))
        {
            return name;
        }

        problems.Add(
            auth.Get(key)!,
            $"'{key}' is not the name of an environment variable.",
            "Write the variable's name; the secret itself never goes into the fleet."
        );
        return null;
    }
}
