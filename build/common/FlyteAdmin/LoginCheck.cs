using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>What is wrong with the way to FlyteAdmin and can be known before any call.</summary>
public static class LoginCheck
{
    /// <summary>What to do where FlyteAdmin wants a login and the fleet has none.</summary>
    public const string Missing =
        "FlyteAdmin requires a login: add flyteAdmin.auth to the fleet, for example auth: {clientId: flytepropeller, clientSecretVariable: "
        + "FLYTE_CLIENT_SECRET}, or tokenVariable, or tokenCommand.";

    private const string Auth = "flyteAdmin.auth";

    /// <summary>All problems.</summary>
    public static IReadOnlyList<Problem> Run(FlyteAdminSettings settings) =>
        [
            .. new[]
            {
                Variable(settings.Login?.TokenVariable, "FlyteAdmin's token", isToken: true),
                Variable(settings.Login?.ClientSecretVariable, "the OAuth2 client's secret", isToken: false),
                Command(settings.Login?.TokenCommand),
                CaFile(settings.CaFile),
            }.OfType<Problem>(),
        ];

    /// <summary>The secret in an environment variable, trimmed.</summary>
    /// <exception cref="FlyteAdminException">The variable is not set.</exception>
    public static string Secret(string variable, SecretMask mask)
    {
        var secret = ProcessEnvironment.Current.Variable(variable)?.Trim() ?? string.Empty;
        if (secret.Length == 0)
            throw new FlyteAdminException("login", null, GrpcCodes.Unauthenticated, $"the environment variable {variable} is not set.");
        mask.Add(secret);
        return secret;
    }

    private static Problem? Variable(string? name, string what, bool isToken)
    {
        if (name is null)
            return null;
        var secret = ProcessEnvironment.Current.Variable(name)?.Trim() ?? string.Empty;
        return secret.Length == 0
                ? new Problem(
                    Auth,
                    $"The environment variable {name} is not set; it holds {what}.",
                    $"Set it in the shell that runs this program: export {name}=…"
                )
            : isToken && !AccessToken.IsUsable(secret)
                ? new Problem(
                    Auth,
                    $"The environment variable {name} holds more than {what}: it contains blanks or line breaks.",
                    "Set it again, without them."
                )
            : null;
    }

    private static Problem? Command(IReadOnlyList<string>? command) =>
        command is { Count: > 0 } && TokenCommand.Find(command[0]) is null
            ? new Problem(Auth, $"The token command '{command[0]}' does not exist, or cannot be executed.", "Install it, add it to PATH, or write its path.")
            : null;

    private static Problem? CaFile(string? path)
    {
        if (path is null)
            return null;
        const string Remedy = "Write the PEM file with the CA that signed FlyteAdmin's certificate, -----BEGIN CERTIFICATE-----.";
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            foreach (var certificate in certificates)
                certificate.Dispose();
            return certificates.Count > 0 ? null : new Problem("flyteAdmin.caFile", $"{path} holds no certificate.", Remedy);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return new Problem("flyteAdmin.caFile", $"{path} cannot be read: {exception.Message}", Remedy);
        }
    }
}
