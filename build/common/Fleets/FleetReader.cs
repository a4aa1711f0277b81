using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>Reads fleet files. Every rule is checked, whatever else is wrong, as far as the text is YAML at all.</summary>
/// <param name="values">Reads the values files that the fleet names.</param>
public sealed class FleetReader(IHelmValues values) : IFleetReader
{
    /// <summary>A reader that takes values files as Helm does.</summary>
    public FleetReader()
        : this(new HelmValues()) { }

    /// <inheritdoc/>
    public FleetReadResult Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var (text, unreadable) = FleetFile.LoadFleet(path);
        if (unreadable is not null)
        {
            return new FleetReadResult(null, [unreadable]);
        }

        var problems = new FleetProblems(path);
        Fleet? fleet = null;
        if (FleetFile.CheckTabs(text, problems))
        {
            try
            {
                fleet = Document(YamlComposer.Compose(text), ProcessEnvironment.Current.FullPath(path), problems);
            }
            catch (YamlFailureException failure)
            {
                problems.Add(failure.Line, failure.Column, failure.Message, "Correct the file; values/fleet.example.yaml shows the format.");
            }
        }

        return problems.None ? new FleetReadResult(fleet, []) : new FleetReadResult(null, problems.InOrder());
    }

    private Fleet? Document(ComposedYaml document, string path, FleetProblems problems)
    {
        if (document.Second is { } second)
        {
            problems.Add(
                second,
                "A second YAML document begins here; a fleet file has only one.",
                "Remove the '---' before it, or move it to a file of its own."
            );
        }

        if (document.Root is null)
        {
            if (problems.None)
            {
                problems.Add(1, 1, "The fleet file is empty.", "Start with a copy of values/fleet.example.yaml.");
            }

            return null;
        }

        return FleetMap.Open(document.Root, "The fleet file", FleetKeys.Root, problems) is { } root ? Root(root, path, problems) : null;
    }

    private Fleet Root(FleetMap root, string path, FleetProblems problems)
    {
        var files = new ValuesFiles(Path.GetDirectoryName(path)!, values, problems);
        var flyte = new FlyteRules(files, problems).Read(root);
        var cloud = new CloudRules(problems);
        cloud.Read(root);
        var planes = new PlaneRules(files, cloud, isKustomize: flyte.Overlays is not null, problems);
        var controlPlane = planes.ControlPlane(root);
        var dataPlanes = planes.DataPlanes(root, controlPlane);
        var labels = new LabelRules(controlPlane, dataPlanes, problems);
        var clusterLabels = labels.Read(root);
        var admin = new FlyteAdminRules(files, problems);
        var executionLabels = new ExecutionLabelRules(files, problems);
        IEnumerable<string> running = controlPlane.RunsWorkflows ? [controlPlane.Name] : [];
        var smoke = new SmokeRules(files, [.. dataPlanes.Select(plane => plane.Name), .. running], problems);
        var fleet = new Fleet
        {
            Path = path,
            Flyte = flyte,
            ControlPlane = controlPlane,
            DataPlanes = dataPlanes,
            Labels = clusterLabels,
            DefaultLabel = labels.Default(root),
            Aws = cloud.Aws,
            Gcp = cloud.Gcp,
            FlyteAdmin = admin.Read(root),
            ExecutionLabels = executionLabels.Read(root),
            Smoke = smoke.Read(root),
            Pyflyte = smoke.Pyflyte(root),
            Credentials = new CredentialRules(problems).Read(root),
            LabelFiles = executionLabels.Files,
            IsSandbox = root.Flag("sandbox", otherwise: false),
        };
        FlyteAdminRules.Need(root, problems);
        return fleet;
    }
}
