namespace Flyte.MultiCluster.Common.Problems;

/// <summary>The names of targets that plumbing names in a remedy or looks for in a run; the tasks themselves it does not know.</summary>
public static class TargetNames
{
    /// <summary>Joins data planes.</summary>
    public const string AddDataPlane = "AddDataPlane";

    /// <summary>Checks AWS.</summary>
    public const string CheckAws = "CheckAws";

    /// <summary>Makes the fleet's clusters, without nodes.</summary>
    public const string CreateCluster = "CreateCluster";

    /// <summary>Makes the fleet's clusters and their nodes.</summary>
    public const string CreateNodeGroup = "CreateNodeGroup";

    /// <summary>Installs helm and kubectl.</summary>
    public const string InstallTools = "InstallTools";

    /// <summary>Makes the roles on AWS.</summary>
    public const string Prerequisites = "Prerequisites";

    /// <summary>Removes data planes.</summary>
    public const string RemoveDataPlane = "RemoveDataPlane";

    /// <summary>Upgrades a fleet at work to another version of the chart.</summary>
    public const string UpgradeFleet = "UpgradeFleet";

    /// <summary>Upgrades the control plane.</summary>
    public const string UpgradeControlPlane = "UpgradeControlPlane";

    /// <summary>Checks the pods of the control plane.</summary>
    public const string VerifyPods = "VerifyPods";
}
