using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>Headings of stages, and stages that have nothing to do for a fleet.</summary>
internal sealed class StageReportPrinterTests
{
    private static readonly Fleet NoCloud = SomeFleet.Of(1);

    private static IEnumerable<Type> Tasks => Targets.Tasks;

    [Test]
    public void A_stage_that_is_idle_has_no_heading()
    {
        using var output = new StringWriter();
        var printer = new StageReportPrinter(
            new ProgramLog(output, TextWriter.Null, colours: false),
            new RunJournal { Idle = new HashSet<string> { "CheckAws" } }
        );

        printer.WriteStep("CheckAws", Verbosity.Normal);
        printer.WriteStep("CheckTools", Verbosity.Normal);

        Assert.That(output.ToString().Trim(), Is.EqualTo("== CheckTools"));
    }

    [Test]
    public void A_fleet_on_no_cloud_has_eleven_idle_stages()
    {
        var (idle, reason) = IdleTasks.Of(Tasks, NoCloud)!.Value;

        Assert.That(reason, Is.EqualTo("not on AWS and not on Google Cloud"));
        Assert.That(
            idle,
            Is.EquivalentTo(
                new[]
                {
                    "CheckAws",
                    "CheckGoogleCloud",
                    "CreateIamPolicy",
                    "AssociateOidcProvider",
                    "CreateControlPlaneRole",
                    "CreateDataPlaneRole",
                    "CreateWorkersRole",
                    "UpdateTrustPolicies",
                    "BindWorkloadIdentity",
                    "BindProjectNamespaces",
                    "RemoveTrustStatements",
                }
            )
        );
    }

    [Test]
    public void Where_all_have_something_to_do_nothing_is_idle() => Assert.That(IdleTasks.Of([typeof(CheckTools)], NoCloud), Is.Null);
}
