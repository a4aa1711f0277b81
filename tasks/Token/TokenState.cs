namespace Flyte.MultiCluster.Tasks.Token;

/// <summary>What a run knows of a data plane's token.</summary>
internal sealed class TokenState
{
    /// <summary>Where it comes from; null before it was looked for in this run.</summary>
    public TokenOrigin? Origin { get; set; }
}
