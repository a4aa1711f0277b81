using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>The project-domain namespaces, in which the worker Pods run as <c>default</c>.</summary>
/// <param name="Names">Their names, each once.</param>
/// <param name="Unknown">What could not be asked, and why: a sentence each.</param>
public sealed record WorkloadNamespaces(IReadOnlyList<string> Names, IReadOnlyList<string> Unknown)
{
    /// <summary>The annotation with the Google service account that a Kubernetes service account acts as.</summary>
    public const string Annotation = CloudIdentities.GoogleAnnotation;

    private const string Defaults = "/api/v1/serviceaccounts?fieldSelector=metadata.name%3Ddefault";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Namespaces of data planes whose <c>default</c> is annotated with the workers' Google service account, and which are of no project that is known.
    /// Whoever may edit a service account can write that annotation: by itself it is no reason to bind.
    /// </summary>
    public IReadOnlyList<(string Plane, string Namespace)> Strangers { get; init; } = [];

    /// <summary>Whether another look, once the control plane is up, may show more.</summary>
    public bool MayGrow { get; init; }

    /// <summary>
    /// Joins what three sides know: FlyteAdmin its active projects and their domains; the fleet those that it names; the data planes the namespaces whose
    /// <c>default</c> is annotated with the workers' Google service account, as flyteadmin's cluster resources do it. Of these last ones only those are
    /// taken that a project and a domain of the other two would have.
    /// </summary>
    /// <param name="context">The run.</param>
    /// <param name="values">Reads YAML as Helm does.</param>
    /// <param name="isUp">Whether this run has brought the control plane up: FlyteAdmin is then asked, whatever was found of it before.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="FlyteAdminException">FlyteAdmin answers, and refuses.</exception>
    /// <exception cref="FormatException">A values file, or flyteadmin's configuration, is not YAML.</exception>
    /// <exception cref="IOException">A values file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A values file may not be read.</exception>
    public static async Task<WorkloadNamespaces> ReadAsync(FlyteContext context, IHelmValues values, bool isUp, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (asked, projects) = (TemplateAsync(context.Run, values, cancellationToken), OfFlyteAsync(context, isUp, cancellationToken));
        var planes = context.Run.Active.Select(plane => OfPlaneAsync(context, plane, cancellationToken)).ToArray();
        await Task.WhenAll([asked, projects, .. planes]);

        var (template, whyTemplate) = await asked;
        var (known, whyProjects) = await projects;
        string[] Namespaces(IEnumerable<(string Project, string Domain)> pairs) =>
            template is null ? [] : [.. pairs.Select(pair => template.Of(pair.Project, pair.Domain))];
        var possible = Namespaces(known.Possible).ToHashSet(StringComparer.Ordinal);
        (string Plane, string Namespace)[] annotated = [.. planes.SelectMany(plane => plane.Result.Found)];
        return new WorkloadNamespaces(
            [
                .. Namespaces(known.Pairs)
                    .Concat(annotated.Select(one => one.Namespace).Where(possible.Contains))
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ],
            [.. planes.Select(plane => plane.Result.Why).Prepend(whyProjects).Prepend(whyTemplate).OfType<string>()]
        )
        {
            Strangers = [.. annotated.Where(one => !possible.Contains(one.Namespace))],
            MayGrow = whyTemplate is not null || (whyProjects is not null && context.Run.FlyteAdmin is not null),
        };
    }

    // On a guess real members would be added, which nothing takes back.
    private static async Task<(NamespaceTemplate? Template, string? Why)> TemplateAsync(FleetRun run, IHelmValues values, CancellationToken cancellationToken)
    {
        try
        {
            using var patience = Within(cancellationToken);
            return (await NamespaceTemplate.ReadAsync(run, values, patience.Token), null);
        }
        catch (Exception exception) when (IsNoAnswer(exception, cancellationToken))
        {
            return (null, $"flyteadmin's namespace_mapping is not known ({Why(exception)}), so the projects' namespaces are not known either.");
        }
    }

    private static async Task<(Known Known, string? Why)> OfFlyteAsync(FlyteContext context, bool isUp, CancellationToken cancellationToken)
    {
        var named = Named(context.Run.Fleet).ToArray();
        if (context.Run.FlyteAdmin is not { } admin)
            return (new Known(named, []), "Flyte's projects are not known, because the fleet has no flyteAdmin.");

        // CheckFlyteAdmin has found that it is not up yet.
        if (!isUp && context.WillRun(nameof(CheckFlyteAdmin)) && !context.Run.State.Of<AdminChecked>().IsChecked)
            return (new Known(named, []), "Flyte's projects are not known, because FlyteAdmin is not up yet.");
        try
        {
            var (projects, domains) = (admin.ProjectsAsync(cancellationToken), admin.DomainsAsync(cancellationToken));
            await Task.WhenAll(projects, domains);
            return (new Known([.. named, .. (await projects).Select(project => (project, (string?)null))], await domains), null);
        }
        catch (FlyteAdminException exception) when (exception.IsUnreachable)
        {
            return (new Known(named, []), $"Flyte's projects are not known, because FlyteAdmin does not answer at {admin.Endpoint}.");
        }
    }

    private static async Task<(IReadOnlyList<(string Plane, string Namespace)> Found, string? Why)> OfPlaneAsync(
        FlyteContext context,
        DataPlaneRun plane,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var patience = Within(cancellationToken);
            var accounts = await plane.Api.ListAsync(Defaults, patience.Token);
            return (
                [
                    .. accounts
                        .Where(account =>
                            (string?)account["metadata"]?["name"] == "default"
                            && (string?)account["metadata"]?["annotations"]?[Annotation] == context.Run.Fleet.Gcp!.Workers
                        )
                        .Select(account => (string?)account["metadata"]?["namespace"])
                        .OfType<string>()
                        .Select(found => (plane.Name, found)),
                ],
                null
            );
        }
        catch (Exception exception) when (IsNoAnswer(exception, cancellationToken))
        {
            return ([], $"{plane.Name}'s namespaces are not known ({Why(exception)}).");
        }
    }

    private static IEnumerable<(string Project, string? Domain)> Named(Fleet fleet) =>
        fleet
            .ExecutionLabels.Select(label => (label.Scope.Project, label.Scope.Domain))
            .Concat((fleet.Smoke?.Executions ?? []).Select(smoke => (smoke.Project, (string?)smoke.Domain)))
            .Concat(fleet.Pyflyte is { } pyflyte ? [(pyflyte.Project, (string?)pyflyte.Domain)] : []);

    private static CancellationTokenSource Within(CancellationToken cancellationToken)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        return patience;
    }

    private static bool IsNoAnswer(Exception exception, CancellationToken cancellationToken) =>
        exception is KubernetesApiException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static string Why(Exception exception) =>
        exception is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : exception.Message.TrimEnd('.');

    /// <summary>The projects and domains that are known.</summary>
    /// <param name="Projects">Projects, with a domain where one is named for them; without, they are in all domains.</param>
    /// <param name="Domains">FlyteAdmin's domains.</param>
    private sealed record Known(IReadOnlyList<(string Project, string? Domain)> Projects, IReadOnlyList<string> Domains)
    {
        /// <summary>What there is, or will be.</summary>
        public IEnumerable<(string Project, string Domain)> Pairs =>
            Projects.SelectMany(one => one.Domain is { } domain ? [domain] : Domains, (one, domain) => (one.Project, domain)).Distinct();

        /// <summary>What may be: each project in each domain.</summary>
        public IEnumerable<(string Project, string Domain)> Possible
        {
            get
            {
                string[] domains = [.. Projects.Select(one => one.Domain).OfType<string>().Concat(Domains).Distinct(StringComparer.Ordinal)];
                return Projects.Select(one => one.Project).Distinct(StringComparer.Ordinal).SelectMany(_ => domains, (project, domain) => (project, domain));
            }
        }
    }
}
