using Flyte.MultiCluster.Tasks.FleetTopology;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.FleetTopology;

/// <summary>The pictures as people see them, in Chromium.</summary>
internal sealed class BrowserTests
{
    private const string Cards = "[...document.querySelectorAll('.node')]";
    private const string Visible = Cards + ".filter(one => one.offsetHeight > 0)";

    private TemporaryFolder _folder = null!;

    // Where it is set, what the tests see is kept for people to look at.
    private static string? Kept => Environment.GetEnvironmentVariable("FLYTE_MULTICLUSTER_SCREENSHOTS");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase(3, false)]
    [TestCase(16, true)]
    [TestCase(100, false)]
    public async Task The_page_shows_every_cluster_without_an_error_and_without_the_network(int planes, bool isDark)
    {
        await using var page = await OpenAsync(SamplePicture.Of(planes), isDark);

        var names = await page.EvaluateAsync("[...document.querySelectorAll('.cluster h3')].map(one => one.textContent)");

        Assert.That(
            names!.AsArray().Select(name => (string?)name),
            Is.EquivalentTo(SamplePicture.Of(planes).Clusters.Select(one => one.Name).Append("controlplane"))
        );
        Assert.That(
            (int?)await page.EvaluateAsync("document.querySelectorAll('#edges path').length"),
            Is.EqualTo(SamplePicture.Of(planes).Labels.Sum(label => label.Members.Count) + planes + 1)
        );
        Assert.That(page.Complaints, Is.Empty);
        Assert.That(page.Requests, Has.Count.EqualTo(1).And.All.StartsWith("file://"));
        await KeepAsync(page, $"html-{planes}-{(isDark ? "dark" : "light")}");
    }

    [TestCase(false, "rgb(255, 255, 255)")]
    [TestCase(true, "rgb(13, 17, 23)")]
    public async Task The_page_is_light_or_dark_as_the_reader_prefers(bool isDark, string colour)
    {
        await using var page = await OpenAsync(SamplePicture.Of(3), isDark);

        Assert.That((string?)await page.EvaluateAsync("getComputedStyle(document.body).backgroundColor"), Is.EqualTo(colour));
    }

    [TestCase(3)]
    [TestCase(100)]
    public async Task No_card_overlaps_another(int planes)
    {
        await using var page = await OpenAsync(SamplePicture.Of(planes));

        var overlaps = await page.EvaluateAsync(
            "(all => all.flatMap((a, i) => all.slice(i + 1).filter(b => a.x < b.right && b.x < a.right && a.y < b.bottom && b.y < a.bottom)"
                + $".map(b => `${{a.y}} ${{b.y}}`)))({Visible}.map(one => one.getBoundingClientRect()))"
        );

        Assert.That(overlaps!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task Slash_begins_a_search_that_leaves_what_matches_and_what_belongs_to_it()
    {
        await using var page = await OpenAsync(SamplePicture.Of(100));

        await page.PressAsync("/");
        await page.TypeAsync("dataplane_77");

        Assert.That(await NamesAsync(page), Is.EquivalentTo(new[] { "team26/staging", "controlplane", "label77", "dataplane_77" }));
        await KeepAsync(page, "html-100-search");
        await page.PressAsync("Escape");
        Assert.That(await NamesAsync(page), Has.Count.GreaterThan(300));
        Assert.That((string?)await page.EvaluateAsync("document.getElementById('search').value"), Is.Empty);
    }

    [Test]
    public async Task A_search_knows_the_states()
    {
        await using var page = await OpenAsync(SamplePicture.Of(16));

        await page.PressAsync("/");
        await page.TypeAsync("drained");

        Assert.That(await NamesAsync(page), Does.Contain("dataplane_3").And.Not.Contain("dataplane_7"));
    }

    [Test]
    public async Task Pointing_at_a_cluster_shows_its_details_and_its_edges()
    {
        await using var page = await OpenAsync(SamplePicture.Of(16));

        await page.PointAtAsync("#c2");

        Assert.That(await DetailsAsync(page), Does.StartWith("dataplane_3").And.Contain("drained").And.Contain("0.75"));
        Assert.That((int?)await page.EvaluateAsync("document.querySelectorAll('#edges path.hot').length"), Is.Positive);
        await KeepAsync(page, "html-16-hover", isWhole: false);
    }

    [Test]
    public async Task Arrow_keys_move_down_and_across_and_enter_keeps_what_belongs_to_a_card()
    {
        await using var page = await OpenAsync(SamplePicture.Of(16));
        await page.EvaluateAsync("document.getElementById('l0').focus()");

        await page.PressAsync("ArrowDown");
        await page.PressAsync("ArrowRight");
        Assert.That(await DetailsAsync(page), Does.StartWith("dataplane_2"));

        await page.PressAsync("Enter");
        Assert.That(await NamesAsync(page), Does.Contain("dataplane_2").And.Contain("label2").And.Not.Contain("dataplane_5"));

        await page.PressAsync("Escape");
        Assert.That(await NamesAsync(page), Does.Contain("dataplane_5"));
    }

    [TestCase("<script>alert(1)</script>")]
    [TestCase("\"><img src=x onerror=alert(1)>")]
    public async Task Names_are_text_whatever_they_are(string name)
    {
        await using var page = await OpenAsync(SamplePicture.Named(name));

        await page.PointAtAsync("#c0");

        Assert.That((string?)await page.EvaluateAsync("document.querySelector('#c0 h3').textContent"), Is.EqualTo(name));
        Assert.That(await DetailsAsync(page), Does.StartWith(name));
        Assert.That((int?)await page.EvaluateAsync("document.querySelectorAll('script:not([id]), img').length"), Is.EqualTo(1));
        Assert.That(page.Complaints, Is.Empty);
        Assert.That(page.Requests, Has.Count.EqualTo(1));
    }

    [TestCase(3, false)]
    [TestCase(16, true)]
    [TestCase(100, false)]
    public async Task The_image_shows_every_cluster_and_its_texts_stay_in_their_cards(int planes, bool isDark)
    {
        var file = Path.Combine(_folder.Path, "fleet.svg");
        await File.WriteAllTextAsync(file, SvgPicture.Of(SamplePicture.Of(planes)));
        await using var page = await Browser.OpenAsync(file, isDark: isDark);

        var texts = await page.EvaluateAsync("[...document.querySelectorAll('g > text.name')].map(one => one.textContent)");
        var wide = await page.EvaluateAsync(
            "[...document.querySelectorAll('g')].flatMap(g => [...g.querySelectorAll('text')]"
                + ".filter(t => t.getBBox().x + t.getBBox().width > g.querySelector('rect').getBBox().x + 262).map(t => t.textContent))"
        );

        Assert.That(texts!.AsArray().Select(text => (string?)text), Is.SupersetOf(SamplePicture.Of(planes).Clusters.Select(one => one.Name)));
        Assert.That(wide!.AsArray(), Is.Empty);
        Assert.That(
            (string?)await page.EvaluateAsync("getComputedStyle(document.querySelector('.back')).fill"),
            Is.EqualTo(isDark ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)")
        );
        Assert.That(page.Complaints, Is.Empty);
        await KeepAsync(page, $"svg-{planes}-{(isDark ? "dark" : "light")}");
    }

    private async Task<Browser> OpenAsync(FleetPicture picture, bool isDark = false)
    {
        var file = Path.Combine(_folder.Path, "fleet.html");
        await File.WriteAllTextAsync(file, HtmlPicture.Of(picture));
        return await Browser.OpenAsync(file, isDark: isDark);
    }

    private static async Task<IReadOnlyList<string?>> NamesAsync(Browser page) =>
        [.. (await page.EvaluateAsync($"{Visible}.map(one => one.querySelector('h3').textContent)"))!.AsArray().Select(name => (string?)name)];

    private static async Task<string?> DetailsAsync(Browser page) => (string?)await page.EvaluateAsync("document.getElementById('shown').textContent");

    private static Task KeepAsync(Browser page, string name, bool isWhole = true) =>
        Kept is { } folder ? page.ScreenshotAsync(Path.Combine(folder, $"{name}.png"), isWhole) : Task.CompletedTask;
}
