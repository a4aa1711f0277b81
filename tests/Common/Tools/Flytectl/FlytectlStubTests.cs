using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Tools.Flytectl;
using Flyte.MultiCluster.Tests.Common.Changes;
using Flyte.MultiCluster.Tests.Stubs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Flytectl;

/// <summary>flytectl's stub: what the tests of labels rest on.</summary>
[Platform(Exclude = "Win", Reason = "The stubs are started by their first line.")]
internal sealed class FlytectlStubTests
{
    private StubAdmin _admin = null!;

    [SetUp]
    public async Task Start() => _admin = await StubAdmin.StartAsync();

    [TearDown]
    public async Task End() => await _admin.DisposeAsync();

    [TestCase("team1", null, null, "team1")]
    [TestCase("team1", "development", null, "team1/development")]
    [TestCase("team1", "development", "core.hello", "team1/development/core.hello")]
    public async Task The_runner_sets_a_label_through_it(string project, string? domain, string? workflow, string stored)
    {
        var isWritten = await UpdateAsync(new LabelScope(project, domain, workflow), "label2");

        Assert.That((isWritten, _admin.Labels.Single()), Is.EqualTo((true, KeyValuePair.Create(stored, "label2"))));
    }

    [Test]
    public async Task It_compares_with_the_inherited_label_as_the_real_one()
    {
        _admin.Labels["team1"] = "label1";

        var isWritten = await UpdateAsync(new LabelScope("team1", "development", "core.hello"), "label1");

        Assert.That((isWritten, _admin.Labels.Count), Is.EqualTo((false, 1)));
    }

    [Test]
    public void It_reports_FlyteAdmins_refusal() =>
        Assert.That(
            () => UpdateAsync(new LabelScope("unknown", "development"), "label1"),
            Throws
                .TypeOf<FlytectlException>()
                .With.Message.EqualTo(
                    "flytectl update execution-cluster-label failed (exit code 1): Error: update project unknown domain development matchable "
                        + "attributes: update failed: rpc error: code = NotFound desc = entry not found"
                )
        );

    [TestCase("", 1, 0)]
    [TestCase("n\n", 1, 0)]
    [TestCase("what?\ny\n", 0, 1)]
    public async Task Without_force_it_asks(string input, int exitCode, int labels)
    {
        var ran = await RunAsync(input, "update", "execution-cluster-label", "--attrFile", File("project: p\nvalue: l\n"));

        Assert.That((ran.ExitCode, _admin.Labels.Count), Is.EqualTo((exitCode, labels)));
        Assert.That(ran.Output, Does.Contain("Continue? [y/n]: "));
    }

    [TestCase("Error: unknown flag: --nope", "update", "execution-cluster-label", "--nope")]
    [TestCase("Error: flag needs an argument: --attrFile", "update", "execution-cluster-label", "--attrFile")]
    [TestCase("""Error: unknown command "ecl" for "flytectl update""", "update", "ecl")]
    [TestCase("Error: attrFile is mandatory", "update", "execution-cluster-label", "--force")]
    [TestCase("Error: unable to read from /none.yaml yaml file", "update", "execution-cluster-label", "--force", "--attrFile", "/none.yaml")]
    public async Task It_checks_its_arguments(string error, params string[] arguments)
    {
        var ran = await RunAsync(string.Empty, arguments);

        Assert.That(ran.ExitCode, Is.EqualTo(1));
        Assert.That(ran.Errors, Does.StartWith(error));
    }

    [TestCase("project: p\nlabel: l\n", "Error: error unmarshaling JSON: while decoding JSON: json: unknown field \"label\"")]
    [TestCase("project: p\nvalue: l\nvalue: m\n", "Error: error converting YAML to JSON: yaml: unmarshal errors:")]
    [TestCase("domain: d\nvalue: l\n", "Error: project is required")]
    [TestCase("project: p\nworkflow: w\nvalue: l\n", "Error: domain is required")]
    public async Task It_reads_attribute_files_strictly(string text, string error)
    {
        var ran = await RunAsync(string.Empty, "update", "execution-cluster-label", "--force", "--attrFile", File(text));

        Assert.That((ran.ExitCode, _admin.Labels.Count), Is.EqualTo((1, 0)));
        Assert.That(ran.Errors, Does.StartWith(error));
    }

    private async Task<bool> UpdateAsync(LabelScope scope, string label)
    {
        var runner = StubTools.Flytectl(out var path);
        return await runner.UpdateAsync(
            await Permits.GetAsync(),
            new FlytectlLabelSettings
            {
                AttributeFile = File(AttributeFile.Text(scope, label)),
                Config = _admin.Config,
                ToolPath = path,
            },
            default
        );
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(string input, params string[] arguments) =>
        StubTools.RunAsync("flytectl", input, ["--config", _admin.Config, .. arguments]);

    private string File(string text) => _admin.Folder.Write("ecl.yaml", text);
}
