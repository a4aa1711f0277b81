namespace Flyte.MultiCluster.Common.Tools.Kubectl;

/// <summary>
/// A kubeconfig's <c>tokenFile</c>, which others write anew before the token in it expires. It is read again once a minute, as kubectl does
/// (client-go's transport/token_source.go), and its former token goes on where it cannot be read.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="token">The token that it held when the kubeconfig was read.</param>
/// <param name="time">The clock.</param>
public sealed class TokenFile(string path, string token, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private string _token = token;
    private DateTimeOffset _next = time.GetUtcNow() + Period;

    /// <summary>The token to log in with now.</summary>
    public string Token
    {
        get
        {
            lock (_lock)
            {
                var now = time.GetUtcNow();
                if (now < _next)
                    return _token;
                _next = now + Period;
                return _token = Read(path) ?? _token;
            }
        }
    }

    /// <summary>Reads a token.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The token; null where there is none, or it cannot be read.</returns>
    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
