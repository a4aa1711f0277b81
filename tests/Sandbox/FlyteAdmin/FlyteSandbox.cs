using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
using Flyte.MultiCluster.Sandbox.Hosting;
using Flyte.MultiCluster.Tasks.Sandboxes;
using Flyte.MultiCluster.Tests.Sandbox.Controllers;

namespace Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;

/// <summary>A whole sandbox in this process, with what helm would have put into its clusters.</summary>
internal sealed class FlyteSandbox : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _parent = Directory.CreateTempSubdirectory("fas-").FullName;
    private readonly StateFolder _folder;
    private readonly Dictionary<string, HttpClient> _clients = new(StringComparer.Ordinal);

    private FlyteSandbox(int dataPlanes)
    {
        _folder = StateFolder.Take(Path.Combine(_parent, "state"))!;
        var flyteAdmin = new FlyteAdminServer(TimeProvider.System);
        Host = new SandboxHost(
            new SandboxOptions { State = _folder.Root, DataPlanes = dataPlanes },
            _folder,
            (name, keys, faults) => new KubernetesBackend(name, keys, faults, flyteAdmin, TimeProvider.System, _folder.Log),
            TimeProvider.System,
            flyteAdmin
        );
        Control = new SandboxControl(_folder.SocketPath());
    }

    public SandboxHost Host { get; }

    public SandboxControl Control { get; }

    /// <summary>A client of FlyteAdmin that asks for JSON and trusts flyteadmin-ca.crt alone.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public string AdminAuthority => File("flyteadmin-ca.crt");

    /// <summary>Waits until the sandbox's log has a line.</summary>
    public Task UntilLoggedAsync(string part) =>
        UntilAsync(
            async () =>
            {
                using var reader = new StreamReader(new FileStream(File("log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
                return (await reader.ReadToEndAsync()).Contains(part, StringComparison.Ordinal);
            },
            $"the log has no line with {part}"
        );

    /// <summary>A path in the state folder.</summary>
    public string File(string name) => _folder.In(name);

    public static async Task<FlyteSandbox> StartAsync(int dataPlanes = 2)
    {
        var sandbox = new FlyteSandbox(dataPlanes);
        await sandbox.Host.StartAsync();
        foreach (var cluster in sandbox.Host.Clusters)
            sandbox._clients[cluster.Name] = Client(cluster.Server, cluster.Keys.Certificates.AuthorityPem, cluster.Keys.Administrator);
        sandbox.Admin = Client(sandbox.Host.FlyteAdminListener!.Server, await System.IO.File.ReadAllTextAsync(sandbox.AdminAuthority), null);
        return sandbox;
    }

    /// <summary>Joins all data planes and starts flyteadmin; returns when it answers.</summary>
    /// <param name="labels">labelClusterMap; label1 → dataplane_1 and so on by default.</param>
    /// <param name="clusters">More fields of clusters.</param>
    public async Task JoinAsync(string? labels = null, string clusters = "")
    {
        var numbers = Enumerable.Range(1, Host.Clusters.Count - 1).ToList();
        foreach (var number in numbers)
            await InstallDataPlaneAsync(number);
        var secret = new JsonObject();
        foreach (var number in numbers)
        {
            var token = await TokenAsync(number);
            secret[$"dataplane_{number}_token"] = token["token"]!.GetValue<string>();
            secret[$"dataplane_{number}_cacert"] = token["ca.crt"]!.GetValue<string>();
        }

        await StartAdminAsync(
            string.Join(", ", numbers.Select(n => Entry(n))),
            labels ?? $"{{{string.Join(", ", numbers.Select(n => $"label{n}: [{{id: dataplane_{n}, weight: 1}}]"))}}}",
            secret,
            clusters
        );
        await UntilServingAsync();
    }

    /// <summary>Waits until a flyteadmin answers.</summary>
    public Task UntilServingAsync() =>
        UntilAsync(async () => (await Admin.GetAsync("/healthcheck")).StatusCode == HttpStatusCode.OK, "flyteadmin does not answer");

    /// <summary>A data plane's entry in clusterConfigs.</summary>
    public string Entry(int number, bool enabled = true, string? endpoint = null) =>
        $"{{name: dataplane_{number}, endpoint: '{endpoint ?? Host.Clusters[number].Server}', enabled: {(enabled ? "true" : "false")}, auth: "
        + $"{{tokenPath: /var/run/credentials/dataplane_{number}_token, certPath: /var/run/credentials/dataplane_{number}_cacert}}}}";

    /// <summary>What a data plane's release brings: the CRD, flyteadmin's account and its rights, a token for it, and flytepropeller.</summary>
    public async Task InstallDataPlaneAsync(int number, string? clusterId = null, string endpoint = "dns:///flyteadmin.flyte.svc:81")
    {
        var name = $"dataplane{number}";
        await CreateAsync(name, "/api/v1/namespaces", "{metadata: {name: flyte}}");
        await CreateAsync(
            name,
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            """
            metadata: {name: flyteworkflows.flyte.lyft.com}
            spec:
              group: flyte.lyft.com
              scope: Namespaced
              names: {kind: FlyteWorkflow, singular: flyteworkflow, plural: flyteworkflows}
              versions: [{name: v1alpha1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
            """
        );
        await CreateAsync(name, "/api/v1/namespaces/flyte/serviceaccounts", "{metadata: {name: flyteadmin}}");
        await CreateAsync(
            name,
            "/apis/rbac.authorization.k8s.io/v1/clusterroles",
            """
            metadata: {name: flyte-flyteadmin}
            rules: [{apiGroups: ["", flyte.lyft.com], resources: [namespaces, flyteworkflows], verbs: ["*"]}]
            """
        );
        await CreateAsync(
            name,
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            """
            metadata: {name: flyte-flyteadmin-binding}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: flyte-flyteadmin}
            subjects: [{kind: ServiceAccount, name: flyteadmin, namespace: flyte}]
            """
        );
        await CreateAsync(
            name,
            "/api/v1/namespaces/flyte/secrets",
            """
            metadata: {name: token, annotations: {kubernetes.io/service-account.name: flyteadmin}}
            type: kubernetes.io/service-account-token
            """
        );
        var map = ControlledCluster.Parse("{metadata: {name: flyte-propeller-config}}");
        map["data"] = new JsonObject { ["admin.yaml"] = $"admin: {{endpoint: '{endpoint}', insecure: true}}" };
        await SendAsync(name, HttpMethod.Post, "/api/v1/namespaces/flyte/configmaps", map);
        await CreateAsync(
            name,
            "/apis/apps/v1/namespaces/flyte/deployments",
            $$$"""
            metadata: {name: flytepropeller}
            spec:
              selector: {matchLabels: {app: flytepropeller}}
              template:
                metadata: {labels: {app: flytepropeller}}
                spec:
                  containers:
                    - name: flytepropeller
                      image: "flytepropeller:v1.16.8"
                      command: [flytepropeller, --config, "/etc/flyte/config/*.yaml", --propeller.cluster-id, {{{clusterId ?? $"dataplane_{number}"}}}]
                      volumeMounts: [{name: config, mountPath: /etc/flyte/config}]
                  volumes: [{name: config, configMap: {name: flyte-propeller-config}}]
            """
        );
    }

    /// <summary>The data of a data plane's token Secret, once it is filled.</summary>
    public async Task<JsonObject> TokenAsync(int number)
    {
        JsonObject? data = null;
        await UntilAsync(
            async () =>
                (data = (await GetAsync($"dataplane{number}", "/api/v1/namespaces/flyte/secrets/token"))?["data"] as JsonObject)?.ContainsKey("token") == true,
            "the token Secret is not filled"
        );
        return data!;
    }

    /// <summary>What the control plane's release brings of flyteadmin.</summary>
    public async Task StartAdminAsync(string clusterConfigs, string labels, JsonObject credentials, string clusters = "")
    {
        await CreateAsync("controlplane", "/api/v1/namespaces", "{metadata: {name: flyte}}");
        await SendAsync(
            "controlplane",
            HttpMethod.Post,
            "/api/v1/namespaces/flyte/secrets",
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "cluster-credentials" },
                ["data"] = credentials.DeepClone(),
            }
        );
        await SendAsync(
            "controlplane",
            HttpMethod.Post,
            "/api/v1/namespaces/flyte/configmaps",
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "flyte-admin-clusters-config" },
                ["data"] = new JsonObject
                {
                    ["clusters.yaml"] =
                        $"clusters: {{clusterConfigs: [{clusterConfigs}], labelClusterMap: {labels}{(clusters.Length > 0 ? ", " + clusters : "")}}}",
                },
            }
        );
        await CreateAsync(
            "controlplane",
            "/apis/apps/v1/namespaces/flyte/deployments",
            """
            metadata: {name: flyteadmin}
            spec:
              selector: {matchLabels: {app: flyteadmin}}
              template:
                metadata: {labels: {app: flyteadmin}}
                spec:
                  initContainers:
                    - name: seed-projects
                      image: "flyteadmin:v1.16.8"
                      command: [flyteadmin, --config, "/etc/flyte/config/*.yaml", migrate, seed-projects, flytesnacks, flytetester]
                    - name: sync-cluster-resources
                      image: "flyteadmin:v1.16.8"
                      command: [flyteadmin, --config, "/etc/flyte/config/*.yaml", clusterresource, sync]
                      volumeMounts: [{name: config, mountPath: /etc/flyte/config}, {name: credentials, mountPath: /var/run/credentials}]
                  containers:
                    - name: flyteadmin
                      image: "flyteadmin:v1.16.8"
                      command: [flyteadmin, --config, "/etc/flyte/config/*.yaml", serve]
                      volumeMounts: [{name: config, mountPath: /etc/flyte/config}, {name: credentials, mountPath: /var/run/credentials}]
                  volumes:
                    - {name: config, projected: {sources: [{configMap: {name: flyte-admin-clusters-config}}]}}
                    - {name: credentials, secret: {secretName: cluster-credentials}}
            """
        );
    }

    /// <summary>The message with which an init container of flyteadmin last ended.</summary>
    public async Task<string> InitFailureAsync()
    {
        string? message = null;
        await UntilAsync(async () => (message = await LastEndAsync()) is not null, "no init container has failed");
        return message!;
    }

    public Task CreateAsync(string cluster, string path, string yaml) => SendAsync(cluster, HttpMethod.Post, path, ControlledCluster.Parse(yaml));

    /// <summary>An object or list of a cluster; null for a missing one.</summary>
    public async Task<JsonObject?> GetAsync(string cluster, string path)
    {
        using var response = await _clients[cluster].GetAsync(path);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>();
    }

    public async Task DeleteAsync(string cluster, string path) => (await _clients[cluster].DeleteAsync(path)).EnsureSuccessStatusCode();

    public async Task SendAsync(string cluster, HttpMethod method, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = Body(body, method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json"),
        };
        using var response = await _clients[cluster].SendAsync(request);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>Asks FlyteAdmin.</summary>
    public async Task<(int Status, JsonObject Answer)> AskAsync(string method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : Body(body, "application/json") };
        using var response = await Admin.SendAsync(request);
        return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    /// <summary>Asks FlyteAdmin for what must succeed.</summary>
    public async Task<JsonObject> MustAsync(string method, string path, string? body = null)
    {
        var (status, answer) = await AskAsync(method, path, body is null ? null : ControlledCluster.Parse(body));
        return status == 200 ? answer : throw new InvalidOperationException($"{method} {path}: {status} {answer.ToJsonString()}");
    }

    /// <summary>Starts an execution; its name.</summary>
    public async Task<string> RunAsync(string plan = "sandbox.hello", string domain = "development", string? label = null, string more = "")
    {
        var answer = await MustAsync(
            "POST",
            "/api/v1/executions",
            $$"""
            {project: flytesnacks, domain: {{domain}}, spec: {launch_plan: {resource_type: LAUNCH_PLAN, project: flytesnacks, domain: {{domain}}, name: {{plan}}, version: v1}{{(
                label is null ? "" : $", execution_cluster_label: {{value: {label}}}"
            )}}}{{more}}}
            """
        );
        return answer["id"]!["name"]!.GetValue<string>();
    }

    public Task<JsonObject> ExecutionAsync(string name, string domain = "development") => MustAsync("GET", $"/api/v1/executions/flytesnacks/{domain}/{name}");

    /// <summary>The execution once it has a phase.</summary>
    public async Task<JsonObject> UntilPhaseAsync(string name, string phase, string domain = "development")
    {
        JsonObject? execution = null;
        await UntilAsync(async () => Phase(execution = await ExecutionAsync(name, domain)) == phase, $"the execution is never {phase}");
        return execution!;
    }

    public static string Phase(JsonObject execution) => execution["closure"]!["phase"]!.GetValue<string>();

    public static string Cluster(JsonObject execution) => execution["spec"]!["metadata"]!["system_metadata"]!["execution_cluster"]!.GetValue<string>();

    /// <summary>Looks again and again until something is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, string otherwise)
    {
        for (var left = Patience; !await isSo(); left -= TimeSpan.FromMilliseconds(10))
        {
            if (left <= TimeSpan.Zero)
                throw new TimeoutException(otherwise);
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values.Append(Admin))
            client.Dispose();
        Control.Dispose();
        await Host.DisposeAsync();
        _folder.Dispose();
        Directory.Delete(_parent, recursive: true);
    }

    private async Task<string?> LastEndAsync()
    {
        var pods = (await GetAsync("controlplane", "/api/v1/namespaces/flyte/pods"))!["items"]!.AsArray();
        return pods.SelectMany(p => p!["status"]?["initContainerStatuses"]?.AsArray() ?? [])
            .Select(c => (string?)c!["lastState"]?["terminated"]?["message"])
            .FirstOrDefault(m => m is not null);
    }

    private static StringContent Body(JsonObject body, string type)
    {
        var content = new StringContent(body.ToJsonString(), Encoding.UTF8);
        content.Headers.ContentType = new(type);
        return content;
    }

    private static HttpClient Client(string server, string authority, X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509Certificate2.CreateFromPem(authority) },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [certificate];
        var client = new HttpClient(handler) { BaseAddress = new Uri(server) };
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        return client;
    }
}
