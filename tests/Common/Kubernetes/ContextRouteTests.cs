using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Values;
using Flyte.MultiCluster.Tests.Sandbox.Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Kubernetes;

/// <summary>Contexts that only the real kubectl can log in to: credential plugins, and what they say.</summary>
[Platform(Exclude = "Win", Reason = "The plugins are shell scripts.")]
[UnsupportedOSPlatform("windows")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ContextRouteTests : IDisposable
{
    private const string Working = """
        #!/bin/sh
        echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "t"} }'
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _said = [];
    private readonly X509Certificate2 _certificate = SelfSigned();
    private WebApplication? _server;

    private string Kubeconfig => Path.Combine(_folder.Path, "kube config");

    private string Authority => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_certificate.ExportCertificatePem()));

    private string LogIn => $"Log in first: kubectl --kubeconfig '{Kubeconfig}' --context 'my cluster' get ns";

    public void Dispose()
    {
        _folder.Dispose();
        _certificate.Dispose();
    }

    [TearDown]
    public async Task End()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _server = null;
    }

    [Test]
    public async Task The_path_of_an_API_servers_address_is_asked_for()
    {
        await using var connections = await ConnectAsync(Working, path: "/k8s/clusters/c-x");
        using var api = ClusterApi.Through(connections, "dp1", "my cluster");

        var answer = await api.GetAsync("/api/v1/namespaces/a%2Fb?x=1", default);

        Assert.That((string?)answer!["path"], Is.EqualTo("/k8s/clusters/c-x/api/v1/namespaces/a%2Fb?x=1"));
    }

    [Test]
    public async Task A_plugin_that_fails_is_heard_and_not_asked_again()
    {
        await using var connections = await ConnectAsync("#!/bin/sh\necho x >>FOLDER/runs\necho 'Error loading SSO Token: run aws sso login' >&2\nexit 255\n");
        using var api = ClusterApi.Through(connections, "dp1", "my cluster");

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => api.GetAsync("/version", default));
        await Assert.ThrowsAsync<KubernetesApiException>(() => api.GetAsync("/version", default));

        Assert.That(failure!.IsUnreachable, Is.True);
        Assert.That(
            failure.Message,
            Does.Contain("run aws sso login")
                .And.Contain("failed with exit code 255")
                .And.Contain(" at https://127.0.0.1:")
                .And.Contain("(context 'my cluster')")
                .And.Contain(LogIn)
        );
        Assert.That(await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "runs")), Has.Length.EqualTo(1));
    }

    [TestCase(null, "no such file or directory")]
    [TestCase("no-such-plugin", "executable no-such-plugin not found")]
    public async Task A_plugin_that_is_not_installed_is_reported_with_the_kubeconfigs_hint(string? command, string words)
    {
        await using var connections = await ConnectAsync(null, command: command);
        using var api = ClusterApi.Through(connections, "dp1", "my cluster");

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => api.GetAsync("/version", default));

        Assert.That(failure!.Message, Does.Contain($"{words}. Install it with brew. Then log in").And.Contain(LogIn).And.Not.Contain("It looks like"));
    }

    [Test]
    public async Task A_plugin_that_hangs_is_given_up_in_time_and_does_not_outlive_the_run()
    {
        int plugin;
        await using (
            var connections = await ConnectAsync(
                "#!/bin/sh\ntrap '' TERM INT HUP\necho $$ >FOLDER/pid\necho 'Open https://device and enter ABC' >&2\nwhile :; do sleep 1; done\n"
            )
        )
        {
            using var api = Through(connections, TimeSpan.FromSeconds(12));

            var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => api.GetAsync("/version", default));

            Assert.That(
                failure!.Message,
                Does.Contain("no answer within 12 s").And.Contain("has not finished").And.Contain("Open https://device and enter ABC").And.Contain(LogIn)
            );
            Assert.That(_said, Is.EqualTo(new[] { "my cluster: Open https://device and enter ABC" }));
            plugin = int.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.Path, "pid")), CultureInfo.InvariantCulture);
        }

        Assert.That(IsRunning(plugin), Is.False);
    }

    [Test]
    public async Task A_plugin_that_needs_a_terminal_is_said_to_where_there_is_none()
    {
        await using var connections = await ConnectAsync(Working, mode: "Always");
        using var api = ClusterApi.Through(connections, "dp1", "my cluster");

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => api.GetAsync("/version", default));

        Assert.That(
            failure!.Message,
            Does.Contain("standard input is not a terminal")
                .And.Contain("needs a terminal (interactiveMode: Always), and there is none here")
                .And.Contain(LogIn)
        );
    }

    [Test]
    public async Task A_refused_connection_names_address_context_and_a_command()
    {
        await using var connections = await ConnectAsync(
            null,
            user: """{"token": "t"}""",
            cluster: $$"""{"server": "https://127.0.0.1:1", "certificate-authority-data": "{{Authority}}"}"""
        );
        using var api = ClusterApi.Through(connections, "dp1", "my cluster");

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => api.GetAsync("/version", default));

        Assert.That(
            failure!.Message,
            Does.Contain("connection refused")
                .And.Contain("(context 'my cluster'")
                .And.Contain("https://127.0.0.1:1")
                .And.Contain($"kubectl --kubeconfig '{Kubeconfig}' --context 'my cluster' get ns shows more.")
        );
    }

    [TestCase("""{"token": "t"}""")]
    [TestCase("""{"tokenFile": "a token"}""")]
    [TestCase("""{"tokenFile": "a token", "token": "older"}""")]
    [TestCase("""{"tokenFile": "no token", "token": "older"}""")]
    [TestCase("""{"username": "mü", "password": "a:b"}""")]
    [TestCase("""{"username": "me"}""")]
    public async Task A_context_that_is_spoken_to_directly_logs_in_as_kubectl_does(string user)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "a token"), "from file\n");
        string?[] sent = [null, null];
        foreach (var isProxied in new[] { true, false })
        {
            await using var connections = await ConnectAsync(null, user: user, isProxied: isProxied);
            using var api = ClusterApi.Through(connections, "dp1", "my cluster");
            sent[isProxied ? 0 : 1] = (string?)(await api.GetAsync("/version", default))!["authorization"];
            await End();
        }

        Assert.That(sent[0], Is.Not.Empty.And.EqualTo(sent[1]));
    }

    private static ClusterApi Through(ClusterConnections connections, TimeSpan timeout)
    {
        var api = ClusterApi.Through(connections, "dp1", "my cluster");
        api.RequestTimeout = timeout;
        return api;
    }

    // A kubeconfig with a plugin, a server that answers with the path it was asked for, and the ways to them.
    private async Task<ClusterConnections> ConnectAsync(
        string? plugin,
        string path = "",
        string mode = "IfAvailable",
        string? user = null,
        string? cluster = null,
        string? command = null,
        bool isProxied = false
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _server = builder.Build();
        _server.Run(context =>
        {
            var asked = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            return context.Response.WriteAsync(
                new JsonObject { ["path"] = asked, ["authorization"] = (string?)context.Request.Headers.Authorization }.ToJsonString()
            );
        });
        await _server.StartAsync();
        command ??= Path.Combine(_folder.Path, "plugin");
        if (plugin is not null)
            ExecutableFile.Write(command, plugin.Replace("FOLDER", _folder.Path, StringComparison.Ordinal).ReplaceLineEndings("\n"));
        user ??=
            $$$"""{"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "{{{command}}}", "interactiveMode": "{{{mode}}}", "installHint": "Install it with brew.\nThen log in."} }""";
        cluster ??= $$"""{"server": "{{_server.Urls.Single()}}{{path}}", "certificate-authority-data": "{{Authority}}"}""";
        await File.WriteAllTextAsync(
            Kubeconfig,
            $$$"""
            {"apiVersion": "v1", "kind": "Config",
             "clusters": [{"name": "c", "cluster": {{{cluster}}}}], "users": [{"name": "u", "user": {{{user}}}}],
             "contexts": [{"name": "my cluster", "context": {"cluster": "c", "user": "u"} }]}
            """
        );
        var read = KubeContext.Of(JsonNode.Parse(cluster)!.AsObject(), JsonNode.Parse(user)!.AsObject(), _folder.Path);
        var contexts = new Dictionary<string, KubeContext>(StringComparer.Ordinal) { ["my cluster"] = isProxied ? read with { Credential = null } : read };
        var proxies = new KubectlProxies(new ChildProcessRunner(), Tool.Kubectl(), Kubeconfig, (context, line) => _said.Add($"{context}: {line}"))
        {
            HasTerminal = false,
        };
        return new ClusterConnections(Task.FromResult<IReadOnlyDictionary<string, KubeContext>>(contexts), proxies);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            return false;
        }
    }
}
