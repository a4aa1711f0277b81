namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>A bearer token, and how to show it. Not a record: those print what they hold.</summary>
/// <param name="header">The header that takes it.</param>
/// <param name="value">The token.</param>
/// <param name="renewAt">When to get another; null for when it is refused.</param>
internal sealed class AccessToken(string header, string value, DateTimeOffset? renewAt)
{
    /// <summary>In place of a token where FlyteAdmin wants none; kept until FlyteAdmin refuses a call without one.</summary>
    public static AccessToken Off { get; } = new(string.Empty, string.Empty, renewAt: null);

    /// <summary>The header that takes it.</summary>
    public string Header => header;

    /// <summary>The token.</summary>
    public string Value => value;

    /// <summary>When to get another; null for when it is refused.</summary>
    public DateTimeOffset? RenewAt => renewAt;

    /// <summary>Whether a text can stand in a header: no blanks, no line ends, nothing beyond ASCII.</summary>
    public static bool IsUsable(string text) => text.Length > 0 && text.All(letter => letter is > ' ' and < '\u007f');
}

/// <summary>Keeps a login's token; calls at the same time share one renewal, and its failure.</summary>
/// <param name="fetch">Gets a token.</param>
/// <param name="time">The clock.</param>
internal sealed class AccessTokens(Func<CancellationToken, Task<AccessToken>> fetch, TimeProvider time)
{
    private readonly Lock _gate = new();

    private AccessToken? _token;
    private Task<AccessToken>? _renewal;

    /// <summary>The token, renewed where its time is up.</summary>
    public async Task<AccessToken> GetAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<AccessToken> renewal;
            bool isOurs;
            lock (_gate)
            {
                if (_token is { } token && (token.RenewAt is null || time.GetUtcNow() < token.RenewAt))
                    return token;
                isOurs = _renewal is null;
                renewal = _renewal ??= Task.Run(() => FetchAsync(cancellationToken), CancellationToken.None);
            }

            try
            {
                // Whoever started it stays until it has ended: it may be a child process.
                return isOurs ? await renewal : await renewal.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The caller that started it went away.
            }
        }
    }

    /// <summary>Whether the last login found that FlyteAdmin wants none.</summary>
    public bool IsOff
    {
        get
        {
            lock (_gate)
                return ReferenceEquals(_token, AccessToken.Off);
        }
    }

    /// <summary>Another token, or another header for it, in place of one that was refused.</summary>
    /// <returns>The other token; null where there is no other.</returns>
    public async Task<AccessToken?> RenewAsync(AccessToken refused, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_token, refused))
                _token = null;
        }

        var renewed = await GetAsync(cancellationToken);
        return renewed.Value == refused.Value && renewed.Header == refused.Header ? null : renewed;
    }

    private async Task<AccessToken> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            var token = await fetch(cancellationToken);
            lock (_gate)
                _token = token;
            return token;
        }
        finally
        {
            lock (_gate)
                _renewal = null;
        }
    }
}
