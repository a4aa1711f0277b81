using System.Reflection;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Common.Problems;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Problems;

/// <summary>Targets that are named where their tasks are not known.</summary>
internal sealed class TargetNamesTests
{
    private static IEnumerable<string> Named =>
        typeof(TargetNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(constant => (string)constant.GetRawConstantValue()!);

    [TestCaseSource(nameof(Named))]
    public void There_is_such_a_target(string name) => Assert.That(Targets.Names, Does.Contain(name));
}
