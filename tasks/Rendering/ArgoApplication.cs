using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Rendering;

/// <summary>A cluster's Argo CD <c>Application</c>.</summary>
/// <param name="chart">The fleet's chart.</param>
/// <param name="values">Writes YAML.</param>
internal sealed class ArgoApplication(ChartReference chart, IHelmValues values)
{
    private const string Oci = "oci://";

    private static readonly string[] ReplacedSecrets = ["flyte-pod-webhook", "flyte-admin-secrets"];

    /// <summary>The file's name in a cluster's folder.</summary>
    public const string FileName = "application.yaml";

    /// <summary>The file's text.</summary>
    /// <param name="cluster">The cluster.</param>
    public string Text(RenderedCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return $"""
                # destination.name is the fleet's name of the cluster: write the name under which Argo CD knows it.
                # Nothing is synced automatically, as the FlyteWorkflow CRD is one of the chart's templates: where a sync prunes it, all workflow
                # objects of the cluster are deleted with it.
                # Argo CD has to track resources by annotation (the default from 3.0 on); by label it would write over app.kubernetes.io/instance.

                """
            + (chart.Repository is null ? $"# The chart is a local one ({chart.Name}): write the Git repository and path that it is in.\n" : string.Empty)
            + values.Write(Of(cluster));
    }

    /// <summary>The object.</summary>
    /// <param name="cluster">The cluster.</param>
    public JsonObject Of(RenderedCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var source = Source();

        // As text: a null is lost from valuesObject where somebody applies the Application on the client's side.
        source["helm"] = new JsonObject { ["releaseName"] = cluster.Release, ["values"] = values.Write(cluster.Values) };
        return new JsonObject
        {
            ["apiVersion"] = "argoproj.io/v1alpha1",
            ["kind"] = "Application",
            ["metadata"] = new JsonObject { ["name"] = cluster.ObjectName, ["namespace"] = "argocd" },
            ["spec"] = new JsonObject
            {
                ["project"] = "default",
                ["destination"] = new JsonObject { ["name"] = cluster.Name, ["namespace"] = cluster.Namespace },
                ["source"] = source,
                ["syncPolicy"] = new JsonObject
                {
                    ["syncOptions"] = new JsonArray("CreateNamespace=true", "ServerSideApply=true", "RespectIgnoreDifferences=true"),
                },
                ["ignoreDifferences"] = new JsonArray([.. Ignored(cluster.Namespace)]),
            },
        };
    }

    private JsonObject Source() =>
        chart.Repository is { } repository
            ? new JsonObject
            {
                // Argo CD takes an OCI registry without its scheme.
                ["repoURL"] = repository.StartsWith(Oci, StringComparison.OrdinalIgnoreCase) ? repository[Oci.Length..] : repository,
                ["chart"] = chart.Name,
                ["targetRevision"] = chart.Version,
            }
            : new JsonObject
            {
                ["repoURL"] = ExternalSecrets.Placeholder,
                ["path"] = ExternalSecrets.Placeholder,
                ["targetRevision"] = "HEAD",
            };

    // flytepropeller's webhook and flyteadmin replace these Secrets as a whole; AddDataPlane restarts these Deployments.
    private static IEnumerable<JsonObject> Ignored(string ns) =>
        ReplacedSecrets
            .Select(name => Ignored(string.Empty, "Secret", name, ns, "/data", "/metadata/labels", "/metadata/annotations"))
            .Concat(
                CredentialDeployments.Names.Select(name =>
                    Ignored("apps", "Deployment", name, ns, "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt")
                )
            );

    private static JsonObject Ignored(string group, string kind, string name, string ns, params string[] pointers) =>
        new()
        {
            ["group"] = group,
            ["kind"] = kind,
            ["name"] = name,
            ["namespace"] = ns,
            ["jsonPointers"] = new JsonArray([.. pointers.Select(pointer => JsonValue.Create(pointer))]),
        };
}
