using System.Text.Json.Nodes;
using static Flyte.MultiCluster.Sandbox.Patching.FieldSchema;
using static Flyte.MultiCluster.Sandbox.Patching.PodSchemas;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>What is known about a kind.</summary>
/// <param name="Schema">Its fields.</param>
/// <param name="Empty">What the API server's empty object of the kind already has: fields of these are new, they are not.</param>
/// <param name="HasStatus">Whether status is written through its own subresource.</param>
/// <param name="BuiltIn">Whether the API server knows the kind's fields (else a custom resource).</param>
internal sealed record KindSchema(FieldSchema Schema, JsonObject Empty, bool HasStatus, bool BuiltIn = true);

/// <summary>The kinds of a Flyte installation, after the API server's OpenAPI document and Go types (1.36).</summary>
internal static class KindSchemas
{
    private const string EmptyTemplate = """{"metadata":{},"spec":{"containers":null}}""";

    private static readonly FieldSchema Custom = Struct(("metadata", Metadata)) with { Rest = Untyped };

    private static readonly KindSchema CustomKind = new(Custom, Object("""{"apiVersion":"","kind":"","metadata":{}}"""), HasStatus: false, BuiltIn: false);

    private static readonly KindSchema OtherKind = Kind("{}", false);

    private static readonly string[] PlainGroups = ["", "apps", "batch", "autoscaling", "policy", "extensions"];

    private static readonly Dictionary<(string Group, string Kind), KindSchema> Kinds = new()
    {
        [("", "Namespace")] = Kind("""{"spec":{},"status":{}}""", hasStatus: true, ("status", Struct(("conditions", Conditions)))),
        [("", "Secret")] = Kind("{}", false, ("data", Strings), ("stringData", Strings)),
        [("", "ConfigMap")] = Kind("{}", false, ("data", Strings), ("binaryData", Strings)),
        [("", "ServiceAccount")] = Kind("{}", false, ("secrets", List("name", Atomic)), ("imagePullSecrets", Atomic)),
        [("", "Service")] = Kind(
            """{"spec":{},"status":{"loadBalancer":{}}}""",
            hasStatus: true,
            ("spec", Struct(("ports", List("port protocol=TCP")), ("selector", Atomic))),
            ("status", Struct(("conditions", Conditions)))
        ),
        [("", "Pod")] = Kind("""{"spec":{"containers":null},"status":{}}""", hasStatus: true, ("spec", Spec), ("status", Status)),
        [("", "ResourceQuota")] = Kind(
            """{"spec":{},"status":{}}""",
            hasStatus: true,
            ("spec", Struct(("hard", Quantities), ("scopeSelector", Atomic))),
            ("status", Struct(("hard", Quantities), ("used", Quantities)))
        ),
        [("", "PersistentVolumeClaim")] = Kind(
            """{"spec":{"resources":{}},"status":{}}""",
            hasStatus: true,
            ("spec", ClaimSpec),
            ("status", Struct(("capacity", Quantities), ("allocatedResources", Quantities), ("conditions", Conditions)))
        ),
        [("", "Event")] = Kind(
            """{"involvedObject":{},"source":{},"firstTimestamp":null,"lastTimestamp":null,"eventTime":null,"reportingComponent":"","reportingInstance":""}""",
            hasStatus: false,
            ("involvedObject", Atomic),
            ("related", Atomic)
        ),
        [("apps", "Deployment")] = Kind(
            """{"spec":{"selector":null,"template":TEMPLATE,"strategy":{}},"status":{}}""",
            hasStatus: true,
            ("spec", Struct(("selector", Atomic), ("template", Template))),
            ("status", Struct(("conditions", Conditions)))
        ),
        [("apps", "ReplicaSet")] = Kind(
            """{"spec":{"selector":null,"template":TEMPLATE},"status":{"replicas":0}}""",
            hasStatus: true,
            ("spec", Struct(("selector", Atomic), ("template", Template))),
            ("status", Struct(("conditions", Conditions)))
        ),
        [("apps", "StatefulSet")] = Kind(
            """{"spec":{"selector":null,"template":TEMPLATE,"updateStrategy":{},"serviceName":""},"status":{"replicas":0,"availableReplicas":0}}""",
            hasStatus: true,
            ("spec", Struct(("selector", Atomic), ("template", Template))),
            ("status", Struct(("conditions", Conditions)))
        ),
        [("apps", "DaemonSet")] = Kind(
            """{"spec":{"selector":null,"template":TEMPLATE,"updateStrategy":{}},"status":{"currentNumberScheduled":0,"numberMisscheduled":0,"desiredNumberScheduled":0,"numberReady":0}}""",
            hasStatus: true,
            ("spec", Struct(("selector", Atomic), ("template", Template))),
            ("status", Struct(("conditions", Conditions)))
        ),
        [("batch", "CronJob")] = Kind(
            """{"spec":{"schedule":"","jobTemplate":{"metadata":{},"spec":{"template":TEMPLATE}}},"status":{}}""",
            hasStatus: true,
            ("spec", Struct(("jobTemplate", Struct(("metadata", Metadata), ("spec", Struct(("selector", Atomic), ("template", Template)))))))
        ),
        [("batch", "Job")] = Kind(
            """{"spec":{"template":TEMPLATE},"status":{}}""",
            hasStatus: true,
            ("spec", Struct(("selector", Atomic), ("template", Template))),
            ("status", Struct(("conditions", new FieldSchema(Shape.Atomic) { MergesList = true, MergeKey = "type" })))
        ),
        [("networking.k8s.io", "Ingress")] = Kind(
            """{"spec":{},"status":{"loadBalancer":{}}}""",
            hasStatus: true,
            ("spec", Struct(("defaultBackend", Struct(("resource", Atomic), ("service", Struct(("port", Atomic)))))))
        ),
        [("rbac.authorization.k8s.io", "Role")] = Kind("""{"rules":null}""", hasStatus: false),
        [("rbac.authorization.k8s.io", "ClusterRole")] = Kind("""{"rules":null}""", hasStatus: false),
        [("rbac.authorization.k8s.io", "RoleBinding")] = Kind("""{"roleRef":null}""", false, ("roleRef", Atomic)),
        [("rbac.authorization.k8s.io", "ClusterRoleBinding")] = Kind("""{"roleRef":null}""", false, ("roleRef", Atomic)),
        [("apiextensions.k8s.io", "CustomResourceDefinition")] = Kind(
            """{"spec":{"group":"","names":{"plural":"","kind":""},"scope":"","versions":null},"status":{"conditions":null,"acceptedNames":{"plural":"","kind":""},"storedVersions":null}}""",
            hasStatus: true,
            ("status", Struct(("conditions", List("type", merges: false))))
        ),
        [("admissionregistration.k8s.io", "MutatingWebhookConfiguration")] = Kind("{}", false, ("webhooks", Webhooks())),
        [("admissionregistration.k8s.io", "ValidatingWebhookConfiguration")] = Kind("{}", false, ("webhooks", Webhooks())),
        [("autoscaling", "HorizontalPodAutoscaler")] = Kind(
            """{"spec":{"scaleTargetRef":{"kind":"","name":""},"maxReplicas":0},"status":{"desiredReplicas":0,"currentMetrics":null}}""",
            hasStatus: true,
            ("spec", Struct(("scaleTargetRef", Atomic))),
            ("status", Struct(("conditions", List("type"))))
        ),
        [("policy", "PodDisruptionBudget")] = Kind(
            """{"spec":{},"status":{"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0}}""",
            hasStatus: true,
            ("spec", Struct(("selector", Atomic))),
            ("status", Struct(("conditions", List("type"))))
        ),
        [("coordination.k8s.io", "Lease")] = Kind("""{"spec":{}}""", hasStatus: false),
    };

    /// <summary>The schema of a kind. Of custom resources, and of Kubernetes' own kinds that are not listed here, only metadata is known.</summary>
    public static KindSchema For(string group, string kind) =>
        Kinds.TryGetValue((group, kind), out var known) ? known
        : PlainGroups.Contains(group) || group.EndsWith(".k8s.io", StringComparison.Ordinal) ? OtherKind
        : CustomKind;

    /// <summary>The schema of an object, by its apiVersion and kind.</summary>
    public static KindSchema For(JsonObject obj)
    {
        if ((string?)obj["apiVersion"] is not { Length: > 0 } version)
            return CustomKind;
        var slash = version.IndexOf('/', StringComparison.Ordinal);
        return For(slash < 0 ? "" : version[..slash], (string?)obj["kind"] ?? "");
    }

    private static FieldSchema Webhooks() => List("name", Struct(("namespaceSelector", Atomic), ("objectSelector", Atomic), ("matchConditions", List("name"))));

    private static JsonObject Object(string json) => Read(JsonNode.Parse(json)!.AsObject());

    /// <summary>Reads the object to its leaves: it is shared, and parsed JSON unfolds when first read, which is not for several threads.</summary>
    private static JsonObject Read(JsonObject obj)
    {
        foreach (var (_, value) in obj)
        {
            if (value is JsonObject child)
                Read(child);
        }
        return obj;
    }

    private static KindSchema Kind(string empty, bool hasStatus, params (string Name, FieldSchema Schema)[] fields)
    {
        var skeleton = Object(empty.Replace("TEMPLATE", EmptyTemplate, StringComparison.Ordinal));
        skeleton["metadata"] = new JsonObject();
        return new KindSchema(Struct([("metadata", Metadata), .. fields]), skeleton, hasStatus);
    }
}
