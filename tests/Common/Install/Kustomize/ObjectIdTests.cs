using Flyte.MultiCluster.Common.Install.Kustomize;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Install.Kustomize;

/// <summary>The lines of the inventory.</summary>
[TestFixture]
public sealed class ObjectIdTests
{
    [TestCase("apps/v1 Deployment flyte/flyteadmin")]
    [TestCase("v1 Namespace flyte")]
    public void A_line_is_read_as_it_was_written(string line) => Assert.That(ObjectId.Parse(line)!.ToString(), Is.EqualTo(line));

    [TestCase("")]
    [TestCase("Deployment flyte/flyteadmin")]
    [TestCase("apps/v1 Deployment flyte/flyteadmin more")]
    public void A_line_of_anything_else_names_nothing(string line) => Assert.That(ObjectId.Parse(line), Is.Null);

    [TestCase("policy/v1 PodDisruptionBudget flyte/a", true)]
    [TestCase("policy/v1beta1 PodDisruptionBudget flyte/b", false)]
    [TestCase("policy/v1beta1 PodDisruptionBudget other/a", false)]
    [TestCase("v1 PodDisruptionBudget flyte/a", false)]
    public void Another_version_of_a_group_names_the_same_object(string line, bool isSame) =>
        Assert.That(ObjectId.Parse("policy/v1beta1 PodDisruptionBudget flyte/a")!.IsSame(ObjectId.Parse(line)!), Is.EqualTo(isSame));

    [TestCase("v1 Namespace flyte", true)]
    [TestCase("apiextensions.k8s.io/v1 CustomResourceDefinition flyteworkflows.flyte.lyft.com", true)]
    [TestCase("v1 Secret flyte/a", false)]
    public void What_holds_other_objects_is_never_deleted(string line, bool isKept) => Assert.That(ObjectId.Parse(line)!.IsKept, Is.EqualTo(isKept));
}
