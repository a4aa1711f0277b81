using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Common.Values;
using Flyte.MultiCluster.Tests.Stubs;
using Microsoft.Extensions.DependencyInjection;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;

/// <summary>Runs of the stages on AWS, one after the other, with the tools of one folder: aws (a script of the test's) and eksctl's stub.</summary>
internal sealed class AwsBed : IDisposable
{
    /// <summary>What moto does not have, for an aws in the language of sh: stacks (in the folder stacks) and EKS add-ons (in the files
    /// addons-CLUSTER).</summary>
    public const string Stacks = """
        d=$(dirname "$0"); mkdir -p "$d/stacks"
        named() { while [ $# -gt 1 ] && [ "$1" != --stack-name ]; do shift; done; echo "$2"; }
        stack="$d/stacks/$(named "$@")"
        fail() { echo "An error occurred ($1) when calling the $2 operation: $3" >&2; exit 254; }
        case "$1 $2" in
          "cloudformation create-stack")
            [ ! -f "$stack" ] || fail AlreadyExistsException CreateStack "Stack [$4] already exists"
            case "$*" in *--enable-termination-protection*) protected=true;; *) protected=false;; esac
            printf '{"Stacks": [{"StackName": "%s", "StackStatus": "CREATE_COMPLETE", "EnableTerminationProtection": %s}]}\n' "$4" $protected >"$stack"; echo '{}'; exit 0;;
          "cloudformation describe-stacks") [ -f "$stack" ] || fail ValidationError DescribeStacks "Stack with id $4 does not exist"; cat "$stack"; exit 0;;
          "cloudformation update-termination-protection") sed -i 's/"EnableTerminationProtection": true/"EnableTerminationProtection": false/' "$stack"; echo '{}'; exit 0;;
          "cloudformation delete-stack") ! grep -q '"EnableTerminationProtection": true' "$stack" || fail ValidationError DeleteStack "Stack [$4] cannot be deleted while TerminationProtection is enabled"; rm -f "$stack"; exit 0;;
          "cloudformation wait") [ ! -f "$stack" ] || fail Waiter StackDeleteComplete "Max attempts exceeded"; exit 0;;
          "eks create-addon") echo "$6" >>"$d/addons-$4"; echo '{}'; exit 0;;
          "eks list-addons") printf '{"addons": [%s]}\n' "$(sed 's/.*/"&"/' "$d/addons-$4" 2>/dev/null | paste -sd, -)"; exit 0;;
        esac

        """;

    private static readonly string[] WritingVerbs = ["add-", "create-", "delete-", "attach-", "update-", "put-"];

    private readonly TemporaryFolder _folder = new();
    private readonly List<TestRun> _runs = [];

    /// <summary>Makes the tools.</summary>
    /// <param name="aws">What the script aws does, in the language of sh; its arguments are noted before.</param>
    /// <param name="eksctl">Whether eksctl is there.</param>
    public AwsBed(string aws, bool eksctl = true)
    {
        ExecutableFile.Write(Aws, $"#!/bin/sh\nprintf '%s\\n' \"$*\" >>'{Calls}'\n{aws}\n");
        if (eksctl)
            ExecutableFile.Write(
                Path.Combine(_folder.Path, "eksctl"),
                $"#!/bin/sh\nprintf 'eksctl %s\\n' \"$*\" >>'{Calls}'\nPATH='{_folder.Path}':$PATH exec '{Path.Combine(StubTools.Folder, "eksctl")}' \"$@\"\n"
            );
    }

    /// <summary>The regions of the clusters c0, c1, …: in moto all issuers of a region are the same.</summary>
    public static IReadOnlyList<string> Regions { get; } = ["eu-west-1", "eu-west-2", "eu-central-1", "us-east-1"];

    public InstantTime Time { get; } = new();

    public string Folder => _folder.Path;

    public string Aws => Path.Combine(_folder.Path, "aws");

    public TestRun Last => _runs[^1];

    private string Calls => Path.Combine(_folder.Path, "calls");

    /// <summary>The calls since the last time, by command: <c>iam get-role</c>; eksctl's with its name before.</summary>
    public IReadOnlyList<string> TakeCalls()
    {
        var lines = File.Exists(Calls) ? File.ReadAllLines(Calls) : [];
        File.Delete(Calls);
        return lines;
    }

    public static bool Writes(string call) =>
        WritingVerbs.Any(word => call.Split(' ') is [_, var operation, ..] && operation.StartsWith(word, StringComparison.Ordinal))
        || call.StartsWith("eksctl", StringComparison.Ordinal);

    /// <summary>A fleet with the EKS clusters c0 (control plane), c1, c2, …; role names and policy begin with a prefix, so that tests share an
    /// account.</summary>
    public static Fleet Fleet(int planes, string prefix, RoleLayout layout = RoleLayout.Three)
    {
        var fleet = SomeFleet.Of(planes);
        return fleet with
        {
            Aws = new AwsSettings
            {
                Region = "eu-west-1",
                Buckets = ["meta", "raw"],
                RoleLayout = layout,
                PolicyName = $"{prefix}-s3",
                ControlPlaneRole = $"{prefix}-cp",
                DataPlaneRole = $"{prefix}-dp",
                WorkersRole = $"{prefix}-w",
            },
            ControlPlane = fleet.ControlPlane with { Cluster = new CloudCluster { Name = "c0" } },
            DataPlanes =
            [
                .. fleet.DataPlanes.Select(
                    (plane, index) =>
                        plane with
                        {
                            Cluster = new CloudCluster { Name = $"c{index + 1}", Region = Regions[(index + 1) % Regions.Count] },
                        }
                ),
            ],
        };
    }

    public TestRun Next(Fleet fleet, RunOptions? options = null, IFlyteAdmin? admin = null)
    {
        var run = new TestRun(options, fleet: fleet, admin: admin);
        _runs.Add(run);
        var (files, environment, tools) = run.WithTools(_folder.Path);
        run.Services.AddSingleton(new AwsTools(files, environment, run.Processes, tools, Time));
        return run;
    }

    /// <summary>Runs Prerequisites, all its stages, and answers the changes: <c>create IamRole x-cp</c>, without the detail.</summary>
    public async Task<IReadOnlyList<string>> PrerequisitesAsync(Fleet fleet, RunOptions? options = null)
    {
        var run = Next(fleet, options);
        await run.RunAsync<CheckAws>();
        await run.RunAsync<CreateIamPolicy>();
        await run.RunAsync<AssociateOidcProvider>();
        await run.RunAsync<CreateControlPlaneRole>();
        await run.RunAsync<CreateDataPlaneRole>();
        await run.RunAsync<CreateWorkersRole>();
        await run.RunAsync<UpdateTrustPolicies>();
        return Changes(run);
    }

    public static IReadOnlyList<string> Changes(TestRun run) =>
        [.. run.Context.Gate.Changes.Select(change => ChangeGate.Describe(change with { Detail = null }, made: true)).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        foreach (var run in _runs)
            run.Dispose();
        _folder.Dispose();
    }
}
