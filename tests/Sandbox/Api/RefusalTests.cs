using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Microsoft.AspNetCore.Http;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Api;

/// <summary>Who is nobody, or may not.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class RefusalTests
{
    private static readonly UserInfo Somebody = new(
        "somebody",
        "",
        ["system:authenticated"],
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    );

    [Test]
    public async Task An_unknown_credential_is_unauthorized()
    {
        IAuthenticator authenticator = Substitute.For<IAuthenticator>();
        authenticator.Authenticate(Arg.Any<HttpContext>()).Returns((UserInfo?)null);
        await using ServedCluster cluster = await ServedCluster.StartAsync(authenticator);

        using HttpResponseMessage response = await cluster.Http.GetAsync(new Uri("/api/v1/namespaces", UriKind.Relative));

        Assert.That(((int)response.StatusCode, await Message(response)), Is.EqualTo((401, "Unauthorized")));
    }

    [TestCase(
        "/api/v1/namespaces/flyte/secrets/x",
        "secrets \"x\" is forbidden: User \"somebody\" cannot get resource \"secrets\" in API group \"\" in the namespace \"flyte\""
    )]
    [TestCase("/api/v1/secrets", "secrets is forbidden: User \"somebody\" cannot list resource \"secrets\" in API group \"\" at the cluster scope")]
    [TestCase(
        "/apis/apps/v1/namespaces/flyte/deployments/x/scale",
        "deployments.apps \"x\" is forbidden: User \"somebody\" cannot get resource \"deployments/scale\" in API group \"apps\" in the namespace \"flyte\""
    )]
    [TestCase("/metrics", "forbidden: User \"somebody\" cannot get path \"/metrics\"")]
    public async Task What_may_not_be_is_forbidden_in_the_servers_words(string path, string message)
    {
        IAuthenticator authenticator = Substitute.For<IAuthenticator>();
        authenticator.Authenticate(Arg.Any<HttpContext>()).Returns(Somebody);
        IAuthorizer authorizer = Substitute.For<IAuthorizer>();
        authorizer.Authorize(Arg.Any<UserInfo>(), Arg.Any<RequestAttributes>()).Returns(new Decision(false, ""));
        await using ServedCluster cluster = await ServedCluster.StartAsync(authenticator, authorizer);

        using HttpResponseMessage response = await cluster.Http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.That(((int)response.StatusCode, await Message(response)), Is.EqualTo((403, message)));
    }

    private static async Task<string> Message(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["message"]!.GetValue<string>();
}
