using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Store;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Access;

[TestFixture]
internal sealed class RoleEscalationTests
{
    private static readonly UserInfo Jane = Users.Named("jane", "", ["dev"]);

    private AccessTestBed _cluster = null!;

    [SetUp]
    public void MakeCluster()
    {
        _cluster = new AccessTestBed();
        _cluster.AddRole(null, "pods", """[{"verbs":["get","list"],"apiGroups":[""],"resources":["pods","*/log"]}]""");
        _cluster.AddBinding(null, "jane", "ClusterRole", "pods", """[{"kind":"User","name":"jane"}]""");
    }

    [TearDown]
    public void DropCluster() => _cluster.Dispose();

    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}""")]
    [TestCase("""{"verbs":["list"],"apiGroups":[""],"resources":["pods"],"resourceNames":["a"]}""")]
    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["deployments/log"]}""")]
    public void A_role_within_ones_own_rules_may_be_written(string rule)
    {
        Assert.That(() => Write(Jane, rule), Throws.Nothing);
    }

    [TestCase("""{"verbs":["*"],"apiGroups":[""],"resources":["pods"]}""")]
    [TestCase("""{"verbs":["get"],"apiGroups":["apps"],"resources":["pods"]}""")]
    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["*"]}""")]
    [TestCase("""{"verbs":["get"],"nonResourceURLs":["/metrics"]}""")]
    public void A_role_beyond_ones_own_rules_is_forbidden(string rule)
    {
        Assert.That(() => Write(Jane, rule), Throws.TypeOf<ApiException>().With.Property(nameof(ApiException.Code)).EqualTo(403));
    }

    [Test]
    public void The_denial_is_in_the_API_servers_words()
    {
        Assert.That(
            () => Write(Jane, """{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}"""),
            Throws
                .TypeOf<ApiException>()
                .With.Message.EqualTo(
                    "clusterroles.rbac.authorization.k8s.io \"new\" is forbidden: user \"jane\" (groups=[\"dev\" \"system:authenticated\"]) is "
                        + "attempting to grant RBAC "
                        + "permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\"]}"
                )
        );
    }

    [Test]
    public void Who_may_escalate_may_write_any_role()
    {
        _cluster.AddRole(null, "escalate", """[{"verbs":["escalate"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles"]}]""");
        _cluster.AddBinding(null, "b", "ClusterRole", "escalate", """[{"kind":"User","name":"jane"}]""");

        Assert.That(() => Write(Jane, """{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}"""), Throws.Nothing);
    }

    [Test]
    public void A_binding_gives_no_more_than_its_writer_has()
    {
        _cluster.AddRole(null, "all", """[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]""");

        Assert.That(() => Bind("pods"), Throws.Nothing);
        Assert.That(() => Bind("all"), Throws.TypeOf<ApiException>().With.Property(nameof(ApiException.Code)).EqualTo(403));
    }

    [Test]
    public void Masters_may_write_anything()
    {
        Assert.That(() => Write(Users.Named("root", "", [Users.Masters]), """{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}"""), Throws.Nothing);
    }

    private void Write(UserInfo user, string rule) =>
        _cluster.Access.Escalation.Check(
            user,
            RoleRules.Group,
            "clusterroles",
            null,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "new" },
                ["rules"] = new JsonArray(JsonNode.Parse(rule)),
            }
        );

    private void Bind(string role) =>
        _cluster.Access.Escalation.Check(
            Jane,
            RoleRules.Group,
            "rolebindings",
            "flyte",
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "new" },
                ["roleRef"] = new JsonObject { ["kind"] = "ClusterRole", ["name"] = role },
            }
        );
}
