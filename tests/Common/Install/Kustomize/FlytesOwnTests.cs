using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Install.Kustomize;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Install.Kustomize;

/// <summary>Which Secrets of an overlay Flyte writes itself.</summary>
internal sealed class FlytesOwnTests
{
    [TestCase(
        """{"command":["/bin/sh","-c"],"args":["flyteadmin secrets init --localPath /s &&\nflyteadmin secrets create --name my-secrets --fromPath /s"]}""",
        "my-secrets"
    )]
    [TestCase("""{"command":["flyteadmin","secrets","create","--name=my-secrets"]}""", "my-secrets")]
    [TestCase("""{"command":["flytepropeller"],"args":["webhook","init-certs","--config","x"]}""", "flyte-pod-webhook")]
    [TestCase(
        """{"command":["flytepropeller"],"args":["webhook","init-certs"],"volumeMounts":[{"name":"certs","mountPath":"/etc/webhook/certs/"}]}""",
        "prefixed-webhook"
    )]
    [TestCase("""{"command":["flytepropeller"],"args":["webhook","--config","x"]}""", null)]
    [TestCase("""{"command":["flyteadmin","secrets","init"]}""", null)]
    public void The_command_of_an_init_container_reports(string container, string? secret)
    {
        var spec = new JsonObject
        {
            ["initContainers"] = new JsonArray(JsonNode.Parse(container)),
            ["volumes"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "certs",
                    ["secret"] = new JsonObject { ["secretName"] = "prefixed-webhook" },
                }
            ),
        };
        var deployment = new JsonObject
        {
            ["kind"] = "Deployment",
            ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = spec } },
        };

        Assert.That(GeneratedSecrets.Secrets([deployment]), secret is null ? Is.Empty : Is.EqualTo(new[] { secret }));
    }
}
