using System.Globalization;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The rules of <c>cloud</c> and of what planes say of their cluster in it. Nothing of an account or an ARN is guessed.</summary>
/// <param name="problems">Receives the problems.</param>
internal sealed class CloudRules(FleetProblems problems)
{
    private static readonly string[] Providers = ["none", "aws", "gcp"];

    private readonly HashSet<(string Region, string Name)> _clusters = [];

    private string _provider = "none";

    /// <summary>What is on AWS; null where nothing is.</summary>
    public AwsSettings? Aws { get; private set; }

    /// <summary>What is on Google Cloud; null where nothing is.</summary>
    public GcpSettings? Gcp { get; private set; }

    /// <summary>Reads the section; the planes' clusters come after it.</summary>
    public void Read(FleetMap root)
    {
        if (root.Get("cloud") is not { } node || FleetMap.Open(node, "cloud", problems) is not { } any)
        {
            return;
        }

        _provider = any.Text("provider") ?? "none";
        switch (_provider)
        {
            case "none" when FleetMap.Open(node, "cloud", FleetKeys.NoCloud, problems) is not null:
                break;
            case "aws" when FleetMap.Open(node, "cloud", FleetKeys.Aws, problems) is { } aws:
                Aws = ReadAws(aws);
                break;
            case "gcp" when FleetMap.Open(node, "cloud", FleetKeys.Gcp, problems) is { } gcp:
                Gcp = ReadGcp(gcp);
                break;
            case var provider when !Providers.Contains(provider, StringComparer.Ordinal):
                problems.Add(any.Get("provider")!, $"There is no cloud provider '{FleetValue.Format(provider)}'.", Nearest.Remedy(provider, Providers));
                break;
        }
    }

    /// <summary>Reads a plane's cluster: its name is needed as soon as there is a cloud.</summary>
    public CloudCluster? Cluster(FleetMap plane)
    {
        var create = plane.Get("create");
        if (Aws is null && Gcp is null)
        {
            foreach (var key in FleetKeys.CloudCluster.Where(key => plane.Get(key) is not null))
            {
                problems.Add(
                    plane.Get(key)!,
                    $"'{key}' belongs to a cloud, but the fleet names none.",
                    "Write cloud: {provider: aws, …} or {provider: gcp, …}, or remove it."
                );
            }

            return null;
        }

        var name = plane.RequiredText(
            "cluster",
            Aws is not null
                ? "Write the cluster's EKS name ('aws eks list-clusters' lists it)."
                : "Write the cluster's GKE name ('gcloud container clusters list' lists it)."
        );
        if (name is not null && !(name.Length <= 100 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
        {
            problems.Add(plane.Get("cluster")!, $"'{FleetValue.Format(name)}' is not a cluster name.", "Write the name, not the ARN.");
        }

        if (Gcp is not null)
        {
            Not(plane, "region", "A GKE cluster has a location, not a region.", "Write location: europe-west1.");
            Not(plane, "create", "Clusters are created on AWS only.", "Create it with gcloud, and remove this.");
            return new CloudCluster
            {
                Name = name ?? "",
                Location = plane.RequiredText("location", "Write the cluster's region or zone: location: europe-west1."),
            };
        }

        Not(plane, "location", "An EKS cluster has a region, not a location.", "Write region: eu-west-1, or leave it to cloud.region.");
        if (create is not null && name is not null && !NewClusterRules.IsStackName(name, NewClusterRules.MostOfCluster))
        {
            problems.Add(plane.Get("cluster")!, $"eksctl cannot create a cluster named '{FleetValue.Format(name)}'.", NewClusterRules.NameRemedy);
        }

        var region = Region(plane);
        if (name is not null && Aws is { } aws && !_clusters.Add((region ?? aws.Region, name)))
        {
            problems.Add(
                plane.Get("cluster")!,
                $"EKS cluster '{FleetValue.Format(name)}' is already used by another plane.",
                "Give each plane a cluster of its own."
            );
        }

        return new CloudCluster
        {
            Name = name ?? "",
            Region = region,
            Create = create is null ? null : new NewClusterRules(problems).Read(create, name),
        };
    }

    private AwsSettings ReadAws(FleetMap map)
    {
        map.Require("region", "Write the clusters' region: region: eu-west-1.");
        var roles = map.Get("roles") is { } node ? FleetMap.Open(node, "cloud.roles", FleetKeys.Roles, problems) : null;
        var settings = new AwsSettings
        {
            Region = Region(map) ?? "",
            AccountId = Account(map),
            Buckets = Buckets(map),
            RoleLayout = Layout(map),
        };
        settings = settings with
        {
            PolicyName = Name(map, "policyName", 128) ?? settings.PolicyName,
            ControlPlaneRole = Name(roles, "controlPlane", 64) ?? settings.ControlPlaneRole,
            DataPlaneRole = Name(roles, "dataPlane", 64) ?? settings.DataPlaneRole,
            WorkersRole = Name(roles, "workers", 64) ?? settings.WorkersRole,
        };
        if (settings.RoleLayout == RoleLayout.Two && roles?.Get("workers") is { } workers)
        {
            problems.Add(workers, "With roleLayout two the worker Pods use the data plane's role.", "Remove it, or write roleLayout: three.");
        }

        string[] names =
            settings.RoleLayout == RoleLayout.Two
                ? [settings.ControlPlaneRole, settings.DataPlaneRole]
                : [settings.ControlPlaneRole, settings.DataPlaneRole, settings.WorkersRole];
        if (names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Length)
        {
            problems.Add(roles?.Node ?? map.Node, "Two of the roles have the same name.", "Give each role a name of its own.");
        }

        return settings;
    }

    private GcpSettings ReadGcp(FleetMap map)
    {
        var project = map.RequiredText("project", "Write the project's id.");
        const string Remedy = "Write serviceAccounts: {controlPlane: NAME@PROJECT.iam.gserviceaccount.com, dataPlane: …, workers: …}.";
        var accounts = map.Require("serviceAccounts", Remedy) is { } node ? FleetMap.Open(node, "cloud.serviceAccounts", FleetKeys.Roles, problems) : null;
        return new GcpSettings
        {
            Project = project ?? "",
            ControlPlane = Email(accounts, "controlPlane"),
            DataPlane = Email(accounts, "dataPlane"),
            Workers = Email(accounts, "workers"),
        };
    }

    private string Email(FleetMap? accounts, string key)
    {
        var email = accounts?.RequiredText(key, "Write the Google service account's e-mail address.");
        if (
            email is not null
            && !(
                email.Split('@') is [{ Length: > 0 } name, { Length: > 0 } host]
                && name.All(IsPlain)
                && host.EndsWith(".gserviceaccount.com", StringComparison.Ordinal)
            )
        )
        {
            problems.Add(
                accounts!.Get(key)!,
                $"'{FleetValue.Format(email)}' is not a Google service account.",
                "Write its e-mail address: flyte@PROJECT.iam.gserviceaccount.com."
            );
        }

        return email ?? "";
    }

    private string? Account(FleetMap map)
    {
        var account = map.Text("accountId");
        if (account is not null && !(account.Length == 12 && account.All(char.IsAsciiDigit)))
        {
            problems.Add(map.Get("accountId")!, $"'{FleetValue.Format(account)}' is not an account ID.", "Write its twelve digits, in quotes.");
        }

        return account;
    }

    private RoleLayout Layout(FleetMap map)
    {
        switch (map.Text("roleLayout"))
        {
            case "two":
                return RoleLayout.Two;
            case null or "three":
                return RoleLayout.Three;
            case var other:
                problems.Add(map.Get("roleLayout")!, $"There is no role layout '{FleetValue.Format(other)}'.", Nearest.Remedy(other, ["two", "three"]));
                return RoleLayout.Three;
        }
    }

    private List<string> Buckets(FleetMap map)
    {
        const string Remedy = "Write buckets: [METADATA, RAW-DATA], only names; the two may be the same.";
        var buckets = new List<string>();
        if (map.Require("buckets", Remedy) is not { } node)
        {
            return buckets;
        }

        var items = FleetValue.List(node, "'buckets'", problems);
        if (items.Count == 0 && node.Kind == SourceKind.Sequence)
        {
            problems.Add(node, "There is no bucket.", Remedy);
        }

        foreach (var item in items)
        {
            if (FleetValue.Text(item, "A bucket", problems) is not { } bucket)
            {
                continue;
            }

            if (!(bucket.Length is >= 3 and <= 63 && FleetNames.IsDnsSubdomain(bucket)))
            {
                problems.Add(
                    item,
                    $"'{FleetValue.Format(bucket)}' is not a bucket name.",
                    bucket.Contains('*', StringComparison.Ordinal)
                        ? "Name each bucket: a wildcard would open others too."
                        : "Write only the name, without s3:// and without a path."
                );
            }
            else if (!buckets.Contains(bucket, StringComparer.Ordinal))
            {
                buckets.Add(bucket);
            }
        }

        return buckets;
    }

    private string? Region(FleetMap map)
    {
        var region = map.Text("region");
        if (
            region is not null
            && !(
                region.Count(c => c == '-') >= 2
                && char.IsAsciiDigit(region[^1])
                && region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            )
        )
        {
            problems.Add(map.Get("region")!, $"'{FleetValue.Format(region)}' is not an AWS region.", "Write its code: eu-west-1.");
        }

        return region;
    }

    private string? Name(FleetMap? map, string key, int most)
    {
        var name = map?.Text(key);
        if (name is not null && !(name.Length <= most && name.All(c => char.IsAsciiLetterOrDigit(c) || "+=,.@_-".Contains(c, StringComparison.Ordinal))))
        {
            problems.Add(
                map!.Get(key)!,
                $"'{FleetValue.Format(name)}' is not an IAM name.",
                string.Create(CultureInfo.InvariantCulture, $"Write the name, not the ARN: letters, digits and +=,.@_-, at most {most}.")
            );
        }

        return name;
    }

    private void Not(FleetMap plane, string key, string what, string remedy)
    {
        if (plane.Get(key) is { } node)
        {
            problems.Add(node, what, remedy);
        }
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_';
}
