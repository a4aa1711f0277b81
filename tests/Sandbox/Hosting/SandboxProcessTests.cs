using System.Diagnostics;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Sandboxes;
using Flyte.MultiCluster.Tests.Sandbox.Conformance;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Hosting;

/// <summary>The real process, as the program starts it, and the real kubectl on it.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All), Platform(Exclude = "Win")]
internal sealed class SandboxProcessTests
{
    private string _parent = null!;
    private SandboxClient _client = null!;

    private string State => Path.Combine(_parent, "state");

    [SetUp]
    public void MakeClient()
    {
        _parent = Directory.CreateTempSubdirectory("fmc-").FullName;
        _client = ClientOf(State);
    }

    [TearDown]
    public async Task End()
    {
        await _client.DownAsync(default);
        Directory.Delete(_parent, recursive: true);
    }

    [Test]
    public async Task It_starts_is_found_grows_and_ends()
    {
        var none = await _client.StatusAsync(default);
        var started = await _client.EnsureUpAsync(1, null, default);
        var grown = await ClientOf(State).EnsureUpAsync(2, TimeSpan.FromMilliseconds(5), default);
        var ended = await _client.DownAsync(default);

        Assert.That(none, Is.Null);
        Assert.That(started.DataPlanes, Is.EqualTo(1));
        Assert.That(grown.ProcessId, Is.EqualTo(started.ProcessId));
        Assert.That(grown.DataPlanes, Is.EqualTo(2));
        Assert.That(grown.Latency, Is.EqualTo(TimeSpan.FromMilliseconds(5)));
        Assert.That(ended, Is.True);
        Assert.That(await _client.DownAsync(default), Is.False);
        Assert.That(File.Exists(Path.Combine(State, "sandbox.json")), Is.False);
    }

    [Test]
    public async Task Two_who_start_it_at_once_get_the_same_one()
    {
        var states = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ClientOf(State).EnsureUpAsync(1, null, default)));

        Assert.That(states.Select(s => s.ProcessId).Distinct().ToList(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_killed_one_is_replaced()
    {
        var first = await _client.EnsureUpAsync(0, null, default);
        using (var process = Process.GetProcessById(first.ProcessId))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        var afterwards = await _client.StatusAsync(default);
        var second = await _client.EnsureUpAsync(0, null, default);

        Assert.That(File.Exists(Path.Combine(State, "sandbox.json")), Is.True);
        Assert.That(afterwards, Is.Null);
        Assert.That(second.ProcessId, Is.Not.EqualTo(first.ProcessId));
    }

    [Test]
    public async Task A_terminated_one_cleans_up()
    {
        var state = await _client.EnsureUpAsync(0, null, default);
        using var process = Process.GetProcessById(state.ProcessId);
        using var kill = Process.Start("kill", ["-TERM", $"{state.ProcessId}"]);

        await process.WaitForExitAsync();

        Assert.That(File.Exists(Path.Combine(State, "sandbox.json")), Is.False);
        Assert.That(File.Exists(state.ControlSocket), Is.False);
        Assert.That(File.ReadAllText(Path.Combine(State, "log")), Does.Contain("ending: SIGTERM"));
    }

    [Test]
    public async Task An_idle_one_ends()
    {
        var state = await ClientOf(State, TimeSpan.FromSeconds(3)).EnsureUpAsync(0, null, default);
        await EndOfAsync(state.ProcessId);

        Assert.That(File.ReadAllText(Path.Combine(State, "log")), Does.Contain("ending: no request for 3 s"));
    }

    [Test]
    public void One_that_does_not_start_says_why()
    {
        Assert.That(
            () => _client.EnsureUpAsync(1000, null, default),
            Throws.TypeOf<SandboxException>().With.Message.Contains("exit code 3").And.Message.Contains("--dataplanes=1000: must be")
        );
    }

    [Test]
    public void A_folder_of_something_else_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(State);
        File.WriteAllText(Path.Combine(State, "thesis.txt"), "x");

        Assert.That(
            () => _client.EnsureUpAsync(1, null, default),
            Throws.TypeOf<RefusedException>().With.Property(nameof(RefusedException.Problems)).One.Property(nameof(Problem.Place)).EqualTo($"--sandbox={State}")
        );
        Assert.That(Directory.GetFiles(State), Has.Length.EqualTo(1));
    }

    [Test, Platform("Linux")]
    public async Task It_has_a_session_of_its_own_and_holds_no_pipe_of_its_starter()
    {
        var state = await _client.EnsureUpAsync(0, null, default);

        var stat = File.ReadAllText($"/proc/{state.ProcessId}/stat");
        var session = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3];
        Assert.That(session, Is.EqualTo($"{state.ProcessId}"));
        Assert.That(Target(state, 0), Is.EqualTo("/dev/null"));
        Assert.That(Target(state, 1), Is.EqualTo(Path.Combine(State, "log")));
        Assert.That(Target(state, 2), Is.EqualTo(Path.Combine(State, "log")));
    }

    [Test]
    public async Task Kubectl_works_with_its_kubeconfig()
    {
        var state = await _client.EnsureUpAsync(1, null, default);

        foreach (var cluster in state.Clusters)
        {
            Assert.That(await KubectlAsync(state, cluster.Name, "get", "namespaces", "--output=name"), Does.Contain("namespace/kube-system"));
        }

        Assert.That(await KubectlAsync(state, "dataplane1", "auth", "whoami"), Does.Contain("kubernetes-admin").And.Contain("system:masters"));
    }

    [Test]
    public async Task Kubectl_sees_RBAC_decide_about_a_service_accounts_token()
    {
        var state = await _client.EnsureUpAsync(1, null, default);
        await KubectlAsync(state, "dataplane1", "create", "serviceaccount", "flyteadmin");
        await KubectlAsync(state, "dataplane1", "create", "rolebinding", "viewers", "--clusterrole=view", "--serviceaccount=default:flyteadmin");
        var token = (await KubectlAsync(state, "dataplane1", "create", "token", "flyteadmin")).Trim();
        var kubeconfig = Path.Combine(_parent, "token.kubeconfig");
        File.WriteAllText(
            kubeconfig,
            $$"""
            {"apiVersion":"v1","kind":"Config","current-context":"c","contexts":[{"name":"c","context":{"cluster":"c","user":"u"} }],
            "clusters":[{"name":"c","cluster":{"server":"{{state.Clusters[1].Server}}","insecure-skip-tls-verify":true} }],
            "users":[{"name":"u","user":{"token":"{{token}}"} }]}
            """
        );

        Assert.That(await KubectlAsync(kubeconfig, "auth", "whoami"), Does.Contain("system:serviceaccount:default:flyteadmin"));
        Assert.That(await KubectlAsync(kubeconfig, "auth", "can-i", "list", "pods"), Is.EqualTo("yes\n"));
        Assert.That(await KubectlAsync(kubeconfig, "auth", "can-i", "list", "secrets"), Is.EqualTo("no\n"));
        Assert.That(
            await KubectlAsync(kubeconfig, "get", "secrets"),
            Does.Contain(
                "secrets is forbidden: User \"system:serviceaccount:default:flyteadmin\" cannot list resource \"secrets\" in API group \"\" in the "
                    + "namespace \"default\""
            )
        );
        Assert.That(
            await KubectlAsync(state, "dataplane1", "create", "role", "r", "--verb=get", "--resource=secrets", "--as=jane"),
            Does.Contain("roles.rbac.authorization.k8s.io is forbidden")
        );
        await KubectlAsync(state, "dataplane1", "create", "rolebinding", "admins", "--clusterrole=admin", "--user=jane");
        Assert.That(await KubectlAsync(state, "dataplane1", "create", "role", "r", "--verb=get", "--resource=secrets", "--as=jane"), Does.Contain("created"));
        Assert.That(
            await KubectlAsync(state, "dataplane1", "create", "role", "s", "--verb=get", "--resource=nodes", "--as=jane"),
            Does.Contain("not currently held")
        );
        Assert.That(
            await KubectlAsync(state, "controlplane", "auth", "can-i", "list", "pods", "--as=system:serviceaccount:default:flyteadmin"),
            Is.EqualTo("no\n")
        );
    }

    [Test]
    public async Task A_fault_of_pods_keeps_a_deployment_from_becoming_available_and_its_end_lets_it()
    {
        var state = await _client.EnsureUpAsync(1, null, default);
        using var control = new SandboxControl(state.ControlSocket);
        await control.AddFaultAsync(
            new JsonObject
            {
                ["kind"] = "imagePull",
                ["cluster"] = "dataplane1",
                ["name"] = "^web$",
            },
            default
        );
        await KubectlAsync(state, "dataplane1", "create", "deployment", "web", "--image=x");
        await KubectlAsync(
            state,
            "dataplane1",
            "wait",
            "pod",
            "--selector=app=web",
            "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ImagePullBackOff",
            "--timeout=20s"
        );
        var before = await KubectlAsync(state, "dataplane1", "get", "deployment", "web", "--output=jsonpath={.status.availableReplicas}");

        await control.ClearFaultsAsync(default);

        Assert.That(before, Is.Empty);
        Assert.That(await KubectlAsync(state, "dataplane1", "rollout", "status", "deployment/web", "--timeout=20s"), Does.Contain("successfully rolled out"));
    }

    private static async Task EndOfAsync(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            await process.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // On a busy machine it has ended already.
        }
    }

    private static SandboxClient ClientOf(string state, TimeSpan? idle = null) =>
        new(new SandboxLauncher(SandboxLauncher.Find(TestContext.CurrentContext.TestDirectory)), state, idle ?? TimeSpan.FromMinutes(5));

    private static string? Target(SandboxState state, int descriptor) => new FileInfo($"/proc/{state.ProcessId}/fd/{descriptor}").LinkTarget;

    private static Task<string> KubectlAsync(SandboxState state, string context, params string[] args) =>
        KubectlAsync(state.Kubeconfig, [$"--context={context}", .. args]);

    private static async Task<string> KubectlAsync(string kubeconfig, params string[] args)
    {
        var start = new ProcessStartInfo(Tool.Kubectl(), [$"--kubeconfig={kubeconfig}", $"--cache-dir={kubeconfig}.cache", .. args])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Length > 0 ? output : await errors;
    }
}
