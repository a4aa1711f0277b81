using System.Globalization;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The rules of <c>executionLabels</c> and of flytectl's attribute files in <c>executionLabelFiles</c>.</summary>
/// <param name="files">Resolves files.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class ExecutionLabelRules(ValuesFiles files, FleetProblems problems)
{
    private readonly OrderedDictionary<LabelScope, ExecutionLabel> _labels = [];

    private readonly List<string> _files = [];

    /// <summary>The attribute files that were read, absolute paths.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Reads both.</summary>
    public IReadOnlyList<ExecutionLabel> Read(FleetMap root)
    {
        foreach (var item in root.List("executionLabels"))
        {
            if (FleetMap.Open(item, "An execution label", FleetKeys.ExecutionLabel, problems) is { } map)
            {
                Add(map, "label", problems);
            }
        }

        foreach (var item in root.List("executionLabelFiles"))
        {
            if (FleetValue.Text(item, "An attribute file", problems) is { } written)
            {
                AddFile(item, written);
            }
        }

        return [.. _labels.Values];
    }

    private void AddFile(SourceNode item, string written)
    {
        var path = files.Absolute(written);
        _files.Add(path);
        var shown = FleetValue.Format(written);
        var (text, wrong) = FleetFile.Load(path, FleetFile.MaximumFleet);
        if (wrong is not null)
        {
            problems.Add(item, $"The attribute file '{shown}' {wrong}.", $"Attribute files are relative to the fleet file; looked for {path}");
            return;
        }

        var own = problems.Of(path);
        try
        {
            var composed = YamlComposer.Compose(text);
            if (composed.Second is { } second)
            {
                own.Add(
                    second,
                    "A second YAML document begins here; flytectl reads only the first of an attribute file.",
                    "Move it to a file of its own, and name that in executionLabelFiles."
                );
            }

            if (composed.Root is not { } node)
            {
                if (!own.None)
                {
                    return;
                }

                own.Add(1, 1, "The attribute file is empty.", "Write project, domain and value, as for 'flytectl update execution-cluster-label --attrFile'.");
            }
            else if (FleetMap.Open(node, "An attribute file", FleetKeys.AttributeFile, own) is { } map)
            {
                Add(map, "value", own);
            }
        }
        catch (YamlFailureException failure)
        {
            own.Add(failure.Line, failure.Column, failure.Message, "Correct the file.");
        }
    }

    private void Add(FleetMap map, string labelKey, FleetProblems at)
    {
        var project = map.RequiredText("project", "Write the project's id.");
        var domain = map.Text("domain");
        var workflow = map.Text("workflow");
        var label = map.RequiredText(labelKey, "Write the execution cluster label.");
        CheckId(map, "project", project, at);
        CheckId(map, "domain", domain, at);
        if (workflow is not null && domain is null)
        {
            at.Add(map.Get("workflow")!, "A workflow's label needs a domain.", "Add domain: development, or leave the workflow out.");
        }

        if (label is not null && !FleetNames.IsLabel(label))
        {
            var lowered = label.ToLowerInvariant();
            at.Add(
                map.Get(labelKey)!,
                $"'{FleetValue.Format(label)}' is not a label: flyteadmin lower-cases the labels of labelClusterMap, and then finds no cluster for this one.",
                FleetNames.IsLabel(lowered) ? $"Write {lowered}." : "Write one of the fleet's labels."
            );
        }

        if (project is null || label is null)
        {
            return;
        }

        var scope = new LabelScope(project, domain, workflow);
        var place = string.Create(CultureInfo.InvariantCulture, $"{at.File}:{map.Node.Line}:{map.Node.Column}");
        if (_labels.TryGetValue(scope, out var first))
        {
            at.Add(map.Node, $"{FleetValue.Format(scope.ToString())} already has a label, at {first.Place}.", "Keep one of the two.");
        }
        else
        {
            _labels.Add(scope, new ExecutionLabel(scope, label, place));
        }
    }

    /// <summary>Notes an id of a project or domain that is none.</summary>
    internal static void CheckId(FleetMap map, string key, string? id, FleetProblems at)
    {
        if (id is not null && !FleetNames.IsDnsLabel(id))
        {
            at.Add(map.Get(key)!, $"'{FleetValue.Format(id)}' is not a {key} ID.", "Write lower-case letters, digits and '-': the id, not the name.");
        }
    }
}
