namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A copy of <c>values/kustomize</c> in a bed's folder, to be edited, and fleets that install it.</summary>
internal sealed class KustomizeFleet
{
    public const string BothLabels = "{label1: [{id: dataplane_1, weight: 1}], label2: [{id: dataplane_2, weight: 1}]}";

    private readonly StageBed _bed;

    public KustomizeFleet(StageBed bed)
    {
        _bed = bed;
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        Copy(Path.Combine(Sandbox.Chart.Helm.Root, "values", "kustomize"), Folder);
    }

    public string Folder => Path.Combine(_bed.Folder, "overlays");

    /// <summary>FlyteAdmin's address and a smoke run, to be written more into a fleet.</summary>
    public string Smoke =>
        $"flyteAdmin: {{endpoint: \"{_bed.State.FlyteAdmin}\", caFile: {Path.Combine(_bed.State.Folder, "flyteadmin-ca.crt")}}}\n{AdminTests.Smoke}";

    /// <summary>A file of the overlays: <c>dataplane/auth.yaml</c>.</summary>
    public string this[string file] => Path.Combine(Folder, file);

    /// <summary>The fleet file; by default of the first two data planes.</summary>
    public string Write(
        string? planes = null,
        string labels = BothLabels,
        string control = "{context: controlplane}",
        string name = "kustomize",
        string more = ""
    )
    {
        var path = Path.Combine(_bed.Folder, $"{name}.yaml");
        File.WriteAllText(
            path,
            $$"""
            flyte:
              install: kustomize
              overlays: {dataPlane: ./overlays/dataplane, controlPlane: ./overlays/controlplane}
              endpoint: dns:///flyteadmin.flyte.svc:81
              insecure: true
              catalog: {endpoint: "datacatalog.flyte.svc:89", insecure: true}
            controlPlane: {{control}}
            dataPlanes: [{{planes ?? $"{_bed.Plane(1)}, {_bed.Plane(2)}"}}]
            labels: {{labels}}
            {{more}}
            """
        );
        return path;
    }

    /// <summary>An overlay of the same content under another name.</summary>
    public void CopyOverlay(string from, string to) => Copy(this[from], this[to]);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
