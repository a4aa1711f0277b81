using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flyte.MultiCluster.Tests.Docs;
using Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Wire;

/// <summary>
/// Asks the sandbox's FlyteAdmin what flyteadmin 1.16.8 itself was once asked, in the same order, and holds status and shape against the
/// recording: the properties, their JSON types, and an error's code and text. Content-Type was <c>application/json</c> throughout.
/// </summary>
internal sealed partial class FlyteAdminReplayTests
{
    /// <summary>What differs for good: a part of the step or path of the difference, and why.</summary>
    private static readonly (string Part, string Reason)[] Different =
    [
        ("expected_outputs.variables", "The sandbox's plans have no outputs: nothing asks for them."),
    ];

    private readonly List<string> _differences = [];

    [Test]
    public async Task Each_recorded_request_gets_the_recorded_status_and_shape()
    {
        await using var sandbox = await FlyteSandbox.StartAsync();
        await sandbox.JoinAsync();
        await sandbox.MustAsync("POST", "/api/v1/projects", "{project: {id: flyteexamples, name: flyteexamples, description: flyteexamples description}}");
        await RegisterAsync(sandbox, "smoke.smoke", active: true, "name", "STRING");
        await RegisterAsync(sandbox, "slow.slow", active: false, "seconds", "INTEGER");
        var exchanges = await ExchangesAsync();
        var aborted = exchanges.Single(e => (string?)e["step"] == "aborted")["answer"]!;

        foreach (var exchange in exchanges)
        {
            await UntilReadyForAsync(sandbox, (string)exchange["step"]!);
            await AskAsync(sandbox, exchange, aborted);
        }

        Assert.That(exchanges, Has.Count.EqualTo(60));
        Assert.That(_differences.Where(d => Different.All(known => !d.Contains(known.Part, StringComparison.Ordinal))), Is.Empty);
        Assert.That(
            Different.Where(known => !_differences.Exists(d => d.Contains(known.Part, StringComparison.Ordinal))),
            Is.Empty,
            "A listed difference is none any more."
        );
    }

    // The recorded tasks took seconds. Here a flytepropeller that is away stands for the time before it reports.
    private static async Task UntilReadyForAsync(FlyteSandbox sandbox, string step)
    {
        switch (step)
        {
            case "start an execution with a label":
                await ScaleAsync(sandbox, 0);
                break;
            case "abort":
                await sandbox.UntilPhaseAsync("rec8", "RUNNING");
                await ScaleAsync(sandbox, 0);
                break;
            case "running":
                await ScaleAsync(sandbox, 1);
                await sandbox.UntilPhaseAsync("rec1", "RUNNING");
                break;
            case "ended":
                await ScaleAsync(sandbox, 0);
                await LetSucceedAsync(sandbox);
                await ScaleAsync(sandbox, 1);
                foreach (var name in (string[])["rec1", "rec6", "rec7"])
                    await sandbox.UntilPhaseAsync(name, "SUCCEEDED");
                break;
            case "aborted":
                await ScaleAsync(sandbox, 1);
                await sandbox.UntilPhaseAsync("rec8", "ABORTED");
                break;
        }
    }

    private async Task AskAsync(FlyteSandbox sandbox, JsonObject exchange, JsonNode aborted)
    {
        using var request = new HttpRequestMessage(new HttpMethod((string)exchange["method"]!), (string)exchange["path"]!);
        request.Content = new StringContent(exchange["body"]?.ToJsonString() ?? "", Encoding.UTF8, "application/json");
        sandbox.Admin.DefaultRequestHeaders.Accept.Clear();
        if ((string?)exchange["accept"] is { } accept)
            request.Headers.Accept.ParseAdd(accept);
        using var response = await sandbox.Admin.SendAsync(request);
        sandbox.Admin.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        var text = await response.Content.ReadAsStringAsync();
        var at = $"{exchange["step"]}: ";
        if ((int)response.StatusCode != (int)exchange["status"]!)
            _differences.Add($"{at}status {(int)response.StatusCode}, not {exchange["status"]}: {text}");
        else if (response.Content.Headers.ContentType?.MediaType != (string?)exchange["type"])
            _differences.Add($"{at}type {response.Content.Headers.ContentType}, not {exchange["type"]}");
        else if (exchange["type"] is not null)
            Compare(at, exchange["answer"], JsonNode.Parse(text), aborted);
    }

    private void Compare(string path, JsonNode? recorded, JsonNode? answered, JsonNode aborted)
    {
        if (Kind(recorded) != Kind(answered))
            _differences.Add($"{path} is {answered?.ToJsonString() ?? "null"}, not {recorded?.ToJsonString() ?? "null"}");
        else if (recorded is JsonObject was && answered is JsonObject now)
            CompareObjects(path, was, now, aborted);
        else if (recorded is JsonArray many)
            CompareLists(path, many, answered!.AsArray(), aborted);
        else if (path.EndsWith(".message", StringComparison.Ordinal) && Constant(recorded) != Constant(answered))
            _differences.Add($"{path} is {Constant(answered)}, not {Constant(recorded)}");
        else if (path.EndsWith(".code", StringComparison.Ordinal) && !JsonNode.DeepEquals(recorded, answered))
            _differences.Add($"{path} is {answered}, not {recorded}");
    }

    private void CompareObjects(string path, JsonObject was, JsonObject now, JsonNode aborted)
    {
        // A list has no order of its own: what ended in another way than the recorded one at its place has that one's shape.
        if ((string?)now["closure"]?["phase"] == "ABORTED" && !ReferenceEquals(was, aborted))
            was = aborted.AsObject();
        foreach (var name in was.Select(p => p.Key).Union(now.Select(p => p.Key), StringComparer.Ordinal))
        {
            if (!now.ContainsKey(name))
                _differences.Add($"{path}.{name} is missing");
            else if (!was.ContainsKey(name))
                _differences.Add($"{path}.{name} is too much");
            else
                Compare($"{path}.{name}", was[name], now[name], aborted);
        }
    }

    private void CompareLists(string path, JsonArray was, JsonArray now, JsonNode aborted)
    {
        if (was.Count != now.Count)
            _differences.Add($"{path} has {now.Count} items, not {was.Count}");
        for (var i = 0; i < Math.Min(was.Count, now.Count); i++)
            Compare($"{path}[{i}]", was[i], now[i], aborted);
    }

    private static JsonValueKind Kind(JsonNode? node) =>
        node?.GetValueKind() switch
        {
            JsonValueKind.True => JsonValueKind.False,
            { } kind => kind,
            null => JsonValueKind.Null,
        };

    // protobuf puts a space or two, or a space that does not break, by chance; and where in the line something is depends on who wrote it.
    private static string Constant(JsonNode? message) => Position().Replace(Spaces().Replace((string)message!, " "), "line");

    private static async Task ScaleAsync(FlyteSandbox sandbox, int replicas)
    {
        foreach (var cluster in (string[])["dataplane1", "dataplane2"])
        {
            await sandbox.SendAsync(
                cluster,
                HttpMethod.Patch,
                "/apis/apps/v1/namespaces/flyte/deployments/flytepropeller",
                new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }
            );
            await FlyteSandbox.UntilAsync(
                async () => Ready(await sandbox.GetAsync(cluster, "/api/v1/namespaces/flyte/pods")) == (replicas, replicas),
                $"{cluster} has not {replicas} ready pods"
            );
        }
    }

    private static (int All, int Ready) Ready(JsonObject? pods)
    {
        var items = pods!["items"]!.AsArray();
        return (
            items.Count,
            items.Count(p => (p!["status"]?["conditions"]?.AsArray() ?? []).Any(c => (string?)c!["type"] == "Ready" && (string?)c["status"] == "True"))
        );
    }

    // What a plan's workflow does is written on the object.
    private static async Task LetSucceedAsync(FlyteSandbox sandbox)
    {
        const string path = "/apis/flyte.lyft.com/v1alpha1/namespaces/flytesnacks-development/flyteworkflows";
        foreach (var cluster in (string[])["dataplane1", "dataplane2"])
        {
            foreach (var workflow in (await sandbox.GetAsync(cluster, path))!["items"]!.AsArray())
            {
                var succeeds = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["sandbox/behaviour"] = "succeeds" } } };
                await sandbox.SendAsync(cluster, HttpMethod.Patch, $"{path}/{workflow!["metadata"]!["name"]}", succeeds);
            }
        }
    }

    private static Task<JsonObject> RegisterAsync(FlyteSandbox sandbox, string name, bool active, string input, string type) =>
        sandbox.Control.RegisterLaunchPlanAsync(
            new JsonObject
            {
                ["project"] = "flytesnacks",
                ["domain"] = "development",
                ["name"] = name,
                ["version"] = "v1",
                ["active"] = active,
                ["behaviour"] = "runs",
                ["inputs"] = new JsonObject { [input] = new JsonObject { ["type"] = type } },
            },
            default
        );

    private static async Task<List<JsonObject>> ExchangesAsync() =>
        [
            .. (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "tests", "Sandbox", "Wire", "flyteadmin.jsonl"))).Select(line =>
                JsonNode.Parse(line)!.AsObject()
            ),
        ];

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();

    [GeneratedRegex(@"line \d+:\d+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Position();
}
