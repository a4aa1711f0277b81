using System.Reflection;
using Cake.Frosting;
using Flyte.MultiCluster.Tasks;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>What AddDataPlane runs, in order: dependencies first, in the order in which they are declared (TaskOrderTests).</summary>
internal sealed class TargetOrderTests
{
    [Test]
    public void AddDataPlane_checks_everything_first_and_ends_with_labels_and_the_smoke_run()
    {
        var order = new List<string>();
        Visit(typeof(AddDataPlane), order);

        Assert.That(
            order,
            Is.EqualTo(
                new[]
                {
                    "CheckTools",
                    "CheckClusters",
                    "CheckFlyteAdmin",
                    "CheckAws",
                    "CheckGoogleCloud",
                    "AddHelmRepository",
                    "FetchChart",
                    "CheckControlPlaneRelease",
                    "CreateIamPolicy",
                    "AssociateOidcProvider",
                    "CreateControlPlaneRole",
                    "CreateDataPlaneRole",
                    "CreateWorkersRole",
                    "UpdateTrustPolicies",
                    "BindWorkloadIdentity",
                    "IamPrerequisites",
                    "WriteDataPlaneValues",
                    "InstallDataPlane",
                    "CreateDataPlaneToken",
                    "CollectCredentials",
                    "ApplyClusterCredentials",
                    "WriteValuesOverride",
                    "UpgradeControlPlane",
                    "VerifyPods",
                    "BindProjectNamespaces",
                    "UpdateExecutionClusterLabels",
                    "SmokeRun",
                    "AddDataPlane",
                }
            )
        );
    }

    [TestCase("UpdateExecutionClusterLabels")]
    [TestCase("SmokeRun")]
    public void Labels_and_the_smoke_run_need_neither_helm_nor_the_other_stages(string target)
    {
        var order = new List<string>();
        Visit(typeof(AddDataPlane).Assembly.GetExportedTypes().Single(type => type.Name == target), order);

        Assert.That(order, Is.EqualTo(new[] { "CheckFlyteAdmin", target }));
    }

    private static void Visit(Type task, List<string> order)
    {
        foreach (var dependency in task.GetCustomAttributes<IsDependentOnAttribute>())
            Visit(dependency.Task, order);
        foreach (var before in typeof(AddDataPlane).Assembly.GetExportedTypes().Where(type => type.GetCustomAttribute<IsDependeeOfAttribute>()?.Task == task))
            Visit(before, order);
        if (!order.Contains(task.Name, StringComparer.Ordinal))
            order.Add(task.Name);
    }
}
