using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Conformance;

/// <summary>CustomResourceDefinitions and their objects.</summary>
[TestFixture]
internal sealed class CustomResourceTests : ConformanceFixture
{
    private string _group = "";

    [OneTimeSetUp]
    public void Define()
    {
        _group = Namespace + ".example.com";
        Must(
            "apply -f -",
            $$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gadgets.{{_group}} }
            spec:
              group: {{_group}}
              scope: Namespaced
              names: {plural: gadgets, singular: gadget, kind: Gadget, listKind: GadgetList, shortNames: [gdg]}
              versions:
                - name: v1
                  served: true
                  storage: true
                  subresources: {status: {} }
                  additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
                  schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} }
            """
        );
        Must($"wait --for=condition=Established crd/gadgets.{_group} --timeout=30s");
    }

    [Test]
    public void An_object_is_created_and_shown_with_the_definitions_columns()
    {
        Must("apply -f -", Gadget("shown", 7));

        Assert.That(
            Must($"get gadgets.{_group} shown").Split('\n').Take(2).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            Is.EqualTo(new[] { new[] { "NAME", "SIZE" }, ["shown", "7"] })
        );
    }

    [Test]
    public void The_definition_is_discovered() => Assert.That(Must($"api-resources --api-group={_group}"), Does.Contain("gdg").And.Contain("Gadget"));

    [Test]
    public void Writing_status_does_not_raise_the_generation_and_writing_spec_does()
    {
        Must("apply -f -", Gadget("counted", 1));
        Kubectl.Run([
            "patch",
            $"gadgets.{_group}",
            "counted",
            "-n",
            Namespace,
            "--subresource=status",
            "--type=merge",
            "-p",
            """{"status":{"phase":"Fine"}}""",
        ]);
        JsonNode first = Get($"gadgets.{_group} counted");
        Must("apply -f -", Gadget("counted", 2));
        JsonNode second = Get($"gadgets.{_group} counted");

        Assert.That(
            (
                first["metadata"]!["generation"]!.GetValue<int>(),
                first["status"]!["phase"]!.GetValue<string>(),
                second["metadata"]!["generation"]!.GetValue<int>()
            ),
            Is.EqualTo((1, "Fine", 2))
        );
    }

    [Test]
    public void Status_is_not_written_through_the_main_resource()
    {
        Must("create -f -", Gadget("stated", 1) + "\nstatus: {phase: Wrong}");

        Assert.That(Get($"gadgets.{_group} stated")["status"], Is.Null);
    }

    [Test]
    public void A_strategic_merge_patch_is_refused()
    {
        Must("apply -f -", Gadget("patched", 1));

        Assert.That(
            Kubectl.Run(["patch", $"gadgets.{_group}", "patched", "-n", Namespace, "--type=strategic", "-p", """{"spec":{"size":2}}"""]).Code,
            Is.EqualTo(1)
        );
    }

    protected override void Cleanup() => Kubectl.Run($"delete crd gadgets.{_group} --ignore-not-found --timeout=30s");

    private string Gadget(string name, int size) =>
        $$"""
            apiVersion: {{_group}}/v1
            kind: Gadget
            metadata: {name: {{name}} }
            spec: {size: {{size}} }
            """;
}
