namespace Flyte.MultiCluster.Common.Problems;

/// <summary>The names of targets that plumbing names in a remedy or looks for in a run; the tasks themselves it does not know.</summary>
internal static class TargetNames
{
    /// <summary>Joins data planes.</summary>
    public const string AddDataPlane = "AddDataPlane";

    /// <summary>Checks AWS.</summary>
    public const string CheckAws = "CheckAws";

    /// <summary>Makes the fleet's clusters and their nodes.</summary>
    public const string CreateNodeGroup = "CreateNodeGroup";

    /// <summary>Installs helm and kubectl.</summary>
    public const string InstallTools = "InstallTools";

    /// <summary>Makes the roles on AWS.</summary>
    public const string Prerequisites = "Prerequisites";
}
