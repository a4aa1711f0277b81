using Cake.Core;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Tests.Common.Changes;
using Flyte.MultiCluster.Tests.Common.Processes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Helm;

/// <summary>The command lines that helm gets, and what becomes of its answers.</summary>
internal sealed class HelmToolsTests
{
    private static readonly HelmRepositorySettings Home = new() { Home = "/cache dir/helm" };

    private static readonly TestCaseData[] Commands =
    [
        new("version", (HelmTools helm) => (Task)helm.Version.GetAsync(new HelmSettings(), default)),
        new("repo add", (HelmTools helm) => helm.RepositoryAdd.AddAsync(Home, "flyteorg", "https://x", default)),
        new("pull", (HelmTools helm) => helm.Pull.PullAsync(Home, "flyteorg/flyte-core", "v1.16.8", "/to", default)),
        new("dependency build", (HelmTools helm) => helm.DependencyBuild.BuildAsync(Home, "/chart", default)),
        new(
            "upgrade",
            async Task (HelmTools helm) =>
                await helm.Upgrade.UpgradeAsync(await Permits.GetAsync(), new HelmUpgradeSettings { Release = "r", Chart = "/c" }, default)
        ),
    ];

    [TestCaseSource(nameof(Commands))]
    public void A_helm_that_is_missing_is_reported(string command, Func<HelmTools, Task> run) =>
        Assert.That(
            () => run(Tools(new RecordingRunner(installed: false))),
            Throws.TypeOf<CakeException>().With.Message.Contains("helm: Could not locate executable"),
            command
        );

    [TestCaseSource(nameof(Commands))]
    public void A_helm_that_does_not_start_is_reported(string command, Func<HelmTools, Task> run) =>
        Assert.That(
            () => run(Tools(new RecordingRunner { Starts = false })),
            Throws.TypeOf<CakeException>().With.Message.Contains("helm: Process was not started"),
            command
        );

    [TestCaseSource(nameof(Commands))]
    public void A_helm_that_fails_is_reported_in_its_words(string command, Func<HelmTools, Task> run)
    {
        var runner = new RecordingRunner { ExitCode = 2, Errors = ["level=WARN msg=x", "warning: y", "Error: it is broken", "  really"] };

        Assert.That(
            () => run(Tools(runner)),
            Throws
                .TypeOf<HelmException>()
                .With.Message.EqualTo($"helm {command} failed (exit code 2): Error: it is broken really")
                .And.Property("Errors")
                .Contains("warning: y")
        );
    }

    [TestCaseSource(nameof(Commands))]
    public void A_helm_that_fails_silently_is_reported(string command, Func<HelmTools, Task> run) =>
        Assert.That(
            () => run(Tools(new RecordingRunner { ExitCode = 1 })),
            Throws.TypeOf<HelmException>().With.Message.EqualTo($"helm {command} failed (exit code 1): it printed nothing.")
        );

    [TestCase(
        "Error: unable to continue with install: Secret \"flyte-pod-webhook\" in namespace \"flyte\" exists and cannot be imported into the "
            + "current release: invalid ownership metadata",
        true
    )]
    [TestCase("Error: release: already exists", false)]
    public void Objects_that_are_not_the_releases_are_known_by_helms_words(string said, bool isForeign) =>
        Assert.That(new HelmException("upgrade", 1, said.Split('\n')).IsForeign, Is.EqualTo(isForeign));

    [TestCase("Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress", true)]
    [TestCase("Error: release: already exists", true)]
    [TestCase("Error: INSTALLATION FAILED: cannot re-use a name that is still in use", true)]
    [TestCase("Error: cannot reuse a name that is still in use", true)]
    [TestCase("Error: INSTALLATION FAILED: 1 error occurred:\n\t* serviceaccounts \"flyteadmin\" already exists", false)]
    [TestCase(
        "Error: Unable to continue with install: ClusterRole \"flyte-flyteadmin\" in namespace \"\" exists and cannot be imported into the current release",
        false
    )]
    public void Another_helm_at_work_is_known_by_helms_words_of_releases(string said, bool isBusy) =>
        Assert.That(new HelmException("upgrade", 1, said.Split('\n')).IsBusy, Is.EqualTo(isBusy));

    [Test]
    public async Task Settings_are_needed()
    {
        var helm = Tools(new RecordingRunner());
        var permit = await Permits.GetAsync();

        Assert.That(() => helm.Version.GetAsync(null!, default), Throws.ArgumentNullException);
        Assert.That(() => helm.RepositoryAdd.AddAsync(null!, "a", "b", default), Throws.ArgumentNullException);
        Assert.That(() => helm.Pull.PullAsync(null!, "a", "b", "c", default), Throws.ArgumentNullException);
        Assert.That(() => helm.DependencyBuild.BuildAsync(null!, "a", default), Throws.ArgumentNullException);
        Assert.That(() => helm.Upgrade.UpgradeAsync(permit, null!, default), Throws.ArgumentNullException);
        Assert.That(() => helm.Upgrade.UpgradeAsync(null!, new HelmUpgradeSettings { Release = "r", Chart = "/c" }, default), Throws.ArgumentNullException);
    }

    [Test]
    public void An_interrupted_run_starts_no_helm()
    {
        var runner = new RecordingRunner();

        Assert.That(
            () => Tools(runner).Version.GetAsync(new HelmSettings(), new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>()
        );
        Assert.That(runner.Started, Is.Null);
    }

    [Test]
    public async Task The_version_is_asked_by_template()
    {
        var runner = new RecordingRunner { Output = ["v4.2.3+g1234\n"] };

        Assert.That(
            (await Tools(runner).Version.GetAsync(new HelmSettings(), default), runner.Line),
            Is.EqualTo((new Version(4, 2, 3), "version --template={{.Version}}"))
        );
    }

    [TestCase("v3.17.3", "3.17.3")]
    [TestCase("v4.0.0-rc.1", "4.0.0")]
    [TestCase("3.12.0", "3.12.0")]
    public async Task Versions_are_read(string answer, string expected) =>
        Assert.That(await Tools(new RecordingRunner { Output = [answer] }).Version.GetAsync(new HelmSettings(), default), Is.EqualTo(Version.Parse(expected)));

    [TestCase("")]
    [TestCase("unknown")]
    public void An_answer_without_a_version_is_reported(string answer) =>
        Assert.That(() => Tools(new RecordingRunner { Output = [answer] }).Version.GetAsync(new HelmSettings(), default), Throws.TypeOf<FormatException>());

    [Test]
    public async Task Helm_collects_garbage_half_as_often_as_by_default()
    {
        var runner = new RecordingRunner { Output = ["v4.0.0"] };

        await Tools(runner).Version.GetAsync(new HelmSettings(), default);

        Assert.That(runner.Settings!.EnvironmentVariables["GOGC"], Is.EqualTo("200"));
    }

    [Test]
    public async Task A_GOGC_of_the_users_stays()
    {
        var runner = new RecordingRunner { Output = ["v4.0.0"] };
        ProcessEnvironment.Current = new UsersEnvironment();

        await Tools(runner).Version.GetAsync(new HelmSettings(), default);

        Assert.That(runner.Settings!.EnvironmentVariables ?? new Dictionary<string, string>(), Is.Empty);
    }

    [Test]
    public async Task A_repository_is_added_to_the_projects_own_list()
    {
        var runner = new RecordingRunner();

        await Tools(runner).RepositoryAdd.AddAsync(Home, "flyteorg", "https://flyteorg.github.io/flyte", default);

        Assert.That(runner.Line, Is.EqualTo("""repo add "flyteorg" "https://flyteorg.github.io/flyte" --force-update"""));
        Assert.That(
            runner.Settings!.EnvironmentVariables,
            Is.SupersetOf(
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["HELM_REPOSITORY_CONFIG"] = "/cache dir/helm/repositories.yaml",
                    ["HELM_REPOSITORY_CACHE"] = "/cache dir/helm/repository",
                }
            )
        );
    }

    [Test]
    public async Task A_chart_is_pulled_by_its_exact_version()
    {
        var runner = new RecordingRunner();

        await Tools(runner).Pull.PullAsync(Home, "flyteorg/flyte-core", "v1.16.8", "/to here", default);

        Assert.That(runner.Line, Is.EqualTo("""pull "flyteorg/flyte-core" --version "v1.16.8" --untar --untardir "/to here" """.TrimEnd()));
    }

    [Test]
    public async Task Dependencies_are_built_in_the_charts_folder()
    {
        var runner = new RecordingRunner();

        await Tools(runner).DependencyBuild.BuildAsync(Home, "/my charts/flyte-core", default);

        Assert.That(runner.Line, Is.EqualTo("""dependency build "/my charts/flyte-core" """.TrimEnd()));
    }

    [Test]
    public async Task An_upgrade_says_only_what_it_was_given() =>
        Assert.That(
            await UpgradeAsync(new HelmUpgradeSettings { Release = "flyte-core", Chart = "/chart" }),
            Is.EqualTo("""upgrade --install "flyte-core" "/chart" """.TrimEnd())
        );

    [Test]
    public async Task An_upgrade_says_everything_it_was_given()
    {
        var settings = new HelmUpgradeSettings
        {
            Release = "flyte-core",
            Chart = "/the chart",
            Values = ["/a b.yaml", "/c.yaml"],
            Timeout = TimeSpan.FromSeconds(90.2),
            ForceConflicts = true,
            Namespace = "flyte",
            KubeContext = "arn:aws:eks:eu-central-1:1:cluster/x y",
            Kubeconfig = "/home/me/kube config",
        };

        Assert.That(
            await UpgradeAsync(settings),
            Is.EqualTo(
                """upgrade --install "flyte-core" "/the chart" --values "/a b.yaml" --values "/c.yaml" --timeout=91s --force-conflicts --namespace "flyte" --kube-context "arn:aws:eks:eu-central-1:1:cluster/x y" --kubeconfig "/home/me/kube config" """.TrimEnd()
            )
        );
    }

    [Test]
    public async Task An_upgrade_says_where_it_came_from() =>
        Assert.That(
            await UpgradeAsync(
                new HelmUpgradeSettings
                {
                    Release = "r",
                    Chart = "/c",
                    Description = "Git commit 0",
                }
            ),
            Is.EqualTo("""upgrade --install "r" "/c" --description "Git commit 0" """.TrimEnd())
        );

    private static async Task<string?> UpgradeAsync(HelmUpgradeSettings settings)
    {
        var runner = new RecordingRunner();
        await Tools(runner).Upgrade.UpgradeAsync(await Permits.GetAsync(), settings, default);
        return runner.Line;
    }

    private sealed class UsersEnvironment : ProcessEnvironment
    {
        public override string? Variable(string name) => name == "GOGC" ? "50" : null;
    }

    private static HelmTools Tools(RecordingRunner runner) => new(runner.FileSystem, runner.Environment, runner.Processes, runner.Tools);
}
