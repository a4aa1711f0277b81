using System.Text;
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Controllers;

internal sealed class TokenControllerTests : ControllerTests
{
    private const string Account = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: flyteadmin, namespace: flyte}}";

    private const string TokenSecret = """
        apiVersion: v1
        kind: Secret
        metadata: {name: dataplane1-token, namespace: flyte, annotations: {kubernetes.io/service-account.name: flyteadmin}}
        type: kubernetes.io/service-account-token
        """;

    [Test]
    public async Task A_token_secret_is_filled_for_its_service_account()
    {
        var uid = Cluster.Create(Account)["metadata"]!["uid"]!.GetValue<string>();
        Cluster.Create(TokenSecret);
        await Cluster.Quiet();
        Assert.Multiple(() =>
        {
            Assert.That(Data("token"), Is.EqualTo("token of flyte/flyteadmin"));
            Assert.That(Data("ca.crt"), Is.EqualTo(ControlledCluster.Certificate));
            Assert.That(Data("namespace"), Is.EqualTo("flyte"));
            Assert.That(Secret()!["metadata"]!["annotations"]!["kubernetes.io/service-account.uid"]!.GetValue<string>(), Is.EqualTo(uid));
        });
    }

    [Test]
    public async Task A_token_secret_is_deleted_with_its_service_account()
    {
        Cluster.Create(Account);
        Cluster.Create(TokenSecret);
        await Cluster.Quiet();
        Cluster.Delete("ServiceAccount", "flyte", "flyteadmin");
        await Cluster.Quiet();
        Assert.That(Secret(), Is.Null);
    }

    [Test]
    public async Task A_token_secret_without_service_account_is_deleted()
    {
        Cluster.Create(TokenSecret);
        await Cluster.Quiet();
        Assert.That(Secret(), Is.Null);
    }

    [Test]
    public async Task A_token_that_was_taken_out_is_filled_in_again()
    {
        Cluster.Create(Account);
        Cluster.Create(TokenSecret);
        await Cluster.Quiet();
        Cluster.Change("Secret", "flyte", "dataplane1-token", s => ((JsonObject)s["data"]!).Remove("token"));
        await Cluster.Quiet();
        Assert.That(Data("token"), Is.EqualTo("token of flyte/flyteadmin"));
    }

    [Test]
    public async Task Under_the_fault_a_token_stays_empty_until_the_fault_goes()
    {
        Cluster.Faults.TokenNeverFilled = true;
        Cluster.Create(Account);
        Cluster.Create(TokenSecret);
        await Cluster.Quiet();
        Assert.That(Secret()!["data"]?["token"], Is.Null);
        Cluster.Faults.TokenNeverFilled = false;
        await Cluster.Quiet();
        Assert.That(Data("token"), Is.EqualTo("token of flyte/flyteadmin"));
    }

    private JsonObject? Secret() => Cluster.Get("Secret", "flyte", "dataplane1-token");

    private string Data(string key) => Encoding.UTF8.GetString(Convert.FromBase64String(Secret()!["data"]![key]!.GetValue<string>()));
}
