using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>One thing that is wrong with a joined fleet on AWS: how to bring it about, and how to undo it.</summary>
/// <param name="Check">The check that finds it.</param>
/// <param name="What">What it is, in words.</param>
/// <param name="BreakAsync">Brings it about; answers how to undo it.</param>
internal sealed record AwsFault(string Check, string What, Func<AwsFleet, Task<Func<Task>>> BreakAsync)
{
    public static IEnumerable<AwsFault> All { get; } =
    [
        new(
            CheckNames.CloudLogin,
            "the login has expired",
            fleet =>
            {
                File.WriteAllText(
                    fleet.Refusal,
                    "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired"
                );
                return Undo(() => File.Delete(fleet.Refusal));
            }
        ),
        new(
            CheckNames.OidcProvider,
            "a cluster has no provider",
            async fleet =>
            {
                var provider = fleet.Aws("iam list-open-id-connect-providers")["OpenIDConnectProviderList"]!
                    .AsArray()
                    .Select(one => (string)one!["Arn"]!)
                    .Single(arn => arn.Contains(AwsFleet.Regions[1], StringComparison.Ordinal));
                fleet.Aws($"iam delete-open-id-connect-provider --open-id-connect-provider-arn {provider}");
                return await Undo(() =>
                    fleet.Aws(
                        $"iam create-open-id-connect-provider --url https://{provider[(provider.IndexOf('/', StringComparison.Ordinal) + 1)..]} "
                            + "--client-id-list sts.amazonaws.com"
                    )
                );
            }
        ),
        Trust(
            "a wildcard is compared by StringEquals",
            statements => statements[0]!["Condition"] = new JsonObject { ["StringEquals"] = statements[0]!["Condition"]!.AsObject().First().Value!.DeepClone() }
        ),
        new(
            CheckNames.BucketPolicy,
            "the policy is attached to one role less",
            fleet =>
            {
                var policies = fleet.Aws("iam list-policies --scope Local")["Policies"]!.AsArray();
                var arguments = $"--role-name aws-dp --policy-arn {policies.Single(policy => (string?)policy!["PolicyName"] == "aws-s3")!["Arn"]}";
                fleet.Aws($"iam detach-role-policy {arguments}");
                return Undo(() => fleet.Aws($"iam attach-role-policy {arguments}"));
            }
        ),
        Account("flytepropeller has another role", "flyte", "flytepropeller"),
        Account("default of a project's namespace has another role", "flytesnacks-development", "default"),
    ];

    public override string ToString() => $"{Check}: {What}";

    private static AwsFault Trust(string what, Action<JsonArray> change) =>
        new(
            CheckNames.TrustPolicy,
            what,
            fleet =>
            {
                var before = fleet.Aws("iam get-role --role-name aws-w")["Role"]!["AssumeRolePolicyDocument"]!;
                var after = before.DeepClone();
                change(after["Statement"]!.AsArray());
                fleet.Aws("iam update-assume-role-policy --role-name aws-w --policy-document", after.ToJsonString());
                return Undo(() => fleet.Aws("iam update-assume-role-policy --role-name aws-w --policy-document", before.ToJsonString()));
            }
        );

    private static AwsFault Account(string what, string ns, string name) =>
        new(
            CheckNames.CloudIdentity,
            what,
            async fleet =>
            {
                var path = $"/api/v1/namespaces/{ns}/serviceaccounts/{name}";
                var cluster = fleet.Bed.Clusters[1];
                var role = (string)(await cluster.GetAsync(path))!["metadata"]!["annotations"]![AwsFleet.Annotation]!;
                await cluster.PatchAsync(path, Annotated("arn:aws:iam::123456789012:role/other"));
                return () => cluster.PatchAsync(path, Annotated(role));
            }
        );

    private static string Annotated(string role) =>
        new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [AwsFleet.Annotation] = role } } }.ToJsonString();

    private static Task<Func<Task>> Undo(Action undo) =>
        Task.FromResult<Func<Task>>(() =>
        {
            undo();
            return Task.CompletedTask;
        });
}
