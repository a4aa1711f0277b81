using System.Globalization;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Http;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using NSubstitute;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.Kubernetes.FakeApiServer;

namespace Flyte.MultiCluster.Tests.Common.Http;

/// <summary>What <c>--verbosity=diagnostic</c> prints of requests.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RequestLogTests : IDisposable
{
    private readonly FakeApiServer _server = new();
    private readonly List<string> _lines = [];
    private readonly ICakeLog _log = Substitute.For<ICakeLog>();

    public RequestLogTests()
    {
        _log.Verbosity.Returns(Verbosity.Diagnostic);
        _log.When(log => log.Write(Verbosity.Diagnostic, LogLevel.Debug, Arg.Any<string>(), Arg.Any<object[]>()))
            .Do(call => _lines.Add(string.Format(CultureInfo.InvariantCulture, call.ArgAt<string>(2), call.ArgAt<object[]>(3))));
    }

    public void Dispose() => _server.Dispose();

    [Test]
    public async Task A_request_is_named_with_its_status_and_time()
    {
        _server.On("/api/v1/secrets", Status(403, "Forbidden"));
        await AskAsync("/api/v1/secrets?limit=1");

        Assert.That(_lines.Single(), Does.Match(@"^\[dp1\] GET /api/v1/secrets\?limit=1: 403 in \d+ ms$"));
    }

    [Test]
    public void A_request_without_an_answer_is_named_as_well()
    {
        _server.On("/version", Throw(new HttpRequestException("reset")));

        Assert.That(() => AskAsync("/version"), Throws.InstanceOf<HttpRequestException>());
        Assert.That(_lines.Single(), Does.StartWith("[dp1] GET /version: no answer in "));
    }

    [Test]
    public void Below_that_verbosity_nothing_stands_in_between()
    {
        _log.Verbosity.Returns(Verbosity.Verbose);

        Assert.That(RequestLog.Of(_server, "dp1", _log), Is.SameAs(_server));
    }

    private async Task AskAsync(string path)
    {
        using var http = new HttpClient(RequestLog.Of(_server, "dp1", _log), disposeHandler: false) { BaseAddress = new Uri("http://cluster/") };
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
    }
}
