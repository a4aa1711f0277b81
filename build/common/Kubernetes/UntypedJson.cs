using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>JSON without reflection, for a quick start.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class UntypedJson : JsonSerializerContext;
