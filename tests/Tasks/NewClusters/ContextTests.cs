using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.NewClusters;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.NewClusters;

/// <summary>The kubeconfig of a cluster that is there, written by the real kubectl.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class ContextTests
{
    private NewClusterBed _bed = null!;

    [SetUp]
    public void Make()
    {
        _bed = new NewClusterBed(NewClusterBed.States);
        _bed.Put("cluster", "ACTIVE");
        _bed.Put("endpoint", "https://eks.example.com");
    }

    [TearDown]
    public void Clean() => _bed.Dispose();

    [Test]
    public async Task Where_only_the_context_is_missing_it_alone_is_written_and_nobody_is_asked()
    {
        Assert.That(await RunAsync(), Is.EqualTo(new[] { "dp1 create KubeconfigContext context1" }));
        await _bed.Terminal.DidNotReceiveWithAnyArgs().AskAsync("", default);
        Assert.That(await RunAsync(), Is.Empty);
    }

    [Test]
    public async Task With_AWS_PROFILE_the_context_names_the_profile()
    {
        var run = _bed.Next(NewClusterBed.C, withNodes: false);
        run.Context.Environment.GetEnvironmentVariable("AWS_PROFILE").Returns("ops");

        await run.RunAsync<CreateCluster>();

        Assert.That(
            NewClusterBed.Entry(_bed.View(), "users", "context1")["user"]!["exec"]!["env"]!.ToJsonString(),
            Is.EqualTo("""[{"name":"AWS_PROFILE","value":"ops"}]""")
        );
    }

    [Test]
    public async Task A_kubeconfig_that_is_not_there_yet_is_made()
    {
        File.Delete(_bed.Kubeconfig);

        await RunAsync();

        Assert.That(NewClusterBed.Names(_bed.View(), "contexts"), Is.EqualTo(new[] { "context1" }));
        Assert.That((string?)_bed.View()["current-context"], Is.Empty);
    }

    [Test]
    public async Task What_an_ended_kubectl_left_is_completed()
    {
        await RunAsync();
        var whole = _bed.View().ToJsonString();
        File.WriteAllText(
            _bed.Kubeconfig,
            File.ReadAllText(_bed.Kubeconfig).Replace("- context:\n    cluster: context1\n    user: context1\n  name: context1\n", "", StringComparison.Ordinal)
        );
        Assert.That(NewClusterBed.Names(_bed.View(), "contexts"), Is.EqualTo(new[] { "mine" }));

        Assert.That(await RunAsync(), Has.Count.EqualTo(1));
        Assert.That(NewClusterBed.Names(_bed.View(), "contexts"), Is.EquivalentTo(new[] { "mine", "context1" }));
        Assert.That(_bed.View()["users"]!.ToJsonString(), Is.EqualTo(System.Text.Json.Nodes.JsonNode.Parse(whole)!["users"]!.ToJsonString()));
    }

    [Test]
    public async Task A_kubeconfig_that_another_kubectl_writes_is_waited_for()
    {
        var file = $"{_bed.Kubeconfig}.lock";
        File.WriteAllText(file, "");
        var run = _bed.Next(NewClusterBed.C, withNodes: false);

        await run.RunAsync<CreateCluster>();

        Assert.That(_bed.Time.Pauses, Has.Count.EqualTo(9).And.All.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(run.Plane.Failure, Does.Contain(".lock: file exists"));
        Assert.That(NewClusterBed.Names(_bed.View(), "contexts"), Is.EqualTo(new[] { "mine" }));
    }

    [TestCase(
        "{apiVersion: v1, kind: Config, users: [{name: context1, user: {token: secret}}]}",
        "already has a user 'context1', with another login",
        "kubectl config delete-user context1 --kubeconfig='"
    )]
    [TestCase(
        "{apiVersion: v1, kind: Config, clusters: [{name: context1, cluster: {server: 'https://other.example.com'}}]}",
        "already has a cluster 'context1', https://other.example.com",
        "kubectl config delete-cluster context1 --kubeconfig='"
    )]
    [TestCase(
        "{apiVersion: v1, kind: Config, clusters: [{name: x, cluster: {server: 'https://other.example.com'}}], contexts: [{name: context1, "
            + "context: {cluster: x, user: x}}]}",
        "already has a context 'context1'; it points to https://other.example.com, and EKS cluster 'c' is at https://eks.example.com",
        "kubectl config delete-context context1 --kubeconfig='"
    )]
    [TestCase(
        "{apiVersion: v1, kind: Config, contexts: [{name: context1, context: {cluster: gone, user: gone}}]}",
        "it points to no server",
        "Name another context for dp1"
    )]
    [TestCase("no: [kubeconfig", "kubectl config view failed", "--kubeconfig=PATH")]
    public async Task What_is_another_clusters_is_kept_and_reported_before_any_write(string kubeconfig, string what, string remedy)
    {
        File.WriteAllText(_bed.Kubeconfig, kubeconfig);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => RunAsync());

        Assert.That(refused!.Problems.Single().ToString(), Does.Contain(what).And.Contain(remedy).And.Not.Contain("secret"));
        Assert.That(File.ReadAllText(_bed.Kubeconfig), Is.EqualTo(kubeconfig));
    }

    [Test]
    public async Task All_entries_that_are_anothers_are_reported_at_once_with_commands_for_this_kubeconfig()
    {
        File.WriteAllText(
            _bed.Kubeconfig,
            "{apiVersion: v1, kind: Config, clusters: [{name: context1, cluster: {server: 'https://other.example.com'}}], users: [{name: context1, "
                + "user: {token: secret}}], contexts: [{name: context1, context: {cluster: context1, user: context1}}]}"
        );

        var refused = await Assert.ThrowsAsync<RefusedException>(() => RunAsync());

        Assert.That(
            refused!.Problems.Select(problem => problem.Remedy),
            Is.EqualTo(
                new[] { "context", "cluster", "user" }.Select(kind =>
                    $"Name another context for dp1 in the fleet, or remove that one (kubectl config delete-{kind} context1 --kubeconfig='{_bed.Kubeconfig}')."
                )
            )
        );
    }

    [Test]
    public async Task A_context_that_leads_to_the_cluster_under_other_names_is_left_alone()
    {
        File.WriteAllText(
            _bed.Kubeconfig,
            "{apiVersion: v1, kind: Config, clusters: [{name: arn, cluster: {server: 'https://EKS.example.com:443/'}}], contexts: [{name: "
                + "context1, context: {cluster: arn, user: arn}}]}"
        );

        Assert.That(await RunAsync(), Is.Empty);
    }

    private Task<IReadOnlyList<string>> RunAsync(RunOptions? options = null) => _bed.RunAsync(NewClusterBed.C, options, withNodes: false);
}
