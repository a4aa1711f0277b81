using System.Globalization;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The rules of a data plane's <c>create</c>.</summary>
/// <param name="problems">Receives the problems.</param>
internal sealed class NewClusterRules(FleetProblems problems)
{
    /// <summary>What a right name looks like.</summary>
    public const string NameRemedy = "Begin with a letter; letters, digits and '-' may follow.";

    /// <summary>How long a cluster's name may be.</summary>
    public const int MostOfCluster = 100;

    private const int MostOfGroup = 63;

    // CloudFormation takes 128 for a stack's name, of which eksctl takes 18.
    private const int MostTogether = 110;

    /// <summary>Reads it; null where it is no map.</summary>
    /// <param name="node">The key's value.</param>
    /// <param name="cluster">The cluster's EKS name; null where the fleet has none.</param>
    public NewCluster? Read(SourceNode node, string? cluster)
    {
        if (FleetMap.Open(node, "'create'", FleetKeys.NewCluster, problems) is not { } map)
        {
            return null;
        }

        var version = map.RequiredText("version", "Write the Kubernetes version in quotes: \"1.33\".");
        if (version is not null && !(version.Split('.') is [{ Length: > 0 } major, { Length: > 0 } minor] && (major + minor).All(char.IsAsciiDigit)))
        {
            problems.Add(map.Get("version")!, $"'{FleetValue.Format(version)}' is not a Kubernetes version.", "Write major and minor: \"1.33\".");
        }

        var subnets = map.Require("privateSubnets", "Write at least two private subnets' ids.") is { } list
            ? FleetValue.List(list, "'privateSubnets'", problems).Select(item => FleetValue.Text(item, "A subnet", problems)).OfType<string>().ToArray()
            : [];
        foreach (
            var subnet in subnets.Where(subnet =>
                !(
                    subnet.StartsWith("subnet-", StringComparison.Ordinal)
                    && subnet["subnet-".Length..] is { Length: > 0 } id
                    && id.All(char.IsAsciiLetterOrDigit)
                )
            )
        )
        {
            problems.Add(map.Get("privateSubnets")!, $"'{FleetValue.Format(subnet)}' is not a subnet ID.", "Write ids: subnet-0123456789abcdef0.");
        }

        if (map.Get("privateSubnets") is { Kind: SourceKind.Sequence } few && few.Items.Count < 2)
        {
            problems.Add(few, "EKS needs subnets in two availability zones.", "Write at least two private subnets' ids.");
        }

        return new NewCluster(version ?? "", subnets, Nodes(map, cluster));
    }

    private NodeGroup Nodes(FleetMap create, string? cluster)
    {
        var group = new NodeGroup();
        if (create.Get("nodeGroup") is not { } node || FleetMap.Open(node, "'nodeGroup'", FleetKeys.NodeGroup, problems) is not { } map)
        {
            return group;
        }

        if (map.Get("nodes") is { } count && FleetValue.Number(count, "'nodes'", problems) is { } number)
        {
            if (double.IsInteger(number) && number is >= 1 and <= 450)
            {
                group = group with { Nodes = (int)number };
            }
            else
            {
                problems.Add(count, "The number of nodes is not between 1 and 450.", "Write the initial number of nodes.");
            }
        }

        var name = map.Text("name") ?? group.Name;
        if (!IsStackName(name, MostOfGroup))
        {
            problems.Add(map.Get("name")!, $"'{FleetValue.Format(name)}' is not a node group name.", NameRemedy);
        }
        else if (cluster is { Length: <= MostOfCluster } && cluster.Length + name.Length > MostTogether)
        {
            problems.Add(
                map.Get("name") ?? node,
                $"'{FleetValue.Format(cluster)}' and '{FleetValue.Format(name)}' have {cluster.Length + name.Length} characters together: too many "
                    + "for a CloudFormation stack eksctl-CLUSTER-nodegroup-GROUP.",
                string.Create(CultureInfo.InvariantCulture, $"Shorten one of them: together at most {MostTogether}.")
            );
        }

        var type = map.Text("instanceType") ?? group.InstanceType;
        if (
            type.Split('.') is not [{ Length: > 0 } family, { Length: > 0 } size]
            || !(family + size).All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        )
        {
            problems.Add(map.Get("instanceType")!, $"'{FleetValue.Format(type)}' is not an instance type.", "Write one: t3.xlarge.");
        }

        return group with
        {
            Name = name,
            InstanceType = type,
        };
    }

    /// <summary>Whether eksctl can name a CloudFormation stack after a cluster or a node group.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="most">How long it may be.</param>
    public static bool IsStackName(string name, int most) =>
        name.Length <= most && name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
