using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using k8s.Models;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Kubernetes.Rollouts;

/// <summary>How far a Deployment is, by the rules of <c>kubectl rollout status</c>.</summary>
internal sealed class DeploymentStateTests
{
    [TestCase(
        """{"generation":1}""",
        """{"replicas":2}""",
        """{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"availableReplicas":2}""",
        true,
        "available"
    )]
    [TestCase(
        """{"generation":2}""",
        """{"replicas":1}""",
        """{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"availableReplicas":1}""",
        false,
        "its new template is not observed yet"
    )]
    [TestCase("""{"generation":1}""", """{"replicas":1}""", """{}""", false, "its new template is not observed yet")]
    [TestCase(
        """{"generation":1}""",
        """{"replicas":3}""",
        """{"observedGeneration":1,"replicas":3,"updatedReplicas":1,"availableReplicas":3}""",
        false,
        "1 of 3 replicas are updated"
    )]
    [TestCase("""{"generation":1}""", """{}""", """{"observedGeneration":1}""", false, "0 of 1 replicas are updated")]
    [TestCase(
        """{"generation":1}""",
        """{"replicas":1}""",
        """{"observedGeneration":1,"replicas":3,"updatedReplicas":1,"availableReplicas":3}""",
        false,
        "2 old replicas are left"
    )]
    [TestCase(
        """{"generation":1}""",
        """{"replicas":2}""",
        """{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"availableReplicas":1}""",
        false,
        "1 of 2 updated replicas are available"
    )]
    [TestCase(
        """{"generation":1}""",
        """{"replicas":2}""",
        """{"observedGeneration":1,"replicas":2,"updatedReplicas":2}""",
        false,
        "0 of 2 updated replicas are available"
    )]
    [TestCase("""{"generation":1}""", """{"replicas":0}""", """{"observedGeneration":1}""", true, "available")]
    [TestCase(
        """{"generation":1}""",
        """{"replicas":1}""",
        """{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}""",
        false,
        "0 of 1 updated replicas are available, its progress deadline is exceeded"
    )]
    [TestCase(
        """{"generation":1}""",
        """{"replicas":1}""",
        """{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"availableReplicas":1,"conditions":[{"type":"Progressing","reason":"ProgressDeadlineExceeded"}]}""",
        true,
        "available"
    )]
    [TestCase(
        """{"generation":1}""",
        """{"replicas":1}""",
        """{"observedGeneration":1,"conditions":[{"type":"ReplicaFailure","status":"True","reason":"FailedCreate","message":"pods is forbidden: exceeded quota"}]}""",
        false,
        "0 of 1 replicas are updated, pods is forbidden: exceeded quota"
    )]
    public void A_state_follows_from_generation_and_replicas(string metadata, string spec, string status, bool available, string summary)
    {
        var deployment = new JsonObject
        {
            ["metadata"] = JsonNode.Parse(metadata),
            ["spec"] = JsonNode.Parse(spec),
            ["status"] = JsonNode.Parse(status),
        };
        deployment["metadata"]!["name"] = "flyteadmin";

        Assert.That(DeploymentState.Of(deployment.As<V1Deployment>()), Is.EqualTo(new DeploymentState("flyteadmin", available, summary)));
    }

    [Test]
    public void A_Deployment_that_no_controller_has_seen_is_not_available() =>
        Assert.That(
            DeploymentState.Of(((JsonObject)JsonNode.Parse("""{"metadata":{"name":"d","generation":1},"spec":{}}""")!).As<V1Deployment>()).IsAvailable,
            Is.False
        );
}
