using static Flyte.MultiCluster.Sandbox.Patching.FieldSchema;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>The schemas that Pod and every kind with a pod template share.</summary>
internal static class PodSchemas
{
    /// <summary>A map of strings.</summary>
    public static readonly FieldSchema Strings = new(Shape.Map);

    /// <summary>A map of quantities, <c>limits</c>.</summary>
    public static readonly FieldSchema Quantities = new(Shape.Map) { Item = new FieldSchema(Shape.Quantity) };

    /// <summary>Conditions, told apart by type.</summary>
    public static readonly FieldSchema Conditions = List("type");

    /// <summary>ObjectMeta.</summary>
    public static readonly FieldSchema Metadata = Struct(
        ("labels", Strings),
        ("annotations", Strings),
        ("finalizers", new FieldSchema(Shape.Set) { MergesList = true }),
        ("ownerReferences", List("uid", Atomic)),
        ("managedFields", Atomic)
    );

    /// <summary>ResourceRequirements.</summary>
    public static readonly FieldSchema Resources = Struct(("limits", Quantities), ("requests", Quantities), ("claims", List("name", merges: false)));

    private static readonly FieldSchema Quantity = new(Shape.Quantity);

    private static readonly FieldSchema FieldRef = new(Shape.Atomic)
    {
        Defaults = new Dictionary<string, string>(StringComparer.Ordinal) { ["apiVersion"] = "v1" },
    };

    private static readonly FieldSchema DownwardItems = Struct(("items", new FieldSchema(Shape.Atomic) { Item = Struct(("fieldRef", FieldRef)) }));

    private static readonly FieldSchema EnvVar = Struct(
        (
            "valueFrom",
            Struct(
                ("configMapKeyRef", Atomic),
                ("secretKeyRef", Atomic),
                ("fieldRef", FieldRef),
                ("fileKeyRef", Atomic),
                ("resourceFieldRef", new FieldSchema(Shape.Atomic) { Fields = Struct(("divisor", Quantity)).Fields })
            )
        )
    );

    private static readonly FieldSchema Container = Struct(
        ("env", List("name", EnvVar)),
        ("ports", List("containerPort protocol=TCP")),
        ("volumeMounts", List("mountPath")),
        ("volumeDevices", List("devicePath")),
        ("resources", Resources)
    );

    /// <summary>PersistentVolumeClaimSpec.</summary>
    public static readonly FieldSchema ClaimSpec = Struct(("resources", Resources), ("selector", Atomic), ("dataSource", Atomic));

    private static readonly FieldSchema Volume = Struct(
        ("downwardAPI", DownwardItems),
        ("projected", Struct(("sources", new FieldSchema(Shape.Atomic) { Item = Struct(("downwardAPI", DownwardItems)) }))),
        ("emptyDir", Struct(("sizeLimit", Quantity))),
        ("ephemeral", Struct(("volumeClaimTemplate", Struct(("metadata", Metadata), ("spec", ClaimSpec)))))
    );

    /// <summary>PodSpec.</summary>
    public static readonly FieldSchema Spec = Struct(
        ("containers", List("name", Container)),
        ("initContainers", List("name", Container)),
        ("ephemeralContainers", List("name", Container)),
        ("volumes", List("name", Volume)),
        ("imagePullSecrets", List("name", Atomic)),
        ("hostAliases", List("ip")),
        ("nodeSelector", Atomic),
        ("overhead", Quantities),
        ("resources", Resources),
        ("resourceClaims", List("name")),
        ("schedulingGates", List("name")),
        ("topologySpreadConstraints", List("topologyKey whenUnsatisfiable"))
    );

    private static readonly FieldSchema ContainerStatuses = new(Shape.Atomic);

    /// <summary>PodStatus.</summary>
    public static readonly FieldSchema Status = Struct(
        ("conditions", Conditions),
        ("podIPs", List("ip")),
        ("hostIPs", new FieldSchema(Shape.Atomic) { MergesList = true, MergeKey = "ip" }),
        ("resourceClaimStatuses", List("name")),
        ("containerStatuses", ContainerStatuses),
        ("initContainerStatuses", ContainerStatuses)
    );

    /// <summary>PodTemplateSpec.</summary>
    public static readonly FieldSchema Template = Struct(("metadata", Metadata), ("spec", Spec));
}
