namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The name rules of Kubernetes, Helm and Viper that a fleet has to keep.</summary>
public static class FleetNames
{
    /// <summary>The longest cluster name: it is the name part of annotation keys.</summary>
    public const int MaximumClusterName = 63;

    /// <summary>The longest Helm release name.</summary>
    public const int MaximumRelease = 53;

    /// <summary>A DNS-1123 label: a namespace's name.</summary>
    public static bool IsDnsLabel(string name) => name.Length is > 0 and <= 63 && IsDnsPart(name);

    /// <summary>An environment variable's name.</summary>
    public static bool IsVariable(string name) =>
        name.Length is > 0 and <= 128 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>A DNS-1123 subdomain: a Secret's name.</summary>
    public static bool IsDnsSubdomain(string name) => name.Length is > 0 and <= 253 && name.Split('.').All(IsDnsPart);

    /// <summary>A Helm release's name.</summary>
    public static bool IsRelease(string name) => name.Length is > 0 and <= MaximumRelease && name.Split('.').All(IsDnsPart);

    /// <summary>A key of a label map that Viper leaves as it is.</summary>
    public static bool IsLabel(string name) => name.Length > 0 && IsLowerOrDigit(name[0]) && name.All(c => IsLowerOrDigit(c) || c is '_' or '-');

    /// <summary>What a Secret's key may be made of.</summary>
    public static bool IsSecretKey(string name) => name.Length is > 0 and <= 253 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    /// <summary>Whether a name begins and ends with a letter or a digit.</summary>
    public static bool HasPlainEnds(string name) => name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);

    /// <summary>An exact SemVer 2 version; the leading v that some repositories write is allowed.</summary>
    public static bool IsExactVersion(string version)
    {
        var plain = version.StartsWith('v') ? version[1..] : version;
        var build = plain.Split('+', 2);
        var release = build[0].Split('-', 2);
        var numbers = release[0].Split('.');
        return numbers.Length == 3 && numbers.All(IsNumber) && release.Skip(1).Concat(build.Skip(1)).All(HasIdentifiers);
    }

    private static bool IsNumber(string text) => text.Length is > 0 and <= 10 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0');

    private static bool HasIdentifiers(string text) => text.Split('.').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));

    private static bool IsDnsPart(string part) =>
        part.Length > 0 && IsLowerOrDigit(part[0]) && IsLowerOrDigit(part[^1]) && part.All(c => IsLowerOrDigit(c) || c == '-');

    private static bool IsLowerOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
