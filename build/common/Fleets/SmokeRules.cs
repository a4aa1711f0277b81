using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The rules of <c>smoke</c> and <c>pyflyte</c>.</summary>
/// <param name="files">Resolves files.</param>
/// <param name="clusters">The names of all clusters that may run workflows.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class SmokeRules(ValuesFiles files, IReadOnlyList<string> clusters, FleetProblems problems)
{
    /// <summary>Reads <c>smoke</c>: one pattern for every label, or a list.</summary>
    public SmokeSettings? Read(FleetMap root)
    {
        if (root.Get("smoke") is not { } node)
        {
            return null;
        }

        if (node.Kind == SourceKind.Mapping)
        {
            return FleetMap.Open(node, "smoke", FleetKeys.SmokePattern, problems) is { } pattern
                ? new SmokeSettings([Execution(pattern)], ForEveryLabel: true)
                : null;
        }

        var executions = new List<SmokeExecution>();
        foreach (var item in FleetValue.List(node, "'smoke'", problems))
        {
            if (FleetMap.Open(item, "An execution of 'smoke'", FleetKeys.Smoke, problems) is { } map)
            {
                executions.Add(Execution(map));
            }
        }

        return executions.Count == 0 ? null : new SmokeSettings(executions, ForEveryLabel: false);
    }

    /// <summary>Reads <c>pyflyte</c>.</summary>
    public PyflyteRun? Pyflyte(FleetMap root)
    {
        if (root.Get("pyflyte") is not { } node || FleetMap.Open(node, "pyflyte", FleetKeys.Pyflyte, problems) is not { } map)
        {
            return null;
        }

        map.Require("script", "Write the Python file that holds the workflow.");
        var run = new PyflyteRun
        {
            Script = files.Existing(map, "script", "the Python file that holds the workflow") ?? "",
            Workflow = map.RequiredText("workflow", "Write the workflow's name in the script.") ?? "",
            Project = Id(map, "project"),
            Domain = Id(map, "domain"),
            Inputs = Inputs(map),
            Cluster = Cluster(map),
        };
        return Timeout(map) is { } timeout ? run with { Timeout = timeout } : run;
    }

    private SmokeExecution Execution(FleetMap map)
    {
        var label = map.Text("label");
        if (label is not null && !FleetNames.IsLabel(label))
        {
            problems.Add(map.Get("label")!, $"'{FleetValue.Format(label)}' is not a label.", "Write one of the fleet's labels, in lower case.");
        }

        var execution = new SmokeExecution
        {
            Project = Id(map, "project"),
            Domain = Id(map, "domain"),
            LaunchPlan = map.RequiredText("launchPlan", "Write the launch plan's name; that of a workflow's default launch plan is the workflow's.") ?? "",
            Version = map.Text("version"),
            Inputs = Inputs(map),
            Label = label,
            Cluster = Cluster(map),
        };
        return Timeout(map) is { } timeout ? execution with { Timeout = timeout } : execution;
    }

    private string Id(FleetMap map, string key)
    {
        var id = map.RequiredText(key, $"Write the {key}'s id.");
        ExecutionLabelRules.CheckId(map, key, id, problems);
        return id ?? "";
    }

    private string? Cluster(FleetMap map)
    {
        var cluster = map.Text("cluster");
        if (cluster is not null && !clusters.Contains(cluster, StringComparer.Ordinal))
        {
            problems.Add(map.Get("cluster")!, $"There is no cluster '{FleetValue.Format(cluster)}' that runs workflows.", Nearest.Remedy(cluster, clusters));
        }

        return cluster;
    }

    private TimeSpan? Timeout(FleetMap map)
    {
        if (map.Text("timeout") is not { } text)
        {
            return null;
        }

        if (Durations.TryRead(text, out var timeout))
        {
            return timeout;
        }

        problems.Add(map.Get("timeout")!, $"'{FleetValue.Format(text)}' is not a duration.", "Write one such as 90s, 5m or 1h30m.");
        return null;
    }

    private JsonObject Inputs(FleetMap map)
    {
        if (map.Get("inputs") is not { } node || FleetMap.Open(node, "'inputs'", problems) is null)
        {
            return [];
        }

        try
        {
            return HelmValues.Convert(node);
        }
        catch (YamlFailureException failure)
        {
            problems.Add(failure.Line, failure.Column, failure.Message, "Write the input in another way.");
            return [];
        }
    }
}
