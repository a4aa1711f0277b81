using Flyte.MultiCluster.Sandbox.Access;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Access;

[TestFixture]
internal sealed class AuthorizationTests
{
    private static readonly UserInfo Admin = Users.ServiceAccount("flyte", "flyteadmin", "u");
    private static readonly UserInfo Jane = Users.Named("jane", "", ["dev"]);

    private AccessTestBed _cluster = null!;

    [SetUp]
    public void MakeCluster() => _cluster = new AccessTestBed();

    [TearDown]
    public void DropCluster() => _cluster.Dispose();

    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}""", "get", "", "secrets", "", "x", true)]
    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}""", "list", "", "secrets", "", "", false)]
    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}""", "get", "", "configmaps", "", "x", false)]
    [TestCase("""{"verbs":["get"],"apiGroups":["apps"],"resources":["deployments"]}""", "get", "", "deployments", "", "x", false)]
    [TestCase("""{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}""", "delete", "apps", "deployments", "scale", "x", true)]
    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}""", "get", "", "pods", "log", "x", false)]
    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["pods/log"]}""", "get", "", "pods", "log", "x", true)]
    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["pods/log"]}""", "get", "", "pods", "", "x", false)]
    [TestCase("""{"verbs":["update"],"apiGroups":["apps"],"resources":["*/scale"]}""", "update", "apps", "deployments", "scale", "x", true)]
    [TestCase("""{"verbs":["update"],"apiGroups":["apps"],"resources":["*/scale"]}""", "update", "apps", "deployments", "status", "x", false)]
    [TestCase("""{"verbs":["update"],"apiGroups":["apps"],"resources":["*/scale"]}""", "update", "apps", "deployments", "", "x", false)]
    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["a","b"]}""", "get", "", "secrets", "", "b", true)]
    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["a","b"]}""", "get", "", "secrets", "", "c", false)]
    [TestCase("""{"verbs":["list"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["a"]}""", "list", "", "secrets", "", "", false)]
    [TestCase("""{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}""", "*", "", "secrets", "", "", false)]
    [TestCase("""{"verbs":["get"],"nonResourceURLs":["/metrics"]}""", "get", "", "metrics", "", "", false)]
    public void A_rule_decides_about_resources(string rule, string verb, string group, string resource, string subresource, string name, bool allowed)
    {
        Bind(rule);

        Assert.That(_cluster.Access.Authorizer.Authorize(Jane, Ask(verb, group, resource, subresource, "flyte", name)).Allowed, Is.EqualTo(allowed));
    }

    [TestCase("/metrics", "/metrics", "get", true)]
    [TestCase("/metrics", "/metrics/cadvisor", "get", false)]
    [TestCase("/metrics", "/metrics", "post", false)]
    [TestCase("/apis/*", "/apis/apps/v1", "get", true)]
    [TestCase("/apis/*", "/apis", "get", false)]
    [TestCase("*", "/anything", "get", true)]
    public void A_rule_decides_about_paths(string url, string path, string verb, bool allowed)
    {
        Bind($$"""{"verbs":["get"],"nonResourceURLs":["{{url}}"]}""");

        Assert.That(_cluster.Access.Authorizer.Authorize(Jane, new RequestAttributes(verb, "", "", null, null, null, null, path)).Allowed, Is.EqualTo(allowed));
    }

    [TestCase("""[{"kind":"User","name":"jane"}]""", true)]
    [TestCase("""[{"kind":"User","name":"joe"},{"kind":"Group","name":"dev"}]""", true)]
    [TestCase("""[{"kind":"Group","name":"system:authenticated"}]""", true)]
    [TestCase("""[{"kind":"Group","name":"jane"}]""", false)]
    [TestCase("""[{"kind":"ServiceAccount","name":"jane","namespace":"flyte"}]""", false)]
    [TestCase("[]", false)]
    public void A_binding_gives_to_its_subjects_alone(string subjects, bool allowed)
    {
        _cluster.AddRole(null, "r", """[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]""");
        _cluster.AddBinding(null, "b", "ClusterRole", "r", subjects);

        Assert.That(_cluster.Access.Authorizer.Authorize(Jane, Ask("get", "", "pods")).Allowed, Is.EqualTo(allowed));
    }

    [TestCase("flyte", true)]
    [TestCase("other", false)]
    [TestCase(null, false)]
    public void A_role_binding_counts_in_its_namespace_alone(string? ns, bool allowed)
    {
        _cluster.AddRole(null, "r", """[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]""");
        _cluster.AddBinding("flyte", "b", "ClusterRole", "r", """[{"kind":"ServiceAccount","name":"flyteadmin"}]""");

        Assert.That(_cluster.Access.Authorizer.Authorize(Admin, Ask("get", "", "pods", ns: ns)).Allowed, Is.EqualTo(allowed));
    }

    [Test]
    public void A_cluster_role_binding_gives_the_reason_in_the_API_servers_words()
    {
        _cluster.AddRole(null, "flyte-flyteadmin", """[{"verbs":["*"],"apiGroups":[""],"resources":["secrets"]}]""");
        _cluster.AddBinding(
            null,
            "flyte-flyteadmin-binding",
            "ClusterRole",
            "flyte-flyteadmin",
            """[{"kind":"ServiceAccount","name":"flyteadmin","namespace":"flyte"}]"""
        );

        Assert.That(
            _cluster.Access.Authorizer.Authorize(Admin, Ask("create", "", "secrets")).Reason,
            Is.EqualTo(
                "RBAC: allowed by ClusterRoleBinding \"flyte-flyteadmin-binding\" of ClusterRole \"flyte-flyteadmin\" to ServiceAccount \"flyteadmin/flyte\""
            )
        );
    }

    [Test]
    public void A_role_binding_gives_the_reason_in_the_API_servers_words()
    {
        _cluster.AddRole("flyte", "r", """[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]""");
        _cluster.AddBinding("flyte", "b", "Role", "r", """[{"kind":"User","name":"jane"}]""");

        Assert.That(
            _cluster.Access.Authorizer.Authorize(Jane, Ask("get", "", "pods")).Reason,
            Is.EqualTo("RBAC: allowed by RoleBinding \"b/flyte\" of Role \"r\" to User \"jane\"")
        );
    }

    [Test]
    public void A_denial_names_the_role_that_is_missing()
    {
        _cluster.AddBinding(null, "b", "ClusterRole", "gone", """[{"kind":"User","name":"jane"}]""");

        Assert.That(
            _cluster.Access.Authorizer.Authorize(Jane, Ask("get", "", "pods")),
            Is.EqualTo(new Decision(false, "RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found"))
        );
    }

    [Test]
    public void Masters_may_do_everything_without_a_binding()
    {
        Assert.That(
            _cluster.Access.Authorizer.Authorize(Users.Named("root", "", [Users.Masters]), Ask("delete", "x", "y")),
            Is.EqualTo(new Decision(true, ""))
        );
    }

    [TestCase("view", "get", "", "configmaps", true)]
    [TestCase("view", "get", "", "secrets", false)]
    [TestCase("view", "create", "", "configmaps", false)]
    [TestCase("edit", "get", "", "configmaps", true)]
    [TestCase("edit", "patch", "apps", "deployments", true)]
    [TestCase("edit", "create", RoleRules.Group, "roles", false)]
    [TestCase("admin", "create", RoleRules.Group, "roles", true)]
    [TestCase("admin", "get", "", "secrets", true)]
    [TestCase("admin", "patch", "", "resourcequotas", false)]
    [TestCase("cluster-admin", "patch", "", "nodes", true)]
    public void The_default_roles_allow_what_they_do_in_kubernetes(string role, string verb, string group, string resource, bool allowed)
    {
        DefaultRoles.Seed(_cluster.Store);
        _cluster.AddBinding("flyte", "b", "ClusterRole", role, """[{"kind":"User","name":"jane"}]""");

        Assert.That(_cluster.Access.Authorizer.Authorize(Jane, Ask(verb, group, resource)).Allowed, Is.EqualTo(allowed));
    }

    [Test]
    public void An_aggregated_role_has_the_rules_of_a_role_labelled_later()
    {
        DefaultRoles.Seed(_cluster.Store);
        _cluster.AddBinding("flyte", "b", "ClusterRole", "admin", """[{"kind":"User","name":"jane"}]""");
        _cluster.AddRole(null, "workflows", """[{"verbs":["get"],"apiGroups":["flyte.lyft.com"],"resources":["flyteworkflows"]}]""");
        var role = _cluster.Store.Get(RoleRules.Group, "clusterroles", null, "workflows")!;
        role["metadata"]!["labels"] = new System.Text.Json.Nodes.JsonObject { ["rbac.authorization.k8s.io/aggregate-to-view"] = "true" };

        _cluster.Store.Update(RoleRules.Group, "clusterroles", null, role, "test");

        Assert.That(_cluster.Access.Authorizer.Authorize(Jane, Ask("get", "flyte.lyft.com", "flyteworkflows")).Allowed, Is.True);
    }

    [TestCase("/version", true)]
    [TestCase("/apis", false)]
    public void Anonymous_users_see_the_version_and_no_more(string path, bool allowed)
    {
        DefaultRoles.Seed(_cluster.Store);

        Assert.That(
            _cluster.Access.Authorizer.Authorize(Users.AnonymousUser, new RequestAttributes("get", "", "", null, null, null, null, path)).Allowed,
            Is.EqualTo(allowed)
        );
    }

    private void Bind(string rule)
    {
        _cluster.AddRole(null, "r", $"[{rule}]");
        _cluster.AddBinding(null, "b", "ClusterRole", "r", """[{"kind":"User","name":"jane"}]""");
    }

    private static RequestAttributes Ask(string verb, string group, string resource, string subresource = "", string? ns = "flyte", string name = "") =>
        new(verb, group, "v1", resource, subresource, ns, name, "");
}
