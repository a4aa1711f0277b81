using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tests.Common.Changes;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Tests of labels and the smoke run: two joined data planes, and FlyteAdmin as a person would use it.</summary>
internal abstract class AdminTests : JoinedTests
{
    internal const string Smoke = "smoke: {project: flytesnacks, domain: development, launchPlan: sandbox.hello, inputs: {name: smoke}}";

    /// <summary>The sandbox's FlyteAdmin.</summary>
    protected IFlyteAdmin Admin { get; private set; } = null!;

    private ChangePermit Permit { get; set; } = null!;

    [OneTimeSetUp]
    public async Task OpenAdmin()
    {
        Permit = await Permits.GetAsync();
        Admin = Bed.OpenAdmin();
    }

    [OneTimeTearDown]
    public void CloseAdmin() => Admin.Dispose();

    public override async Task Prepare()
    {
        await base.Prepare();
        foreach (var scope in (await Admin.ExecutionLabelsAsync(default)).Keys.OrderByDescending(scope => scope.ToString(), StringComparer.Ordinal))
            await Admin.DeleteExecutionLabelAsync(Permit, scope, default);
        if (await ControlPlane.FlyteAsync("configmaps", LabelRecord.Name) is not null)
            await ControlPlane.DeleteAsync("configmaps", LabelRecord.Name);
        await Bed.Control.SetLatencyAsync(TimeSpan.Zero, default);
    }

    /// <summary>A fleet of both data planes with FlyteAdmin's address, rows as <c>flytesnacks/development=label1</c> and more.</summary>
    internal static string Fleet(StageBed bed, string[] rows, string more = "", string name = "labels", string flytectl = "", string ns = "flyte")
    {
        var path = bed.Fleet(name: name, ns: ns);
        File.AppendAllLines(
            path,
            [
                "",
                $"flyteAdmin: {{endpoint: \"{bed.State.FlyteAdmin}\", caFile: {Path.Combine(bed.State.Folder, "flyteadmin-ca.crt")}{flytectl}}}",
                $"executionLabels: [{string.Join(", ", rows.Select(Row))}]",
                more,
            ]
        );
        return path;
    }

    protected string Fleet(string[] rows, string more = "", string name = "labels", string flytectl = "") => Fleet(Bed, rows, more, name, flytectl);

    protected Task<Finished> LabelsAsync(string[] rows, params string[] arguments) =>
        RunAsync([$"--fleet={Fleet(rows)}", "--target=UpdateExecutionClusterLabels", .. arguments]);

    protected async Task<IEnumerable<string>> RowsAsync() => (await Admin.ExecutionLabelsAsync(default)).Select(row => $"{row.Key}={row.Value}");

    /// <summary>Sets a row by hand, behind the tool's back.</summary>
    protected Task SetAsync(string scope, string label) => Admin.PutExecutionLabelAsync(Permit, InMemoryFlyteAdmin.Scope(scope), label, default);

    private static string Row(string row)
    {
        var (scope, label) = (InMemoryFlyteAdmin.Scope(row.Split('=')[0]), row.Split('=')[1]);
        var fields = new[]
        {
            $"project: {scope.Project}",
            scope.Domain is null ? null : $"domain: {scope.Domain}",
            scope.Workflow is null ? null : $"workflow: {scope.Workflow}",
            $"label: {label}",
        };
        return $"{{{string.Join(", ", fields.OfType<string>())}}}";
    }
}
