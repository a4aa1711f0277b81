using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tests.Tasks.SmokeRuns;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>YAML's values become flyteidl's literals.</summary>
internal sealed class LaunchPlanInputsTests
{
    [TestCase("7", """{"simple":"INTEGER"}""", """{"scalar":{"primitive":{"integer":"7"}}}""")]
    [TestCase("0.5", """{"simple":"FLOAT"}""", """{"scalar":{"primitive":{"float_value":0.5}}}""")]
    [TestCase("2", """{"simple":"FLOAT"}""", """{"scalar":{"primitive":{"float_value":2}}}""")]
    [TestCase("\"a\"", """{"simple":"STRING"}""", """{"scalar":{"primitive":{"string_value":"a"}}}""")]
    [TestCase("true", """{"simple":"BOOLEAN"}""", """{"scalar":{"primitive":{"boolean":true}}}""")]
    [TestCase("\"2026-01-31\"", """{"simple":"DATETIME"}""", """{"scalar":{"primitive":{"datetime":"2026-01-31T00:00:00Z"}}}""")]
    [TestCase("\"90s\"", """{"simple":"DURATION"}""", """{"scalar":{"primitive":{"duration":"90s"}}}""")]
    [TestCase("""{"C":0.1}""", """{"simple":"STRUCT"}""", """{"scalar":{"generic":{"C":0.1}}}""")]
    [TestCase("[1]", """{"collection_type":{"simple":"INTEGER"}}""", """{"collection":{"literals":[{"scalar":{"primitive":{"integer":"1"}}}]}}""")]
    [TestCase("""{"a":1}""", """{"map_value_type":{"simple":"INTEGER"}}""", """{"map":{"literals":{"a":{"scalar":{"primitive":{"integer":"1"}}}}}}""")]
    [TestCase("\"b\"", """{"enum_type":{"values":["a","b"]}}""", """{"scalar":{"primitive":{"string_value":"b"}}}""")]
    [TestCase(
        "null",
        """{"union_type":{"variants":[{"simple":"STRING"},{"simple":"NONE"}]}}""",
        """{"scalar":{"union":{"value":{"scalar":{"none_type":{}}},"type":{"simple":"NONE"}}}}"""
    )]
    [TestCase("\"s3://b/k\"", """{"blob":{"format":"csv"}}""", """{"scalar":{"blob":{"metadata":{"type":{"format":"csv"}},"uri":"s3://b/k"}}}""")]
    public void A_value_becomes_a_literal_of_the_type(string value, string type, string literal)
    {
        var inputs = Inputs(type);

        Assert.That(inputs.Literals(SmokeBed.Json($$"""{"x":{{value}}}"""))["x"]?.ToJsonString(), Is.EqualTo(literal));
        Assert.That(inputs.Problems, Is.Empty);
    }

    [TestCase("\"7\"", """{"simple":"INTEGER"}""", "an integer")]
    [TestCase("7.5", """{"simple":"INTEGER"}""", "an integer")]
    [TestCase("7", """{"simple":"STRING"}""", "a string")]
    [TestCase("[\"a\"]", """{"collection_type":{"simple":"INTEGER"}}""", "a list, each an integer")]
    [TestCase("\"c\"", """{"enum_type":{"values":["a","b"]}}""", "one of a, b")]
    [TestCase("1", """{"union_type":{"variants":[{"simple":"STRING"},{"simple":"NONE"}]}}""", "a string or nothing")]
    [TestCase("{}", """{"structured_dataset_type":{}}""", "a type that cannot be written in YAML")]
    public void A_value_that_does_not_fit_is_reported(string value, string type, string words)
    {
        var inputs = Inputs(type);
        inputs.Literals(SmokeBed.Json($$"""{"x":{{value}}}"""));

        Assert.That(inputs.Problems.Single().What, Is.EqualTo($"Input 'x' of launch plan smoke (v1) expects {words}, but the fleet has another value."));
    }

    [Test]
    public void Missing_and_unknown_inputs_are_reported()
    {
        var inputs = Inputs("""{"simple":"INTEGER"}""");
        inputs.Literals(SmokeBed.Json("""{"xy":1}"""));

        Assert.That(
            inputs.Problems.Select(problem => problem.What),
            Is.EqualTo(new[] { "Launch plan smoke (v1) has no input 'xy'.", "Launch plan smoke (v1) needs the input 'x', an integer." })
        );
    }

    [Test]
    public void An_input_with_a_default_may_be_left_out()
    {
        var inputs = Inputs("""{"simple":"INTEGER"}""", required: false);
        inputs.Literals([]);

        Assert.That(inputs.Problems, Is.Empty);
    }

    private static LaunchPlanInputs Inputs(string type, bool required = true) =>
        new(
            new LaunchPlan("team1", "development", "smoke", "v1", "wf", new Dictionary<string, LaunchPlanInput> { ["x"] = new(SmokeBed.Json(type), required) }),
            "fleet.yaml, smoke"
        );
}
