using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Tasks.Developers;
using Flyte.MultiCluster.Tasks.Sandboxes;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Sandbox.Conformance;
using NSubstitute;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A sandbox, by default with two data planes, the real program, helm and kubectl on it, and a folder for everything they write.</summary>
internal sealed class StageBed : IAsyncDisposable
{
    // The Test target names the program that it belongs to: compiled ahead of time, as people run it, it starts sooner than the one beside the tests.
    private static readonly string Program = System.Environment.GetEnvironmentVariable(Test.ProgramVariable) ?? AppContext.BaseDirectory;

    private static readonly ConcurrentDictionary<string, string> Versions = new(StringComparer.Ordinal);

    private readonly SandboxClient _sandbox;
    private int _runs;

    private StageBed(string folder, SandboxClient sandbox, SandboxState state)
    {
        (Folder, _sandbox, State) = (folder, sandbox, state);
        Control = new SandboxControl(state.ControlSocket);
        Clusters = [.. state.Clusters.Select(cluster => new ClusterView(cluster, File.ReadAllText(state.Kubeconfig)))];
        Directory.CreateDirectory(Temporary);
        Wrap(4);
        Wrap(3);
        Wrap(0);
    }

    /// <summary>Everything of these tests is in here; the program's root and working directory.</summary>
    public string Folder { get; }

    /// <summary>What the program and its children take for /tmp.</summary>
    public string Temporary => Path.Combine(Folder, "t");

    /// <summary>Every command line of helm and kubectl that the program ran, in order.</summary>
    public string CommandLines => Path.Combine(Folder, "command-lines");

    public SandboxState State { get; }

    public SandboxControl Control { get; }

    /// <summary>More variables of the environment that the program gets.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>The control plane, then the data planes.</summary>
    public IReadOnlyList<ClusterView> Clusters { get; }

    public ClusterView ControlPlane => Clusters[0];

    public string Chart => Path.Combine(State.Folder, "chart", "flyte-core");

    public static async Task<StageBed> StartAsync(int dataPlanes = 2)
    {
        var folder = Directory.CreateTempSubdirectory("st-").FullName;
        var launcher = new SandboxLauncher(SandboxLauncher.Find(Program));
        var sandbox = new SandboxClient(launcher, Path.Combine(folder, "sandbox"), TimeSpan.FromMinutes(10));
        return new StageBed(folder, sandbox, await sandbox.EnsureUpAsync(dataPlanes, null, default));
    }

    /// <summary>Empties all clusters and the program's artifacts.</summary>
    public async Task ResetAsync()
    {
        await Control.ResetAsync(default);
        Variables.Clear();
        foreach (var left in new[] { Path.Combine(Folder, "artifacts", "values"), Temporary }.Where(Directory.Exists))
            Directory.Delete(left, recursive: true);
        Directory.CreateDirectory(Temporary);
        File.Delete(CommandLines);
    }

    public Task FaultAsync(string fault) => Control.AddFaultAsync((JsonObject)JsonNode.Parse(fault)!, default);

    /// <summary>How many writes each cluster has had.</summary>
    public async Task<string> WritesAsync() => (await Control.StatusAsync(default))["writes"]!.ToJsonString();

    /// <summary>The requests to all clusters but those of the tests themselves and of the sandbox's flyteadmin.</summary>
    public async Task<IReadOnlyList<JsonObject>> RequestsAsync()
    {
        var all = new List<JsonObject>();
        foreach (var cluster in Clusters)
            all.AddRange(await Control.RequestsAsync(cluster.Name, default));
        return [.. all.Where(request => (string?)request["userAgent"] is not (ClusterView.UserAgent or "flyteadmin"))];
    }

    /// <summary>The sandbox's FlyteAdmin, as a person would use it.</summary>
    public IFlyteAdmin OpenAdmin() =>
        FlyteAdminClient.Open(
            new FlyteAdminSettings { Endpoint = State.FlyteAdmin!, CaFile = Path.Combine(State.Folder, "flyteadmin-ca.crt") },
            Substitute.For<IProcessRunner>()
        );

    /// <summary>Registers a project in the sandbox's FlyteAdmin.</summary>
    public async Task RegisterAsync(string project)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = ClusterTrust.In([
            X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(Path.Combine(State.Folder, "flyteadmin-ca.crt"))),
        ]);
        using var http = new HttpClient(handler) { BaseAddress = State.FlyteAdmin };
        using var answer = await http.PostAsync(
            "/api/v1/projects",
            new StringContent($$"""{"project": {"id": "{{project}}", "name": "{{project}}"} }""", Encoding.UTF8, "application/json")
        );
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Registers launch plan <c>long</c> v1 of flytesnacks/development, whose executions run until a test lets their FlyteWorkflow succeed.</summary>
    public Task RegisterLongPlanAsync() =>
        Control.RegisterLaunchPlanAsync(
            new JsonObject
            {
                ["project"] = "flytesnacks",
                ["domain"] = "development",
                ["name"] = "long",
                ["version"] = "v1",
                ["behaviour"] = "runs",
            },
            default
        );

    /// <summary>A fleet file; by default of both data planes.</summary>
    public string Fleet(
        string? planes = null,
        string? labels = null,
        string control = "{context: controlplane}",
        string name = "fleet",
        string settings = "",
        string ns = "flyte"
    )
    {
        var path = Path.Combine(Folder, $"{name}.yaml");
        File.WriteAllText(
            path,
            $$"""
            flyte:
              chart: {path: {{Chart}}}
              namespace: {{ns}}
              endpoint: dns:///flyteadmin.{{ns}}.svc:81
              insecure: true
              catalog: {endpoint: "datacatalog.{{ns}}.svc:89", insecure: true}
              {{settings}}
            controlPlane: {{control}}
            dataPlanes: [{{planes ?? $"{Plane(1)}, {Plane(2)}"}}]
            labels: {{labels ?? "{label1: [{id: dataplane_1, weight: 1}], label2: [{id: dataplane_2, weight: 1}]}"}}
            """
        );
        return path;
    }

    /// <summary>A data plane's entry in the fleet, with the endpoint of its own or another cluster.</summary>
    public string Plane(int number, int? endpoint = null) =>
        $$"""{name: dataplane_{{number}}, context: dataplane{{number}}, endpoint: "{{Endpoint(endpoint ?? number)}}"}""";

    public string Endpoint(int number) => State.Clusters[number].Server.ToString().TrimEnd('/');

    /// <summary>Runs the program to its end; AddDataPlane on the fleet of both unless the arguments say otherwise.</summary>
    public Task<Finished> RunAsync(params string[] arguments) => RunAsync(arguments, helm: 4);

    /// <summary>Runs the program to its end, in this process.</summary>
    /// <inheritdoc cref="Start"/>
    public Task<Finished> RunAsync(
        string[] arguments,
        int helm = 4,
        IReadOnlyDictionary<string, string>? environment = null,
        bool withFleet = true,
        bool withKubeconfig = true
    )
    {
        var report = NextReport();
        var variables = Environment(new ProcessStartInfo(), helm, environment)
            .Environment.ToDictionary(variable => variable.Key, variable => variable.Value ?? string.Empty, StringComparer.Ordinal);
        return InProcess.RunAsync(Completed(arguments, report, withFleet, withKubeconfig), variables, Folder, report);
    }

    /// <summary>Starts the program as a process of its own, to be killed, interrupted or raced.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="helm">The major version of helm on PATH; 0 for none.</param>
    /// <param name="environment">Variables that it gets besides.</param>
    /// <param name="withFleet">Whether it gets the fleet of both where none is given.</param>
    /// <param name="withKubeconfig">Whether it gets the sandbox's kubeconfig where none is given.</param>
    public RunningProgram Start(
        string[] arguments,
        int helm = 4,
        IReadOnlyDictionary<string, string>? environment = null,
        bool withFleet = true,
        bool withKubeconfig = true
    )
    {
        var report = NextReport();
        var start = Environment(new ProcessStartInfo(System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet"), helm, environment);
        start.ArgumentList.Add(Path.Combine(Program, "flyte-multicluster.dll"));
        foreach (var argument in Completed(arguments, report, withFleet, withKubeconfig))
            start.ArgumentList.Add(argument);
        return new RunningProgram(start, report);
    }

    /// <summary>The real helm in a cluster, as a person would use it.</summary>
    public void Helm(string cluster, string arguments) => Must("helm", $"--kube-context={cluster} -n flyte {arguments}", string.Empty);

    /// <summary>What the real helm renders of the chart, as Argo CD does it.</summary>
    public string Template(string release, string values) =>
        Must("helm", $"-n flyte template {release} {Chart} --values {values} --api-versions apiextensions.k8s.io/v1/CustomResourceDefinition", string.Empty);

    /// <summary>The real kubectl in a cluster, as a person would use it.</summary>
    public string Kubectl(string cluster, string arguments, string input = "") => Must("kubectl", $"--context={cluster} -n flyte {arguments}", input);

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in Clusters)
            cluster.Dispose();
        Control.Dispose();
        await _sandbox.DownAsync(default);
        Directory.Delete(Folder, recursive: true);
    }

    private string NextReport() => Path.Combine(Folder, $"report-{Interlocked.Increment(ref _runs)}.json");

    private List<string> Completed(string[] arguments, string report, bool withFleet, bool withKubeconfig)
    {
        var given = arguments.ToList();
        void Default(string name, Func<string> value)
        {
            if (!given.Exists(argument => argument.StartsWith($"--{name}=", StringComparison.Ordinal)))
                given.Add($"--{name}={value()}");
        }

        Default("target", () => "AddDataPlane");
        if (withFleet)
            Default("fleet", () => Fleet());
        if (withKubeconfig)
            Default("kubeconfig", () => State.Kubeconfig);
        Default("timeout", () => "60s");
        Default("report", () => report);
        return given;
    }

    private string Must(string tool, string arguments, string input)
    {
        var start = Environment(new ProcessStartInfo(Path.Combine(Folder, "tools4", tool), arguments.Split(' ')), 4, null);
        start.Environment["KUBECONFIG"] = State.Kubeconfig;
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{tool} {arguments}: {output}{error.GetAwaiter().GetResult()}");
    }

    private ProcessStartInfo Environment(ProcessStartInfo start, int helm, IReadOnlyDictionary<string, string>? environment)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError, start.UseShellExecute) = (true, true, true, false);
        start.WorkingDirectory = Folder;
        var folders = (System.Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Where(folder => helm > 0 || !File.Exists(Path.Combine(folder, "helm")));
        start.Environment["PATH"] = string.Join(Path.PathSeparator, folders.Prepend(Path.Combine(Folder, $"tools{helm}")));
        start.Environment["FLYTE_MULTICLUSTER_ROOT"] = Folder;
        start.Environment["TMPDIR"] = Temporary;
        foreach (var variable in new[] { "KUBECACHEDIR", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME" })
            start.Environment[variable] = Path.Combine(Folder, "cache");
        foreach (var (name, value) in Variables.Concat(environment ?? new Dictionary<string, string>(StringComparer.Ordinal)))
            start.Environment[name] = value;
        return start;
    }

    // The command lines are noted, then the real tool takes the wrapper's place; what it says of its version, it is asked once.
    private void Wrap(int helm)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, $"tools{helm}")).FullName;
        (string Name, string Real, string Version)[] tools =
        [
            ("helm", Tool.Helm(helm == 0 ? 4 : helm), "version --template={{.Version}}"),
            ("kubectl", Tool.Kubectl(), "version --client --output=json"),
        ];
        foreach (var (name, real, version) in tools.Where(tool => helm > 0 || tool.Name != "helm"))
        {
            var answer = Path.Combine(folder, $"{name}-version");
            File.WriteAllText(answer, Versions.GetOrAdd(real, _ => new Tool(real, State.Kubeconfig, Path.Combine(Folder, "cache")).Run(version).Output));
            ExecutableFile.Write(
                Path.Combine(folder, name),
                $"""
                #!/bin/sh
                printf '%s\n' "{name} $*" >>'{CommandLines}'
                [ "$*" != '{version}' ] || exec cat '{answer}'
                exec '{real}' "$@"

                """
            );
        }
    }
}
