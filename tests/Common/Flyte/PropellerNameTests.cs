using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>The name that a flytepropeller has, and the one that it gets.</summary>
internal sealed class PropellerNameTests
{
    [TestCase("{}", null)]
    [TestCase("flytepropeller: {clusterName: a}", "a")]
    [TestCase("flytepropeller: {clusterName: ''}", "")]
    [TestCase("flytepropeller: {clusterName: 12}", "12")]
    [TestCase("flytepropeller: {clusterName: a, extraArgs: [--propeller.cluster-id=b]}", "b")]
    [TestCase("flytepropeller: {clusterName: a, extraArgs: [--propeller.cluster-id, b]}", "b")]
    [TestCase("configmap: {core: {propeller: {cluster-id: c}}}", "c")]
    [TestCase("{flytepropeller: {clusterName: a}, configmap: {core: {propeller: {cluster-id: c}}}}", "a")]
    public void Values_say_it_in_three_places(string values, string? name) =>
        Assert.That(PropellerName.OfValues(new HelmValues().Parse(values, "test")), Is.EqualTo(name));

    [TestCase("""{"command": ["flytepropeller", "--propeller.cluster-id", "a"]}""", "a")]
    [TestCase("""{"args": ["--propeller.cluster-id=a"]}""", "a")]
    [TestCase("""{"command": ["--propeller.cluster-id", "a"], "args": ["--propeller.cluster-id", "b"]}""", "b")]
    [TestCase("""{"command": ["flytepropeller", "--config", "x"]}""", null)]
    public void A_Deployment_says_it_in_its_arguments(string container, string? name) =>
        Assert.That(
            PropellerName.OfDeployment((JsonObject)JsonNode.Parse($$"""{"spec": {"template": {"spec": {"containers": [{{container}}]} } } }""")!),
            Is.EqualTo(name)
        );

    [TestCase(null, null, true, "dp")]
    [TestCase(null, null, false, null)]
    [TestCase(null, "", false, null)]
    [TestCase(null, "dp", false, "dp")]
    [TestCase(null, "propeller", false, "propeller")]
    [TestCase(null, "wrong", false, "dp")]
    [TestCase("", "dp", false, null)]
    [TestCase("dp", null, false, "dp")]
    [TestCase("wrong", null, true, "dp")]
    [TestCase("propeller", "wrong", false, null)]
    public void What_is_live_stays_unless_it_is_wrong_and_the_users_files_come_first(string? files, string? live, bool isNew, string? chosen) =>
        Assert.That(PropellerName.Choose("dp", files, live, isNew), Is.EqualTo(chosen));

    [TestCase(null, "", true)]
    [TestCase("", "propeller", true)]
    [TestCase("a", "a", true)]
    [TestCase(null, "a", false)]
    [TestCase("a", "b", false)]
    public void To_flyteadmin_no_name_is_as_good_as_another(string? one, string? other, bool isSame) =>
        Assert.That((PropellerName.Same(one, other), PropellerName.Same(other, one)), Is.EqualTo((isSame, isSame)));
}
