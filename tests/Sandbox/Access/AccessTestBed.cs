using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Microsoft.AspNetCore.Http;

namespace Flyte.MultiCluster.Tests.Sandbox.Access;

/// <summary>One cluster's access on a store of its own, and short ways to fill it.</summary>
internal sealed class AccessTestBed : IDisposable
{
    public AccessTestBed()
    {
        Keys = new ClusterKeys(Clock.GetUtcNow());
        Access = new ClusterAccess(Keys, Store, Clock);
    }

    public ManualClock Clock { get; } = new();

    public MemoryObjects Store { get; } = new();

    public ClusterKeys Keys { get; }

    public ClusterAccess Access { get; }

    public void Dispose() => Keys.Dispose();

    public string AddServiceAccount(string ns, string name) =>
        Store.Create("", "serviceaccounts", ns, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } }, "test")["metadata"]![
            "uid"
        ]!.GetValue<string>();

    public string AddTokenSecret(string ns, string serviceAccount, string uid, string name)
    {
        var token = Access.Reviews.SecretToken(ns, serviceAccount, uid, name);
        Store.Create(
            "",
            "secrets",
            ns,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name },
                ["data"] = new JsonObject { ["token"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(token)) },
            },
            "test"
        );
        return token;
    }

    public void AddRole(string? ns, string name, string rules) =>
        Store.Create(
            RoleRules.Group,
            ns is null ? "clusterroles" : "roles",
            ns,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name },
                ["rules"] = JsonNode.Parse(rules),
            },
            "test"
        );

    public void AddBinding(string? ns, string name, string roleKind, string role, string subjects) =>
        Store.Create(
            RoleRules.Group,
            ns is null ? "clusterrolebindings" : "rolebindings",
            ns,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name },
                ["roleRef"] = new JsonObject
                {
                    ["apiGroup"] = RoleRules.Group,
                    ["kind"] = roleKind,
                    ["name"] = role,
                },
                ["subjects"] = JsonNode.Parse(subjects),
            },
            "test"
        );

    public UserInfo? AuthenticateToken(string token) => AuthenticateHeader($"Bearer {token}");

    public UserInfo? AuthenticateHeader(string authorization)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = authorization;
        return Access.Authenticator.Authenticate(context);
    }

    public UserInfo? AuthenticateCertificate(X509Certificate2 certificate)
    {
        var context = new DefaultHttpContext();
        context.Connection.ClientCertificate = certificate;
        return Access.Authenticator.Authenticate(context);
    }
}
