using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.FleetTopology;

/// <summary>A page in headless Chromium, driven by its DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _end = new(TimeSpan.FromMinutes(3));
    private readonly List<JsonObject> _events = [];
    private int _calls;

    private Browser(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>What the console and uncaught exceptions said, and what the page asked the network for.</summary>
    public IReadOnlyList<string> Complaints =>
        [
            .. _events
                .Where(e => (string?)e["method"] is "Runtime.exceptionThrown" or "Log.entryAdded" or "Runtime.consoleAPICalled")
                .Select(e => e["params"]!.ToJsonString()),
        ];

    /// <summary>The addresses that the page asked for.</summary>
    public IReadOnlyList<string> Requests =>
        [.. _events.Where(e => (string?)e["method"] == "Network.requestWillBeSent").Select(e => (string?)e["params"]!["request"]!["url"] ?? string.Empty)];

    /// <summary>Opens a file; the test is not run where there is no Chromium.</summary>
    /// <param name="file">The file.</param>
    /// <param name="width">The window's width.</param>
    /// <param name="isDark">Whether the reader prefers dark.</param>
    public static async Task<Browser> OpenAsync(string file, int width = 1400, bool isDark = false)
    {
        var profile = Directory.CreateTempSubdirectory("browser-").FullName;
        var start = new ProcessStartInfo(Executable())
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        string[] arguments =
        [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--remote-debugging-port=0",
            $"--user-data-dir={profile}",
            "about:blank",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var browser = new Browser(Process.Start(start)!, profile);
        try
        {
            await browser.ConnectAsync();
            await browser.LoadAsync(file, width, isDark);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Evaluates an expression of JavaScript in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true });
        return answer["exceptionDetails"] is { } thrown ? throw new InvalidOperationException(thrown.ToJsonString()) : answer["result"]?["value"]?.DeepClone();
    }

    /// <summary>Presses a key as a person would.</summary>
    /// <param name="key">Its name, <c>Escape</c>; a character is typed.</param>
    public async Task PressAsync(string key)
    {
        var down = new JsonObject { ["type"] = "keyDown", ["key"] = key };
        if (key.Length == 1)
            down["text"] = key;
        await CallAsync("Input.dispatchKeyEvent", down);
        await CallAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = "keyUp", ["key"] = key });
    }

    /// <summary>Types a text, key by key.</summary>
    public async Task TypeAsync(string text)
    {
        foreach (var character in text)
            await PressAsync(character.ToString());
    }

    /// <summary>Moves the mouse to the middle of the first element that a selector finds.</summary>
    public async Task PointAtAsync(string selector)
    {
        var box = await EvaluateAsync($"(b => [b.left + b.width / 2, b.top + b.height / 2])(document.querySelector('{selector}').getBoundingClientRect())");
        var move = new JsonObject
        {
            ["type"] = "mouseMoved",
            ["x"] = (double)box![0]!,
            ["y"] = (double)box[1]!,
        };
        await CallAsync("Input.dispatchMouseEvent", move);
    }

    /// <summary>Takes a picture of the whole page.</summary>
    public async Task ScreenshotAsync(string file, bool isWhole = true)
    {
        var picture = await CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png", ["captureBeyondViewport"] = isWhole });
        await File.WriteAllBytesAsync(file, Convert.FromBase64String((string)picture["data"]!));
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _end.Dispose();
        Directory.Delete(_profile, recursive: true);
    }

    private static string Executable()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        var found = folders.SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)));
        if (found.FirstOrDefault(File.Exists) is { } path)
            return path;
        Assert.Ignore("Not run, as there is no Chromium on PATH. Provide it: apt-get install chromium.");
        return string.Empty;
    }

    private async Task ConnectAsync()
    {
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var file = Path.Combine(_profile, "DevToolsActivePort");
        var clock = Stopwatch.StartNew();
        string[] lines;
        while ((lines = File.Exists(file) ? await File.ReadAllLinesAsync(file) : []).Length < 2)
        {
            if (_process.HasExited || clock.Elapsed > Patience)
                throw new InvalidOperationException("Chromium did not start.");
            await Task.Delay(50);
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var targets = JsonNode.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{lines[0]}/json/list")))!.AsArray();
        var page = targets.First(target => (string?)target!["type"] == "page")!;
        _socket.Options.Proxy = null;
        await _socket.ConnectAsync(new Uri((string)page["webSocketDebuggerUrl"]!), _end.Token);
    }

    private async Task LoadAsync(string file, int width, bool isDark)
    {
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
            await CallAsync($"{domain}.enable", []);
        await CallAsync(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject
            {
                ["width"] = width,
                ["height"] = 900,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = false,
            }
        );
        var theme = new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" };
        await CallAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(theme) });
        await CallAsync("Page.navigate", new JsonObject { ["url"] = new Uri(file).AbsoluteUri });
        var clock = Stopwatch.StartNew();
        while ((string?)await EvaluateAsync("location.href === 'about:blank' ? '' : document.readyState") != "complete")
        {
            if (clock.Elapsed > Patience)
                throw new InvalidOperationException("The page did not load.");
            await Task.Delay(20);
        }
    }

    // Events come between answers; they are kept in their order.
    private async Task<JsonObject> CallAsync(string method, JsonObject parameters)
    {
        var id = ++_calls;
        var call = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters,
        };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, _end.Token);
        while (true)
        {
            var message = await ReceiveAsync();
            if ((int?)message["id"] == id)
                return message["result"] as JsonObject ?? throw new InvalidOperationException($"{method}: {message.ToJsonString()}");
            _events.Add(message);
        }
    }

    private async Task<JsonObject> ReceiveAsync()
    {
        using var whole = new MemoryStream();
        var buffer = new byte[65536];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), _end.Token);
            whole.Write(buffer, 0, part.Count);
        } while (!part.EndOfMessage);
        return (JsonObject)JsonNode.Parse(whole.ToArray())!;
    }
}
