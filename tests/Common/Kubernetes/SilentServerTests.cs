using System.Net.Sockets;
using Flyte.MultiCluster.Common.Kubernetes;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.Kubernetes.FakeApiServer;

namespace Flyte.MultiCluster.Tests.Common.Kubernetes;

/// <summary>How long an API server is tried that does not answer at all.</summary>
internal sealed class SilentServerTests
{
    private const string Path = "/api/v1/namespaces/flyte/secrets/s";

    private static readonly Func<ApiCall, HttpResponseMessage>[] Silent =
    [
        Status(502),
        Status(504),
        Throw(new HttpRequestException("refused", new SocketException((int)SocketError.ConnectionRefused))),
        Throw(new IOException("cut")),
    ];

    private FakeApiServer _server = null!;
    private ClusterApi _api = null!;

    [SetUp]
    public void Open() => _api = (_server = new FakeApiServer()).Api();

    [TearDown]
    public void Close()
    {
        _api.Dispose();
        _server.Dispose();
    }

    [TestCaseSource(nameof(Silent))]
    public async Task A_server_that_was_never_heard_of_is_given_up_after_four_requests_in_a_second(Func<ApiCall, HttpResponseMessage> silence)
    {
        _server.On(Path, silence);

        await Assert.ThrowsAsync<KubernetesApiException>(() => _api.GetAsync(Path, CancellationToken.None));

        Assert.That(_server.Calls, Has.Count.EqualTo(4));
        Assert.That(_server.Time.Pauses.Sum(pause => pause.TotalSeconds), Is.EqualTo(0.7).Within(0.2));
    }

    [TestCaseSource(nameof(Silent))]
    public async Task A_server_that_has_answered_before_is_asked_six_times(Func<ApiCall, HttpResponseMessage> silence)
    {
        await _api.GetAsync("/version", CancellationToken.None);
        _server.On(Path, silence);

        await Assert.ThrowsAsync<KubernetesApiException>(() => _api.GetAsync(Path, CancellationToken.None));

        Assert.That(_server.Calls, Has.Count.EqualTo(1 + 6));
    }

    [Test]
    public async Task A_server_that_begins_to_answer_while_it_is_tried_has_answered()
    {
        _server.On(Path, Status(502), Status(502), Status(503), Status(502), Status(502), Ok("{}"));

        await _api.GetAsync(Path, CancellationToken.None);

        Assert.That(_server.Calls, Has.Count.EqualTo(6));
    }
}
