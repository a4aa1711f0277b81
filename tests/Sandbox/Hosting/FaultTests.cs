using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Faults;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Hosting;

[TestFixture]
internal sealed class FaultTests
{
    private readonly FaultSet _faults = new();

    [TestCase("""{"kind":"explode"}""", "kind")]
    [TestCase("{}", "kind")]
    [TestCase("""{"kind":"refuse","paht":"x"}""", "paht")]
    [TestCase("""{"kind":"refuse","path":"("}""", "path")]
    [TestCase("""{"kind":"status","status":200}""", "status")]
    [TestCase("""{"kind":"delay","delayMs":"1s"}""", "delayMs")]
    [TestCase("""{"kind":"refuse","count":0}""", "count")]
    [TestCase("""{"kind":"podsCrash","count":1}""", "count")]
    public void A_fault_that_is_none_is_refused(string json, string named)
    {
        Assert.That(() => Fault.Read(JsonNode.Parse(json)!.AsObject()), Throws.TypeOf<FormatException>().With.Message.Contains($"\"{named}\""));
    }

    [TestCase("""{"kind":"refuse"}""", true)]
    [TestCase("""{"kind":"refuse","cluster":"dataplane1"}""", true)]
    [TestCase("""{"kind":"refuse","cluster":"dataplane2"}""", false)]
    [TestCase("""{"kind":"refuse","method":"get"}""", true)]
    [TestCase("""{"kind":"refuse","method":"POST"}""", false)]
    [TestCase("""{"kind":"refuse","path":"/secrets\\?watch"}""", true)]
    [TestCase("""{"kind":"refuse","path":"^/secrets"}""", false)]
    [TestCase("""{"kind":"podsCrash"}""", false)]
    public void A_request_meets_the_faults_that_name_it(string json, bool meets)
    {
        Add(json);

        Assert.That(_faults.Meet("dataplane1", "GET", "/api/v1/secrets?watch=1"), meets ? Has.Count.EqualTo(1) : Is.Empty);
    }

    [Test]
    public void A_counted_fault_ends_after_its_count()
    {
        Add("""{"kind":"refuse","count":2}""");

        Assert.That(new[] { Meet(), Meet(), Meet() }, Is.EqualTo(new[] { 1, 1, 0 }));
    }

    [Test]
    public void A_fault_begins_after_the_request_that_it_waits_for_of_whatever_cluster()
    {
        Add("""{"kind":"refuse","cluster":"c","after":"^other POST /token"}""");

        var before = Meet();
        var trigger = _faults.Meet("other", "POST", "/token?x=1").Count;

        Assert.That((before, trigger, Meet()), Is.EqualTo((0, 0, 1)));
    }

    [Test]
    public void Delays_add_up_and_the_first_ending_ends()
    {
        Add("""{"kind":"delay"}""");
        Add("""{"kind":"delay"}""");
        Add("""{"kind":"refuse"}""");
        Add("""{"kind":"drop"}""");

        Assert.That(_faults.Meet("c", "GET", "/").Select(f => f.Kind), Is.EqualTo(new[] { FaultKind.Delay, FaultKind.Delay, FaultKind.Refuse }));
    }

    [Test]
    public void What_is_held_goes_on_once_the_faults_are_removed()
    {
        Add("""{"kind":"hold"}""");
        var cleared = _faults.Cleared;
        Assert.That((_faults.Meet("c", "GET", "/").Single().Kind, cleared.IsCompleted), Is.EqualTo((FaultKind.Hold, false)));

        _faults.Clear();

        Assert.That((cleared.IsCompleted, _faults.Cleared.IsCompleted, Meet()), Is.EqualTo((true, false, 0)));
    }

    [TestCase("podsNeverReady", PodFault.NeverReady)]
    [TestCase("podsCrash", PodFault.Crash)]
    [TestCase("imagePull", PodFault.ImagePull)]
    [TestCase("unschedulable", PodFault.Unschedulable)]
    public void Controllers_see_the_faults_of_pods_by_the_deployments_name(string kind, PodFault fault)
    {
        var seen = new ClusterPodFaults(_faults, "dataplane1");
        Add($$"""{"kind":"{{kind}}","cluster":"dataplane1","name":"^flyteprop"}""");

        Assert.That(seen.For("flytepropeller"), Is.EqualTo(fault));
        Assert.That(seen.For("flyteadmin"), Is.Null);
        Assert.That(new ClusterPodFaults(_faults, "dataplane2").For("flytepropeller"), Is.Null);
    }

    [Test]
    public void Controllers_hear_of_the_token_controllers_stop_and_of_its_end()
    {
        var seen = new ClusterPodFaults(_faults, "dataplane1");
        var states = new List<bool>();
        seen.Changed += (_, _) => states.Add(seen.TokenNeverFilled);

        Add("""{"kind":"tokenNeverFilled"}""");
        _faults.Clear();

        Assert.That(states, Is.EqualTo(new[] { true, false }));
    }

    private int Meet() => _faults.Meet("c", "GET", "/").Count;

    [SetUp]
    public void NoFaults() => _faults.Clear();

    private void Add(string json) => _faults.Add(Fault.Read(JsonNode.Parse(json)!.AsObject()));
}
