namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>The names that Kubernetes gives to users and groups, and the users made of them.</summary>
public static class Users
{
    /// <summary>The group that may do everything, whatever RBAC says.</summary>
    public const string Masters = "system:masters";

    /// <summary>The group of everybody who authenticated.</summary>
    public const string Authenticated = "system:authenticated";

    /// <summary>The group of everybody who did not.</summary>
    public const string Unauthenticated = "system:unauthenticated";

    /// <summary>The user of a request without any credential.</summary>
    public const string Anonymous = "system:anonymous";

    /// <summary>The extra attribute that names the credential that was used.</summary>
    public const string CredentialId = "authentication.kubernetes.io/credential-id";

    private static readonly Dictionary<string, IReadOnlyList<string>> NoExtra = [];

    /// <summary>Nobody in particular.</summary>
    public static UserInfo AnonymousUser { get; } = new(Anonymous, "", [Unauthenticated], NoExtra);

    /// <summary>The user name of a service account.</summary>
    public static string ServiceAccountName(string ns, string name) => $"system:serviceaccount:{ns}:{name}";

    /// <summary>A service account as a user.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="uid">Its uid.</param>
    /// <param name="extra">Extra attributes; null for none.</param>
    public static UserInfo ServiceAccount(string ns, string name, string uid, IReadOnlyDictionary<string, IReadOnlyList<string>>? extra = null) =>
        new(ServiceAccountName(ns, name), uid, ["system:serviceaccounts", $"system:serviceaccounts:{ns}", Authenticated], extra ?? NoExtra);

    /// <summary>A user of a client certificate or an impersonation: <see cref="Authenticated"/> is added to the groups.</summary>
    public static UserInfo Named(string name, string uid, IEnumerable<string> groups, IReadOnlyDictionary<string, IReadOnlyList<string>>? extra = null) =>
        new(name, uid, [.. groups.Append(Authenticated).Distinct(StringComparer.Ordinal)], extra ?? NoExtra);
}
