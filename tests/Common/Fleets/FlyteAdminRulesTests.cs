using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.Fleets.FleetText;

namespace Flyte.MultiCluster.Tests.Common.Fleets;

/// <summary>The sections <c>flyteAdmin</c>, <c>executionLabels</c>, <c>executionLabelFiles</c>, <c>smoke</c> and <c>pyflyte</c>.</summary>
internal sealed class FlyteAdminRulesTests
{
    private const string Configured = "flyteAdmin: {endpoint: 'https://flyte.example.com', config: c.yaml}\n";
    private const string Admin = "flyteAdmin: {endpoint: 'https://flyte.example.com'}\n";

    [Test]
    public void Every_field_of_flyteAdmin_is_read()
    {
        var settings = Read(
            With(
                Default,
                "flyteAdmin: {endpoint: 'https://flyte.example.com/base', caFile: ca.pem, auth: {clientId: me, clientSecretVariable: SECRET}, "
                    + "flytectl: true, config: c.yaml}"
            ),
            ("ca.pem", "x"),
            ("c.yaml", "x")
        ).Fleet!.FlyteAdmin!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(settings.Endpoint, Is.EqualTo(new Uri("https://flyte.example.com/base")));
            Assert.That(Path.GetFileName(settings.CaFile), Is.EqualTo("ca.pem"));
            Assert.That(Path.IsPathRooted(settings.CaFile), Is.True);
            Assert.That(settings.Login, Is.EqualTo(new FlyteAdminLogin { ClientId = "me", ClientSecretVariable = "SECRET" }));
            Assert.That(settings.Flytectl, Is.True);
            Assert.That(Path.GetFileName(settings.Config), Is.EqualTo("c.yaml"));
        }
    }

    [TestCase("{endpoint: 'dns:///flyte.example.com:443'}", "12:24", "not an https or http address", "gRPC address of flyte.endpoint")]
    [TestCase("{endpoint: flyte.example.com}", "12:24", "not an https or http address", "https://flyte.example.com")]
    [TestCase("{endpoint: 'https://me:pw@flyte.example.com'}", "12:24", "user name or password", "auth")]
    [TestCase("{endpoint: 'https://flyte.example.com/api/v1'}", "12:24", "has more than the server's address", "Write the address")]
    [TestCase("{endpoint: 'http://flyte.example.com', auth: {tokenVariable: T}}", "12:24", "over plain http", "https")]
    [TestCase("{endpoint: 'https://f.example', auth: {}}", "12:51", "names no way to log in", "tokenVariable")]
    [TestCase("{endpoint: 'https://f.example', auth: {tokenVariable: T, tokenCommand: [a]}}", "12:51", "more than one way", "tokenVariable")]
    [TestCase("{endpoint: 'https://f.example', auth: {clientId: a}}", "12:51", "go together", "clientSecretVariable")]
    [TestCase("{endpoint: 'https://f.example', auth: {tokenCommand: []}}", "12:66", "'tokenCommand' is empty", "COMMAND")]
    [TestCase("{endpoint: 'https://f.example', caFile: ca.pem}", "12:53", "does not exist", "CA certificates")]
    [TestCase("{auth: {tokenVariable: T}}", "12:13", "has no 'endpoint'", "https://flyte.example.com")]
    public void What_is_wrong_with_flyteAdmin_is_reported(string section, string place, string what, string remedy) =>
        HasOne(With(Default, $"flyteAdmin: {section}"), place, what, remedy);

    [Test]
    public void A_secret_in_place_of_a_variables_name_is_not_shown()
    {
        var problems = ProblemsOf(With(Default, "flyteAdmin: {endpoint: 'https://f.example', auth: {tokenVariable: 'eyJhbGciOi.JIUzI1-NiJ9'}}"));

        Assert.That(problems, Has.Count.EqualTo(1));
        Assert.That(problems[0], Does.Contain("not the name of an environment variable").And.Not.Contain("eyJ"));
    }

    [Test]
    public void Labels_of_projects_domains_and_workflows_are_read_from_the_fleet_and_from_attribute_files()
    {
        var fleet = Read(
            With(
                Default,
                Admin
                    + "executionLabels: [{project: team1, label: label1}, {project: team1, domain: development, label: "
                    + "label2}]\nexecutionLabelFiles: [ecl.yaml]"
            ),
            ("ecl.yaml", "domain: development\nproject: team1\nworkflow: example.training_workflow\nvalue: label1\n")
        ).Fleet!;

        Assert.That(
            fleet.ExecutionLabels.Select(label => $"{label.Scope} {label.Label}"),
            Is.EqualTo(new[] { "team1 label1", "team1/development label2", "team1/development/example.training_workflow label1" })
        );
        Assert.That(fleet.ExecutionLabels[2].Place, Does.EndWith("ecl.yaml:1:1"));
    }

    [TestCase("{project: Team_1, label: label1}", "13:29", "not a project ID", "the id, not the name")]
    [TestCase("{project: team1, workflow: w, label: label1}", "13:46", "needs a domain", "domain: development")]
    [TestCase("{project: team1, label: Label1}", "13:43", "lower-cases", "Write label1")]
    [TestCase("{project: team1}", "13:19", "has no 'label'", "execution cluster label")]
    [TestCase("{project: team1, label: label1}, {project: team1, label: label2}", "13:52", "already has a label", "Keep one")]
    public void What_is_wrong_with_an_execution_label_is_reported(string items, string place, string what, string remedy) =>
        HasOne(With(Default, $"{Admin}executionLabels: [{items}]"), place, what, remedy);

    [TestCase("project: team1\nlabel: label1\nvalue: label1\n", "ecl.yaml:2:1", "has no key 'label'")]
    [TestCase("", "ecl.yaml:1:1", "is empty")]
    [TestCase("a: [\n", "ecl.yaml:", "")]
    [TestCase(
        "project: team1\ndomain: development\nvalue: label1\n---\nproject: team1\ndomain: production\nvalue: label2\n",
        "ecl.yaml:5:1",
        "A second YAML document begins here"
    )]
    [TestCase("---\n---\nproject: team1\ndomain: production\nvalue: label2\n", "ecl.yaml:3:1", "A second YAML document begins here")]
    public void What_is_wrong_with_an_attribute_file_is_reported_with_its_place(string content, string place, string what)
    {
        var problems = ProblemsOf(With(Default, Admin + "executionLabelFiles: [ecl.yaml]"), ("ecl.yaml", content));

        Assert.That(problems, Has.Count.EqualTo(1), string.Join('\n', problems));
        Assert.That(problems[0], Does.Contain(place).And.Contain(what));
    }

    [TestCase("executionLabels: [{project: p, label: label1}]", "12:18")]
    [TestCase("smoke: {project: p, domain: d, launchPlan: l}", "12:8")]
    public void Labels_and_smoke_runs_need_FlyteAdmins_address(string line, string place) =>
        HasOne(With(Default, line), place, "needs FlyteAdmin's address", "Add flyteAdmin");

    [Test]
    public void A_smoke_mapping_is_a_pattern_for_every_label()
    {
        var smoke = Read(
            With(Default, Admin + "smoke: {project: p, domain: d, launchPlan: core.hello, inputs: {x: 1, z: {C: 0.1}}, timeout: 90s}")
        ).Fleet!.Smoke!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(smoke.ForEveryLabel, Is.True);
            Assert.That(smoke.Executions, Has.Count.EqualTo(1));
            Assert.That(smoke.Executions[0].Timeout, Is.EqualTo(TimeSpan.FromSeconds(90)));
            Assert.That(JsonNode.DeepEquals(smoke.Executions[0].Inputs, JsonNode.Parse("""{"x": 1, "z": {"C": 0.1}}""")), Is.True);
        }
    }

    [Test]
    public void A_smoke_list_names_each_execution()
    {
        var smoke = Read(
            With(Default, Admin + "smoke: [{project: p, domain: d, launchPlan: l, version: v1, label: label1, cluster: dataplane_1}]")
        ).Fleet!.Smoke!;

        Assert.That(smoke.ForEveryLabel, Is.False);
        Assert.That(
            smoke.Executions[0],
            Is.EqualTo(
                new SmokeExecution
                {
                    Project = "p",
                    Domain = "d",
                    LaunchPlan = "l",
                    Version = "v1",
                    Label = "label1",
                    Cluster = "dataplane_1",
                    Inputs = smoke.Executions[0].Inputs,
                }
            )
        );
    }

    [TestCase("[{project: p, domain: d, launchPlan: l, cluster: dataplane_3}]", "13:57", "no cluster 'dataplane_3'", "dataplane_")]
    [TestCase("[{project: p, domain: d, launchPlan: l, timeout: soon}]", "13:57", "'soon' is not a duration", "90s")]
    [TestCase("[{project: p, domain: d}]", "13:9", "has no 'launchPlan'", "launch plan's name")]
    [TestCase("{project: p, domain: d, launchPlan: l, label: label1}", "13:47", "has no key 'label'", "Known here")]
    public void What_is_wrong_with_smoke_is_reported(string smoke, string place, string what, string remedy) =>
        HasOne(With(Default, $"{Admin}smoke: {smoke}"), place, what, remedy);

    [Test]
    public void The_age_of_credentials_that_Verify_warns_of_is_read() =>
        Assert.That(Read(With(Default, "credentials: {maxAge: 90d}")).Fleet!.Credentials.MaxAge, Is.EqualTo(TimeSpan.FromDays(90)));

    [Test]
    public void Without_an_age_Verify_warns_of_none() => Assert.That(Read(With(Default, "credentials: {}")).Fleet!.Credentials.MaxAge, Is.Null);

    [TestCase("{maxAge: soon}", "'soon' is not an age", "90d")]
    [TestCase("{maxAge: 1001d}", "'1001d' is not an age", "at most 1000d")]
    [TestCase("{maxage: 90d}", "has no key 'maxage'", "maxAge")]
    public void What_is_wrong_with_the_age_of_credentials_is_reported(string credentials, string what, string remedy)
    {
        var problem = ProblemsOf(With(Default, $"credentials: {credentials}")).Single();
        Assert.That(problem, Does.Contain(what).And.Contain(remedy));
    }

    [Test]
    public void The_runbooks_pyflyte_line_is_read()
    {
        var run = Read(
            With(
                Default,
                Configured
                    + "pyflyte: {script: example.py, workflow: training_workflow, project: team1, domain: development, inputs: {hyperparameters: {C: 0.1}}}"
            ),
            ("example.py", ""),
            ("c.yaml", "")
        ).Fleet!.Pyflyte!;

        Assert.That(Path.GetFileName(run.Script), Is.EqualTo("example.py"));
        Assert.That(run.Inputs["hyperparameters"]!.ToJsonString(), Is.EqualTo("""{"C":0.1}"""));
    }

    [Test]
    public void A_script_that_is_not_there_is_reported() =>
        Assert.That(
            ProblemsOf(With(Default, Configured + "pyflyte: {script: example.py, workflow: w, project: p, domain: d}"), ("c.yaml", "")).Single(),
            Does.StartWith("13:19 ").And.Contain("does not exist").And.Contain("Python file")
        );

    [TestCase("flyteAdmin: {endpoint: 'https://flyte.example.com', flytectl: true}", "12:63", "flytectl would take its own default")]
    [TestCase(Admin + "pyflyte: {script: fleet.yaml, workflow: w, project: p, domain: d}", "13:10", "pyflyte would take its own default")]
    public void Tools_that_go_by_their_own_configuration_are_reported_which(string lines, string place, string what) =>
        HasOne(With(Default, lines), place, what, "flyteAdmin.config");
}
