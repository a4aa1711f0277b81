namespace Flyte.MultiCluster.Sandbox.Controllers.Pods;

/// <summary>The one node that all pods are on.</summary>
internal static class SandboxNode
{
    public const string Name = "sandbox-node";

    public const string Ip = "192.0.2.10";

    /// <summary>The n-th pod's address.</summary>
    public static string PodIp(int n) => $"10.244.{n / 250 % 256}.{(n % 250) + 2}";
}
