using System.Text;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>Knows the secrets of a run and takes them out of what is reported, in whatever way a server may echo them.</summary>
public sealed class SecretMask
{
    private const int LongestText = 500;
    private const int ShortestSecret = 4;
    private const string Masked = "[secret]";

    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Remembers a secret, as it is, escaped and in base64.</summary>
    public void Add(string secret)
    {
        if (secret.Length < ShortestSecret)
            return;
        lock (_gate)
        {
            _secrets.Add(secret);
            _secrets.Add(Uri.EscapeDataString(secret));
            _secrets.Add(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)));
        }
    }

    /// <summary>A text on one line, without secrets and at most 500 characters long.</summary>
    public string Clean(string text)
    {
        string[] secrets;
        lock (_gate)
            secrets = [.. _secrets.OrderByDescending(secret => secret.Length)];
        foreach (var secret in secrets)
            text = text.Replace(secret, Masked, StringComparison.Ordinal);
        var line = new StringBuilder();
        foreach (var letter in text.Trim())
        {
            if (!char.IsWhiteSpace(letter) && !char.IsControl(letter))
                line.Append(letter);
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');
            if (line.Length > LongestText)
                break;
        }

        return line.Length > LongestText ? line.ToString(0, LongestText - 1) + "…" : line.ToString().TrimEnd();
    }
}
