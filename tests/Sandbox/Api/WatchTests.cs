using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Api;

/// <summary>Watches over HTTP.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class WatchTests : ApiFixture
{
    [Test]
    public async Task A_watch_goes_on_after_the_resource_version_it_names()
    {
        JsonObject first = await Made(ConfigMaps, ConfigMap("resumed"));
        await Send("DELETE", ConfigMaps + "/resumed");

        List<JsonObject> events = await Watched(
            $"{ConfigMaps}?watch=true&fieldSelector=metadata.name=resumed&resourceVersion={first["metadata"]!["resourceVersion"]}"
        );

        Assert.That(events.Select(e => e["type"]!.GetValue<string>()), Is.EqualTo(new[] { "DELETED" }));
    }

    [Test]
    public async Task An_object_that_loses_its_label_leaves_the_watch()
    {
        JsonObject made = await Made(ConfigMaps, ConfigMap("labelled", """{"watch":"me"}"""));
        await Send("PATCH", ConfigMaps + "/labelled", """{"metadata":{"labels":{"watch":null}}}""", "application/merge-patch+json");
        await Send("PATCH", ConfigMaps + "/labelled", """{"metadata":{"labels":{"watch":"me"}}}""", "application/merge-patch+json");

        List<JsonObject> events = await Watched($"{ConfigMaps}?watch=true&labelSelector=watch%3Dme&resourceVersion={made["metadata"]!["resourceVersion"]}");

        Assert.That(events.Select(e => e["type"]!.GetValue<string>()), Is.EqualTo(new[] { "DELETED", "ADDED" }));
    }

    [Test]
    public async Task Initial_events_end_with_a_bookmark_that_says_so()
    {
        await Made(ConfigMaps, ConfigMap("initial"));

        List<JsonObject> events = await Watched(
            $"{ConfigMaps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dinitial"
        );

        Assert.That(events.Select(e => e["type"]!.GetValue<string>()), Is.EqualTo(new[] { "ADDED", "BOOKMARK" }));
        Assert.That(events[1]["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>(), Is.EqualTo("true"));
    }

    [Test]
    public async Task A_watch_in_tables_sends_the_columns_once()
    {
        await Made(ConfigMaps, ConfigMap("tabled-1", """{"in":"tables"}"""));
        await Made(ConfigMaps, ConfigMap("tabled-2", """{"in":"tables"}"""));

        List<JsonObject> events = await Watched(ConfigMaps + "?watch=true&labelSelector=in%3Dtables", "application/json;as=Table;v=v1;g=meta.k8s.io");

        Assert.That(events.Select(e => e["object"]!["columnDefinitions"]!.AsArray().Count), Is.EqualTo(new[] { 3, 0 }));
        Assert.That(events.Select(e => e["object"]!["rows"]![0]!["cells"]![0]!.GetValue<string>()), Is.EqualTo(new[] { "tabled-1", "tabled-2" }));
    }

    [Test]
    public async Task A_watch_sees_what_happens_while_it_runs()
    {
        await Made(ConfigMaps, ConfigMap("live-1", """{"is":"live"}"""));
        List<string> seen = [];
        await foreach (JsonObject happened in Watch(ConfigMaps + "?watch=true&labelSelector=is%3Dlive"))
        {
            seen.Add($"{happened["type"]} {happened["object"]!["metadata"]!["name"]}");
            if (seen.Count == 1)
                await Made(ConfigMaps, ConfigMap("live-2", """{"is":"live"}"""));
            else
                break;
        }

        Assert.That(seen, Is.EqualTo(new[] { "ADDED live-1", "ADDED live-2" }));
    }

    [Test]
    public async Task A_resource_version_that_is_no_number_is_refused() =>
        Assert.That((await Send("GET", ConfigMaps + "?watch=true&resourceVersion=abc")).Status, Is.EqualTo(400));

    [Test]
    public async Task A_watch_from_too_long_ago_is_asked_to_start_over()
    {
        await using ServedCluster busy = await ServedCluster.StartAsync();
        for (int i = 0; i <= ChangeHistory.Capacity; i++)
            busy.Store.Delete(
                "",
                "configmaps",
                "default",
                busy.Store.Create("", "configmaps", "default", ConfigMap("x"), "test")["metadata"]!["name"]!.GetValue<string>()
            );

        string said = await busy.Http.GetStringAsync(new Uri(ConfigMaps + "?watch=true&resourceVersion=3&timeoutSeconds=1", UriKind.Relative));

        JsonNode error = JsonNode.Parse(said)!;
        Assert.That(
            (error["type"]!.GetValue<string>(), error["object"]!["code"]!.GetValue<int>(), error["object"]!["reason"]!.GetValue<string>()),
            Is.EqualTo(("ERROR", 410, "Expired"))
        );
    }
}
