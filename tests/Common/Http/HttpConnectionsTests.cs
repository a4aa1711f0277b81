using System.Net;
using System.Net.Sockets;
using System.Text;
using Flyte.MultiCluster.Common.Http;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Http;

/// <summary>Connections through a proxy.</summary>
internal sealed class HttpConnectionsTests
{
    [Test]
    public async Task A_request_beyond_this_machine_goes_through_the_proxy_with_its_login()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var asked = AskedAsync(proxy);
        using var handler = HttpConnections.OverNetwork(Proxies($"http://joe:secret@127.0.0.1:{((IPEndPoint)proxy.LocalEndpoint).Port}"));
        using var http = new HttpClient(handler);

        await http.GetAsync("http://a.example/x").WaitAsync(TimeSpan.FromSeconds(20));

        var requests = await asked;
        Assert.That(requests, Has.Count.EqualTo(2));
        Assert.That(
            requests[1],
            Does.StartWith("GET http://a.example/x HTTP/1.1").And.Contain($"Proxy-Authorization: Basic {Convert.ToBase64String("joe:secret"u8)}")
        );
    }

    [Test]
    public async Task A_request_to_this_machine_goes_past_it()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var asked = AskedAsync(server, times: 1);
        using var handler = HttpConnections.OverNetwork(Proxies("http://127.0.0.1:1"));
        using var http = new HttpClient(handler);

        await http.GetAsync($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/x").WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That((await asked).Single(), Does.StartWith("GET /x HTTP/1.1"));
    }

    private static ProxySettings Proxies(string all) => ProxySettings.Of(name => name == "ALL_PROXY" ? all : null);

    // Asks for a login, then answers.
    private static async Task<IReadOnlyList<string>> AskedAsync(TcpListener listener, int times = 2)
    {
        var requests = new List<string>();
        while (requests.Count < times)
        {
            using var client = await listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            var request = new StringBuilder();
            var buffer = new byte[4096];
            while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                request.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)));
            requests.Add(request.ToString());
            var answer = times == 1 || requests.Count == 2 ? "HTTP/1.1 200 OK" : "HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"p\"";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        }

        return requests;
    }
}
