using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>The warnings that the API server gives on writes.</summary>
internal static class WriteWarnings
{
    public static void Give(ApiRequest q, ResourceInfo r, JsonObject obj)
    {
        if (r is { Kind: "Ingress", IsCustom: false } && obj.Child("metadata", "annotations")?.ContainsKey("kubernetes.io/ingress.class") == true)
            Answers.Warn(q.Http, "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead");
        if (r is { Kind: "Endpoints", Group: "" })
            Answers.Warn(q.Http, "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
    }
}
