using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>
/// Names of executions. One that is part of a join is named by a digest of what it proves: an execution of that name which has succeeded is the
/// proof, and nothing needs to be started. There is no state file; FlyteAdmin is the memory.
/// </summary>
/// <param name="mark">10 letters and digits.</param>
internal sealed class SmokeNames(string mark)
{
    /// <summary>Names that nothing has.</summary>
    public static SmokeNames Fresh() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5)));

    /// <summary>Names by what is proven: the launch plan and its inputs, the label, and its clusters with weight, endpoint, loaded credential and the revision
    /// of its Helm release.</summary>
    /// <param name="job">What is proven.</param>
    /// <param name="situation">What decides where executions land.</param>
    /// <param name="chartVersion">The chart's version.</param>
    public static SmokeNames Of(SmokeJob job, SmokeSituation situation, string chartVersion)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(situation);
        var plan = job.Smoke.Plan;
        var clusters = job
            .Clusters.OrderBy(cluster => cluster.Id, StringComparer.Ordinal)
            .Select(cluster =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{cluster.Id} {cluster.Weight:R} {situation.Loaded?.Clusters.FirstOrDefault(entry => entry.Name == cluster.Id)?.Endpoint} "
                        + $"{LoadedAnnotation.Digest((string?)situation.Annotations[CredentialDeployments.Annotation(cluster.Id)])} "
                        + $"{situation.Releases.GetValueOrDefault(cluster.Id)}"
                )
            );
        string[] proven =
        [
            plan.Project,
            plan.Domain,
            plan.Name,
            plan.Version,
            job.Smoke.Inputs.ToJsonString(),
            job.Label ?? string.Empty,
            job.Given ?? string.Empty,
            .. clusters,
            chartVersion,
        ];
        return new SmokeNames(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', proven))))[..10]);
    }

    /// <summary>An execution's identity: at most 20 letters, digits and dashes, the first a letter, as FlyteAdmin wants it.</summary>
    /// <param name="plan">Its launch plan.</param>
    /// <param name="index">Which of the job's executions it is, from 0.</param>
    /// <param name="attempt">How many of that index were there before it.</param>
    public ExecutionId Id(LaunchPlan plan, int index, int attempt)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new ExecutionId(plan.Project, plan.Domain, string.Create(CultureInfo.InvariantCulture, $"s{mark}-{index}-{attempt}"));
    }
}
