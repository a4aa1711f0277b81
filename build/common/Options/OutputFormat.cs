namespace Flyte.MultiCluster.Common.Options;

/// <summary>What standard output holds.</summary>
public enum OutputFormat
{
    /// <summary>Words for people.</summary>
    Text,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>One JUnit XML document.</summary>
    Junit,

    /// <summary>One Mermaid flowchart.</summary>
    Mermaid,

    /// <summary>One SVG image.</summary>
    Svg,

    /// <summary>One HTML page.</summary>
    Html,
}
