using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Store;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Access;

[TestFixture]
internal sealed class ImpersonationTests
{
    private AccessTestBed _cluster = null!;

    [SetUp]
    public void MakeCluster() => _cluster = new AccessTestBed();

    [TearDown]
    public void DropCluster() => _cluster.Dispose();

    [Test]
    public void An_administrator_may_act_as_a_service_account_with_its_groups()
    {
        var user = As("kubernetes-admin", [Users.Masters], "system:serviceaccount:flyte:flyteadmin")!;

        Assert.That(user.Name, Is.EqualTo("system:serviceaccount:flyte:flyteadmin"));
        Assert.That(user.Groups, Is.EqualTo(new[] { "system:serviceaccounts", "system:serviceaccounts:flyte", "system:authenticated" }));
    }

    [Test]
    public void Impersonated_groups_are_taken()
    {
        Assert.That(As("kubernetes-admin", [Users.Masters], "joe", "dev")!.Groups, Is.EqualTo(new[] { "dev", "system:authenticated" }));
    }

    [Test]
    public void Who_may_not_impersonate_is_forbidden()
    {
        Assert.That(
            () => As("jane", [], "joe"),
            Throws
                .TypeOf<ApiException>()
                .With.Message.EqualTo("users \"joe\" is forbidden: User \"jane\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope")
        );
    }

    [Test]
    public void Being_allowed_a_user_does_not_allow_a_group()
    {
        _cluster.AddRole(null, "r", """[{"verbs":["impersonate"],"apiGroups":[""],"resources":["users"],"resourceNames":["joe"]}]""");
        _cluster.AddBinding(null, "b", "ClusterRole", "r", """[{"kind":"User","name":"jane"}]""");

        Assert.That(As("jane", [], "joe")!.Name, Is.EqualTo("joe"));
        Assert.That(() => As("jane", [], "joe", Users.Masters), Throws.TypeOf<ApiException>());
    }

    private UserInfo? As(string user, string[] groups, string other, params string[] otherGroups)
    {
        using var certificate = _cluster.Keys.Certificates.IssueClient(user, groups);
        var context = new DefaultHttpContext();
        context.Connection.ClientCertificate = certificate;
        context.Request.Headers["Impersonate-User"] = other;
        if (otherGroups.Length > 0)
        {
            context.Request.Headers["Impersonate-Group"] = otherGroups;
        }

        return _cluster.Access.Authenticator.Authenticate(context);
    }
}
