using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.FlyteAdmin;
using Flyte.MultiCluster.Kubernetes;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.GoogleCloud;

/// <summary>The project-domain namespaces, in which the worker Pods run as <c>default</c>.</summary>
/// <param name="Names">Their names, each once.</param>
/// <param name="Unknown">What could not be asked, and why: a sentence each.</param>
public sealed record WorkloadNamespaces(IReadOnlyList<string> Names, IReadOnlyList<string> Unknown)
{
    /// <summary>The annotation by which GKE knows whom a service account acts as.</summary>
    public const string Annotation = "iam.gke.io/gcp-service-account";

    private const string Defaults = "/api/v1/serviceaccounts?fieldSelector=metadata.name%3Ddefault";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Joins what three sides know: FlyteAdmin its active projects and their domains; the fleet those that it names; the data planes the namespaces whose
    /// <c>default</c> is annotated with the workers' Google service account, as flyteadmin's cluster resources do it.
    /// </summary>
    /// <exception cref="FlyteAdminException">FlyteAdmin answers, and refuses.</exception>
    /// <exception cref="FormatException">A values file, or flyteadmin's configuration, is no YAML.</exception>
    public static async Task<WorkloadNamespaces> ReadAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var unknown = new List<string>();
        var template = TemplateAsync(context, unknown, cancellationToken);
        var ofFlyte = OfFlyteAsync(context, cancellationToken);
        var planes = context.Run.Going.Select(plane => OfPlaneAsync(context, plane, cancellationToken)).ToArray();
        await Task.WhenAll([template, ofFlyte, .. planes]);

        var (pairs, why) = await ofFlyte;
        unknown.AddRange(planes.Select(plane => plane.Result.Why).Prepend(why).OfType<string>());
        return new WorkloadNamespaces(
            [.. pairs.Select(pair => (template.Result).Of(pair.Project, pair.Domain)).Concat(planes.SelectMany(plane => plane.Result.Names)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            unknown);
    }

    private static async Task<NamespaceTemplate> TemplateAsync(FlyteContext context, List<string> unknown, CancellationToken cancellationToken)
    {
        try
        {
            using var patience = Within(cancellationToken);
            return await NamespaceTemplate.ReadAsync(context, patience.Token);
        }
        catch (Exception exception) when (IsNoAnswer(exception, cancellationToken))
        {
            unknown.Add($"flyteadmin's namespace_mapping is not known ({Why(exception)}): namespaces are taken to be {NamespaceTemplate.Default.Text}.");
            return NamespaceTemplate.Default;
        }
    }

    private static async Task<(IReadOnlyList<(string Project, string Domain)> Pairs, string? Why)> OfFlyteAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        var named = Named(context.Run.Fleet).ToArray();
        if (context.Run.FlyteAdmin is not { } admin)
            return (Pairs(named, []), "Flyte's projects are not known, as the fleet has no flyteAdmin.");

        // CheckFlyteAdmin has found that it is not up yet.
        if (context.WillRun(nameof(CheckFlyteAdmin)) && !context.Run.IsFlyteAdminChecked)
            return (Pairs(named, []), "Flyte's projects are not known, as FlyteAdmin is not up yet.");
        try
        {
            var (projects, domains) = (admin.ProjectsAsync(cancellationToken), admin.DomainsAsync(cancellationToken));
            await Task.WhenAll(projects, domains);
            return (Pairs([.. named, .. (await projects).Select(project => (project, (string?)null))], await domains), null);
        }
        catch (FlyteAdminException exception) when (exception.IsUnreachable)
        {
            return (Pairs(named, []), $"Flyte's projects are not known, as FlyteAdmin does not answer at {admin.Endpoint}.");
        }
    }

    private static async Task<(IReadOnlyList<string> Names, string? Why)> OfPlaneAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        try
        {
            using var patience = Within(cancellationToken);
            var accounts = await plane.Api.ListAsync(Defaults, patience.Token);
            return ([.. accounts.Where(account => (string?)account["metadata"]?["name"] == "default" && (string?)account["metadata"]?["annotations"]?[Annotation] == context.Run.Fleet.Gcp!.Workers)
                .Select(account => (string?)account["metadata"]?["namespace"]).OfType<string>()], null);
        }
        catch (Exception exception) when (IsNoAnswer(exception, cancellationToken))
        {
            return ([], $"{plane.Name}'s namespaces are not known ({Why(exception)}).");
        }
    }

    // A project without a domain is one in all domains.
    private static (string Project, string Domain)[] Pairs(IEnumerable<(string Project, string? Domain)> named, IReadOnlyList<string> domains)
        => [.. named.SelectMany(one => one.Domain is { } domain ? [domain] : domains, (one, domain) => (one.Project, domain)).Distinct()];

    private static IEnumerable<(string Project, string? Domain)> Named(Fleet fleet)
        => fleet.ExecutionLabels.Select(label => (label.Scope.Project, label.Scope.Domain))
            .Concat((fleet.Smoke?.Executions ?? []).Select(smoke => (smoke.Project, (string?)smoke.Domain)))
            .Concat(fleet.Pyflyte is { } pyflyte ? [(pyflyte.Project, (string?)pyflyte.Domain)] : []);

    private static CancellationTokenSource Within(CancellationToken cancellationToken)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        return patience;
    }

    private static bool IsNoAnswer(Exception exception, CancellationToken cancellationToken)
        => exception is KubernetesApiException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static string Why(Exception exception) => exception is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : exception.Message.TrimEnd('.');
}
