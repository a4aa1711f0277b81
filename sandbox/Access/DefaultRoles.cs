using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>
/// The ClusterRoles and bindings that every API server makes at its start, those of them that people use
/// (<c>plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go</c>).
/// </summary>
public static class DefaultRoles
{
    private const string Manager = "kube-apiserver";
    private const string Aggregate = "rbac.authorization.k8s.io/aggregate-to-";

    private static readonly string[] Read = ["get", "list", "watch"];
    private static readonly string[] Write = ["create", "delete", "deletecollection", "patch", "update"];
    private static readonly string[] All = ["*"];

    /// <summary>Creates them; those that exist stay as they are.</summary>
    public static void Seed(IObjectStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        Create(store, Role("cluster-admin", [], Rule(All, All, All), Urls(All, All)));
        Create(
            store,
            Role(
                "system:discovery",
                [],
                Urls(["get"], ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"])
            )
        );
        Create(store, Role("system:public-info-viewer", [], Urls(["get"], ["/healthz", "/livez", "/readyz", "/version", "/version/"])));
        Create(
            store,
            Role(
                "system:basic-user",
                [],
                Rule(["create"], ["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
                Rule(["create"], ["authentication.k8s.io"], ["selfsubjectreviews"])
            )
        );
        Create(
            store,
            Role(
                "system:auth-delegator",
                [],
                Rule(["create"], ["authentication.k8s.io"], ["tokenreviews"]),
                Rule(["create"], ["authorization.k8s.io"], ["subjectaccessreviews"])
            )
        );

        var (view, edit, admin) = (View(), Edit(), Admin());
        Create(store, Role("system:aggregate-to-view", ["view"], view));
        Create(store, Role("system:aggregate-to-edit", ["edit"], edit));
        Create(store, Role("system:aggregate-to-admin", ["admin"], admin));
        Create(store, Aggregating("view", ["edit"], view));
        Create(store, Aggregating("edit", ["admin"], [.. edit, .. view]));
        Create(store, Aggregating("admin", [], [.. admin, .. edit, .. view]));

        Create(store, Binding("cluster-admin", Users.Masters));
        Create(store, Binding("system:basic-user", Users.Authenticated));
        Create(store, Binding("system:discovery", Users.Authenticated));
        Create(store, Binding("system:public-info-viewer", Users.Authenticated, Users.Unauthenticated));
    }

    private static JsonObject[] View() =>
        [
            Rule(
                Read,
                [""],
                [
                    "configmaps",
                    "endpoints",
                    "persistentvolumeclaims",
                    "persistentvolumeclaims/status",
                    "pods",
                    "replicationcontrollers",
                    "replicationcontrollers/scale",
                    "serviceaccounts",
                    "services",
                    "services/status",
                ]
            ),
            Rule(
                Read,
                [""],
                [
                    "bindings",
                    "events",
                    "limitranges",
                    "namespaces",
                    "namespaces/status",
                    "pods/log",
                    "pods/status",
                    "replicationcontrollers/status",
                    "resourcequotas",
                    "resourcequotas/status",
                ]
            ),
            Rule(Read, ["discovery.k8s.io"], ["endpointslices"]),
            Rule(
                Read,
                ["apps"],
                [
                    "controllerrevisions",
                    "daemonsets",
                    "daemonsets/status",
                    "deployments",
                    "deployments/scale",
                    "deployments/status",
                    "replicasets",
                    "replicasets/scale",
                    "replicasets/status",
                    "statefulsets",
                    "statefulsets/scale",
                    "statefulsets/status",
                ]
            ),
            Rule(Read, ["autoscaling"], ["horizontalpodautoscalers", "horizontalpodautoscalers/status"]),
            Rule(Read, ["batch"], ["cronjobs", "cronjobs/status", "jobs", "jobs/status"]),
            Rule(Read, ["policy"], ["poddisruptionbudgets", "poddisruptionbudgets/status"]),
            Rule(Read, ["networking.k8s.io"], ["ingresses", "ingresses/status", "networkpolicies"]),
        ];

    private static JsonObject[] Edit() =>
        [
            Rule(Read, [""], ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"]),
            Rule(["impersonate"], [""], ["serviceaccounts"]),
            Rule(Write, [""], ["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"]),
            Rule(["create"], [""], ["pods/eviction"]),
            Rule(
                Write,
                [""],
                [
                    "configmaps",
                    "events",
                    "persistentvolumeclaims",
                    "replicationcontrollers",
                    "replicationcontrollers/scale",
                    "secrets",
                    "serviceaccounts",
                    "services",
                    "services/proxy",
                ]
            ),
            Rule(["create"], [""], ["serviceaccounts/token"]),
            Rule(
                Write,
                ["apps"],
                [
                    "daemonsets",
                    "deployments",
                    "deployments/rollback",
                    "deployments/scale",
                    "replicasets",
                    "replicasets/scale",
                    "statefulsets",
                    "statefulsets/scale",
                ]
            ),
            Rule(Write, ["autoscaling"], ["horizontalpodautoscalers"]),
            Rule(Write, ["batch"], ["cronjobs", "jobs"]),
            Rule(Write, ["policy"], ["poddisruptionbudgets"]),
            Rule(Write, ["networking.k8s.io"], ["ingresses", "networkpolicies"]),
            Rule([.. Write, .. Read], ["coordination.k8s.io"], ["leases"]),
        ];

    private static JsonObject[] Admin() =>
        [Rule(["create"], ["authorization.k8s.io"], ["localsubjectaccessreviews"]), Rule([.. Write, .. Read], [RoleRules.Group], ["rolebindings", "roles"])];

    private static void Create(IObjectStore store, JsonObject obj)
    {
        var resource = obj["kind"]!.GetValue<string>() == "ClusterRole" ? "clusterroles" : "clusterrolebindings";
        if (store.Get(RoleRules.Group, resource, null, obj["metadata"]!["name"]!.GetValue<string>()) is null)
        {
            store.Create(RoleRules.Group, resource, null, obj, Manager);
        }
    }

    private static JsonObject Role(string name, string[] aggregateTo, params JsonObject[] rules) =>
        new()
        {
            ["apiVersion"] = $"{RoleRules.Group}/v1",
            ["kind"] = "ClusterRole",
            ["metadata"] = Metadata(name, aggregateTo),
            ["rules"] = new JsonArray([.. rules.Select(r => r.DeepClone())]),
        };

    private static JsonObject Aggregating(string name, string[] aggregateTo, JsonObject[] rules)
    {
        var role = Role(name, aggregateTo, rules);
        role["aggregationRule"] = new JsonObject
        {
            ["clusterRoleSelectors"] = new JsonArray(new JsonObject { ["matchLabels"] = new JsonObject { [Aggregate + name] = "true" } }),
        };
        return role;
    }

    private static JsonObject Binding(string role, params string[] groups) =>
        new()
        {
            ["apiVersion"] = $"{RoleRules.Group}/v1",
            ["kind"] = "ClusterRoleBinding",
            ["metadata"] = Metadata(role, []),
            ["roleRef"] = new JsonObject
            {
                ["apiGroup"] = RoleRules.Group,
                ["kind"] = "ClusterRole",
                ["name"] = role,
            },
            ["subjects"] = new JsonArray([
                .. groups.Select(g => new JsonObject
                {
                    ["apiGroup"] = RoleRules.Group,
                    ["kind"] = "Group",
                    ["name"] = g,
                }),
            ]),
        };

    private static JsonObject Metadata(string name, string[] aggregateTo)
    {
        var labels = new JsonObject { ["kubernetes.io/bootstrapping"] = "rbac-defaults" };
        foreach (var target in aggregateTo)
        {
            labels[Aggregate + target] = "true";
        }

        return new JsonObject
        {
            ["annotations"] = new JsonObject { ["rbac.authorization.kubernetes.io/autoupdate"] = "true" },
            ["labels"] = labels,
            ["name"] = name,
        };
    }

    private static JsonObject Rule(string[] verbs, string[] groups, string[] resources) => new PolicyRule(verbs, groups, resources, [], []).ToJson();

    private static JsonObject Urls(string[] verbs, string[] urls) => new PolicyRule(verbs, [], [], [], urls).ToJson();
}
