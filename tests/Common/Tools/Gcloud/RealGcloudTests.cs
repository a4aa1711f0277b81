using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Common.Tools.Gcloud;
using Flyte.MultiCluster.Tasks.Developers;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Values;
using NSubstitute;
using NUnit.Framework;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Common.Tools.Gcloud;

/// <summary>The real gcloud, where it is installed, against an API on loopback: it takes the arguments, and answers and fails as the stub does.</summary>
[Platform("Linux", Reason = "gcloud is wrapped in a shell script.")]
internal sealed class RealGcloudTests
{
    private const string Role = "roles/iam.workloadIdentityUser";
    private const string Member = "serviceAccount:p.svc.id.goog[flyte/flyteadmin]";

    [Test]
    public async Task It_takes_our_commands_and_its_answers_and_errors_are_understood()
    {
        var real = ToolPaths.Current.Find("gcloud");
        if (real is null)
            Assert.Ignore("Not run, as there is no gcloud on PATH: https://cloud.google.com/sdk. Its stub is tested.");
        await using var api = await FakeGoogleApi.StartAsync();
        using var folder = new TemporaryFolder();
        var gcloud = Tools(folder, api, real!);
        var gate = new ChangeGate(Substitute.For<ICakeLog>(), isOpen: true);
        Task AddAsync(string account) =>
            gate.PassAsync(
                new Change("gcp", "x", null, account, ChangeAction.Create),
                (permit, end) => gcloud.ServiceAccounts.CreateBindingAsync(permit, "p", account, Role, Member, end),
                default
            );

        var (project, cluster, read, adding, conflict, denied) = (
            gcloud.Projects.StateAsync("p", default),
            gcloud.Clusters.DescribeAsync("p", "europe-west1", "c1", default),
            gcloud.ServiceAccounts.PolicyAsync("p", "w@p.iam.gserviceaccount.com", default),
            AddAsync("w@p.iam.gserviceaccount.com"),
            FailureAsync(AddAsync("busy@p.iam.gserviceaccount.com")),
            FailureAsync(gcloud.ServiceAccounts.PolicyAsync("p", "denied@p.iam.gserviceaccount.com", default))
        );
        await Task.WhenAll(project, cluster, read, adding, conflict, denied);
        var policy = ServiceAccountPolicy.Of(api.Policy);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await project, Is.EqualTo("ACTIVE"));
            Assert.That((await cluster)!.WorkloadPool, Is.EqualTo("p.svc.id.goog"));
            Assert.That((await cluster)!.NodePoolsWithout, Is.EqualTo(new[] { "old" }));
            Assert.That(
                (await read)!.Bindings.Single(binding => binding.IsConditional),
                Is.EqualTo(new PolicyBinding(Role, ["serviceAccount:p.svc.id.goog[other/default]"], IsConditional: true)).UsingPropertiesComparer()
            );
            Assert.That(policy.Members(Role), Is.EqualTo(new[] { Member }));
            Assert.That(policy.Bindings.Single(binding => binding.IsConditional).Members, Is.EqualTo(new[] { "serviceAccount:p.svc.id.goog[other/default]" }));
            Assert.That((await conflict)?.IsConflict, Is.True, (await conflict)?.Message);
            Assert.That((await denied)?.Message, Does.Contain("Have iam.serviceAccounts.getIamPolicy granted"));
        }
    }

    private static async Task<GcloudException?> FailureAsync(Task call)
    {
        try
        {
            await call;
            return null;
        }
        catch (GcloudException exception)
        {
            return exception;
        }
    }

    private static GcloudTools Tools(TemporaryFolder folder, FakeGoogleApi api, string real)
    {
        var wrapper = Path.Combine(folder.Path, "gcloud");
        var overrides = string.Concat(
            new[] { "IAM", "CONTAINER", "CLOUDRESOURCEMANAGER" }.Select(service => $"export CLOUDSDK_API_ENDPOINT_OVERRIDES_{service}={api.Url}\n")
        );
        const string Quiet =
            "export CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=true CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK=true CLOUDSDK_CORE_DISABLE_PROMPTS=1\n";
        ExecutableFile.Write(
            wrapper,
            $"#!/bin/sh\nexport CLOUDSDK_CONFIG='{Path.Combine(folder.Path, "config")}' CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true "
                + $"NO_PROXY=127.0.0.1\n{Quiet}{overrides}exec '{real}' \"$@\"\n"
        );
        var cake = new RecordingRunner();
        cake.Environment.WorkingDirectory = new DirectoryPath(folder.Path);
        cake.Tools.Resolve(Arg.Any<IEnumerable<string>>()).Returns(new FilePath(wrapper));
        return new GcloudTools(cake.FileSystem, cake.Environment, new ChildProcessRunner(), cake.Tools, TimeProvider.System);
    }
}
