using Cake.Core;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Tests.Common.Processes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Kubectl;

/// <summary>The command lines that kubectl gets, and what becomes of its answers.</summary>
internal sealed class KubectlToolsTests
{
    private static readonly TestCaseData[] Commands =
    [
        new("version", (RecordingRunner runner) => (Task)Version(runner).GetAsync(new KubectlSettings(), default)),
        new("config view", (RecordingRunner runner) => (Task)View(runner).ContextsAsync(new KubectlSettings(), default)),
    ];

    [TestCaseSource(nameof(Commands))]
    public void A_kubectl_that_is_missing_is_reported(string command, Func<RecordingRunner, Task> run) =>
        Assert.That(
            () => run(new RecordingRunner(installed: false)),
            Throws.TypeOf<CakeException>().With.Message.Contains("kubectl: Could not locate executable"),
            command
        );

    [TestCaseSource(nameof(Commands))]
    public void A_kubectl_that_does_not_start_is_reported(string command, Func<RecordingRunner, Task> run) =>
        Assert.That(
            () => run(new RecordingRunner { Starts = false }),
            Throws.TypeOf<CakeException>().With.Message.Contains("kubectl: Process was not started"),
            command
        );

    [TestCaseSource(nameof(Commands))]
    public void A_kubectl_that_fails_is_reported_in_its_words(string command, Func<RecordingRunner, Task> run) =>
        Assert.That(
            () => run(new RecordingRunner { ExitCode = 1, Errors = ["error: no such", " file"] }),
            Throws.TypeOf<KubectlException>().With.Message.EqualTo($"kubectl {command} failed (exit code 1): error: no such file")
        );

    [TestCaseSource(nameof(Commands))]
    public void An_answer_that_is_no_JSON_is_reported(string command, Func<RecordingRunner, Task> run) =>
        Assert.That(
            () => run(new RecordingRunner { Output = ["Client Version: v1"] }),
            Throws.TypeOf<FormatException>().With.Message.EqualTo($"kubectl {command} did not print JSON.")
        );

    [Test]
    public void Settings_are_needed()
    {
        Assert.That(() => Version(new RecordingRunner()).GetAsync(null!, default), Throws.ArgumentNullException);
        Assert.That(() => View(new RecordingRunner()).ContextsAsync(null!, default), Throws.ArgumentNullException);
    }

    [Test]
    public async Task The_clients_version_is_asked_without_a_cluster()
    {
        var runner = new RecordingRunner { Output = ["{", """ "clientVersion": {"gitVersion": "v1.36.3-eks-1"}""", "}"] };

        Assert.That(await Version(runner).GetAsync(new KubectlSettings(), default), Is.EqualTo(new Version(1, 36, 3)));
        Assert.That(runner.Line, Is.EqualTo("version --client --output=json"));
    }

    [Test]
    public void An_answer_without_a_version_is_reported() =>
        Assert.That(() => Version(new RecordingRunner { Output = ["{}"] }).GetAsync(new KubectlSettings(), default), Throws.TypeOf<FormatException>());

    [TestCase("/home/me/kube config", """config view --raw --output=json --kubeconfig "/home/me/kube config" """)]
    [TestCase("""/home/"me"/config""", """config view --raw --output=json --kubeconfig "/home/\"me\"/config" """)]
    [TestCase("""C:\kube\""", """config view --raw --output=json --kubeconfig "C:\kube\\" """)]
    [TestCase(null, "config view --raw --output=json ")]
    public async Task The_kubeconfig_is_passed_on(string? kubeconfig, string expected)
    {
        var runner = new RecordingRunner { Output = ["{}"] };

        await View(runner).ContextsAsync(new KubectlSettings { Kubeconfig = kubeconfig }, default);

        Assert.That(runner.Line, Is.EqualTo(expected.TrimEnd()));
    }

    [Test]
    public async Task Every_context_has_its_clusters_server()
    {
        var runner = new RecordingRunner
        {
            Output =
            [
                """
                    {"clusters": [{"name": "c1", "cluster": {"server": "https://one"}}, {"name": "c2", "cluster": {"server": "https://two"}}],
                     "contexts": [{"name": "a", "context": {"cluster": "c2"}}, {"name": "b", "context": {"cluster": "c1"}}, {"name": "lost", "context": {"cluster": "c3"}}]}
                    """,
            ],
        };

        var contexts = await View(runner).ContextsAsync(new KubectlSettings(), default);

        Assert.That(contexts.Select(context => $"{context.Key} {context.Value.Server}"), Is.EquivalentTo(new[] { "a https://two", "b https://one", "lost " }));
    }

    [Test]
    public async Task An_empty_kubeconfig_has_no_contexts() =>
        Assert.That(
            await View(new RecordingRunner { Output = ["""{"clusters": null, "contexts": null}"""] }).ContextsAsync(new KubectlSettings(), default),
            Is.Empty
        );

    private static KubectlVersionRunner Version(RecordingRunner runner) => new(runner.FileSystem, runner.Environment, runner.Processes, runner.Tools);

    private static KubectlConfigViewRunner View(RecordingRunner runner) => new(runner.FileSystem, runner.Environment, runner.Processes, runner.Tools);
}
