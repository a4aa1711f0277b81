using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Api;

/// <summary>Reading over HTTP: pages, shapes, discovery.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class ReadTests : ApiFixture
{
    [Test]
    public async Task Pages_hold_every_object_once()
    {
        foreach (string name in (string[])["p1", "p2", "p3"])
            await Made(ConfigMaps, ConfigMap(name, """{"in":"pages"}"""));

        var (_, first, _) = await Send("GET", ConfigMaps + "?labelSelector=in%3Dpages&limit=2");
        var (_, second, _) = await Send(
            "GET",
            $"{ConfigMaps}?labelSelector=in%3Dpages&limit=2&continue={Uri.EscapeDataString(first["metadata"]!["continue"]!.GetValue<string>())}"
        );

        Assert.That(Names(first).Concat(Names(second)), Is.EqualTo(new[] { "p1", "p2", "p3" }));
        Assert.That((first["metadata"]!["remainingItemCount"]!.GetValue<int>(), second["metadata"]!["continue"]), Is.EqualTo((1, (JsonNode?)null)));
    }

    [Test]
    public async Task Metadata_alone_is_answered_when_asked_for()
    {
        await Made(ConfigMaps, ConfigMap("slim"));
        var (_, json, _) = await Send("GET", ConfigMaps + "/slim", accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");

        Assert.That((json["kind"]!.GetValue<string>(), json["data"]), Is.EqualTo(("PartialObjectMetadata", (JsonNode?)null)));
    }

    [Test]
    public async Task A_list_of_metadata_is_answered_when_asked_for()
    {
        await Made(ConfigMaps, ConfigMap("slim-listed"));
        var (_, json, _) = await Send("GET", ConfigMaps, accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");

        Assert.That((json["kind"]!.GetValue<string>(), json["items"]!.AsArray().All(i => i!["data"] is null)), Is.EqualTo(("PartialObjectMetadataList", true)));
    }

    [Test]
    public async Task A_table_row_holds_the_whole_object_when_asked_for()
    {
        await Made(ConfigMaps, ConfigMap("whole"));
        var (_, json, _) = await Send("GET", ConfigMaps + "/whole?includeObject=Object", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");

        Assert.That(json["rows"]![0]!["object"]!["data"]!["a"]!.GetValue<string>(), Is.EqualTo("1"));
    }

    [Test]
    public async Task An_encoding_that_is_not_served_is_refused() =>
        Assert.That((await Send("GET", ConfigMaps, accept: "application/cbor")).Status, Is.EqualTo(406));

    [Test]
    public async Task Protobuf_first_and_json_second_gets_json() =>
        Assert.That(
            (await Send("GET", ConfigMaps, accept: "application/vnd.kubernetes.protobuf,application/json")).Response.Content.Headers.ContentType!.MediaType,
            Is.EqualTo("application/json")
        );

    [Test]
    public async Task A_known_openapi_document_is_not_sent_again()
    {
        var (_, index, _) = await Send("GET", "/openapi/v3");
        string path = index["paths"]!["apis/apps/v1"]!["serverRelativeURL"]!.GetValue<string>();
        using HttpResponseMessage first = await Cluster.Http.GetAsync(new Uri(path, UriKind.Relative));
        using HttpRequestMessage again = new(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        Assert.That((int)(await Cluster.Http.SendAsync(again)).StatusCode, Is.EqualTo(304));
    }

    [Test]
    public async Task Openapi_says_that_patches_take_field_validation()
    {
        var (_, document, _) = await Send("GET", "/openapi/v3/apis/apps/v1");
        JsonNode patch = document["paths"]!["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]!["patch"]!;

        Assert.That(patch["parameters"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()), Does.Contain("fieldValidation"));
        Assert.That(patch["x-kubernetes-group-version-kind"]!["kind"]!.GetValue<string>(), Is.EqualTo("Deployment"));
    }

    [TestCase("v2")]
    [TestCase("v2beta1")]
    public async Task Aggregated_discovery_is_answered_in_the_version_asked_for(string version)
    {
        var (_, json, response) = await Send("GET", "/apis", accept: $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList");

        Assert.That(
            (json["apiVersion"]!.GetValue<string>(), response.Content.Headers.ContentType!.ToString().Contains($"v={version}", StringComparison.Ordinal)),
            Is.EqualTo(("apidiscovery.k8s.io/" + version, true))
        );
    }

    [TestCase("/api", "APIVersions")]
    [TestCase("/apis", "APIGroupList")]
    [TestCase("/apis/apps", "APIGroup")]
    [TestCase("/apis/apps/v1", "APIResourceList")]
    [TestCase("/api/v1", "APIResourceList")]
    public async Task Discovery_without_aggregation_is_answered(string path, string kind) =>
        Assert.That((await Send("GET", path)).Json["kind"]!.GetValue<string>(), Is.EqualTo(kind));

    [TestCase("/apis/nothing.example.com/v1")]
    [TestCase("/apis/apps/v1/namespaces/default/nothings")]
    [TestCase("/api/v1/namespaces/default/configmaps/x/nothing")]
    [TestCase("/nothing")]
    public async Task What_is_not_served_is_not_found(string path) => Assert.That((await Send("GET", path)).Status, Is.EqualTo(404));

    private static IEnumerable<string> Names(JsonObject list) => list["items"]!.AsArray().Select(i => i!["metadata"]!["name"]!.GetValue<string>());
}
