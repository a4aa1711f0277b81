using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Api;
using Flyte.MultiCluster.Sandbox.Controllers;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.Patching;
using Flyte.MultiCluster.Sandbox.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NSubstitute;

namespace Flyte.MultiCluster.Tests.Sandbox.Api;

/// <summary>One API server over plain HTTP on loopback, which lets everybody do everything.</summary>
internal sealed class ServedCluster : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _end = new();
    private Task _controllers = Task.CompletedTask;

    private ServedCluster(WebApplication app, ObjectStore store)
    {
        _app = app;
        Store = store;
        Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Folder = Directory.CreateTempSubdirectory("sandbox-api-").FullName;
        Kubeconfig = Path.Combine(Folder, "kubeconfig");
        File.WriteAllText(
            Kubeconfig,
            $$$"""
            {"apiVersion":"v1","kind":"Config","current-context":"c","clusters":[{"name":"c","cluster":{"server":"{{{Url}}}"}}],
            "users":[{"name":"u","user":{}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}]}
            """
        );
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(Url) };
    }

    public ObjectStore Store { get; }

    public string Url { get; }

    public string Folder { get; }

    public string Kubeconfig { get; }

    public HttpClient Http { get; }

    public static async Task<ServedCluster> StartAsync(IAuthenticator? authenticator = null, IAuthorizer? authorizer = null, bool controllers = false)
    {
        ManagedFields managedFields = new();
        ObjectStore store = new(managedFields, TimeProvider.System);
        Everybody everybody = new();
        ApiServer server = new(store, new Patches(), managedFields, authenticator ?? everybody, authorizer ?? everybody, everybody, TimeProvider.System);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.Run(server.HandleAsync);
        await app.StartAsync();
        ServedCluster cluster = new(app, store);
        if (controllers)
            cluster._controllers = new ClusterControllers(store, everybody, Substitute.For<IPodFaults>(), TimeProvider.System).RunAsync(cluster._end.Token);
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _end.CancelAsync();
        await _controllers;
        Store.Reset();
        using CancellationTokenSource soon = new(TimeSpan.FromSeconds(1));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
        _end.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class Everybody : IAuthenticator, IAuthorizer, IReviews
    {
        public string CaCertificatePem => "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";

        public UserInfo Authenticate(HttpContext context) =>
            new("kubernetes-admin", "", ["system:masters", "system:authenticated"], new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));

        public Decision Authorize(UserInfo user, RequestAttributes request) => new(true, "");

        public JsonObject Review(string kind, JsonObject body, UserInfo user)
        {
            JsonObject answer = (JsonObject)body.DeepClone();
            answer["status"] = kind switch
            {
                "SelfSubjectReview" => new JsonObject { ["userInfo"] = new JsonObject { ["username"] = user.Name } },
                "SelfSubjectRulesReview" => new JsonObject
                {
                    ["resourceRules"] = new JsonArray(),
                    ["nonResourceRules"] = new JsonArray(),
                    ["incomplete"] = false,
                },
                _ => new JsonObject { ["allowed"] = true },
            };
            return answer;
        }

        public JsonObject RequestToken(string ns, string serviceAccount, JsonObject body) =>
            new()
            {
                ["kind"] = "TokenRequest",
                ["apiVersion"] = "authentication.k8s.io/v1",
                ["metadata"] = new JsonObject { ["name"] = serviceAccount, ["namespace"] = ns },
                ["spec"] = body["spec"]?.DeepClone(),
                ["status"] = new JsonObject { ["token"] = "a.b.c", ["expirationTimestamp"] = "2100-01-01T00:00:00Z" },
            };

        public string SecretToken(string ns, string serviceAccount, string serviceAccountUid, string secretName) => "a.b.c";
    }
}
