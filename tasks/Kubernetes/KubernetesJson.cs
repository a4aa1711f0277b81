using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Flyte.MultiCluster.Kubernetes;

/// <summary>JSON without reflection, for a quick start.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
