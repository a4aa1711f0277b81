using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Flyte.MultiCluster.Tests.Tasks.NewClusters;

/// <summary>The API server of an EKS cluster, as far as it is asked before there are nodes: its version, and what runs in kube-system.</summary>
internal sealed class EksApi : IDisposable
{
    private const string KubeSystem = "/apis/apps/v1/namespaces/kube-system/";

    private readonly WebApplication _server;
    private readonly X509Certificate2 _certificate;

    public EksApi()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _server = builder.Build();
        _server.Run(AnswerAsync);
        _server.Start();
    }

    /// <summary>What runs in kube-system: <c>daemonsets/aws-node</c>.</summary>
    public HashSet<string> Running { get; } = new(StringComparer.Ordinal);

    /// <summary>The token that it takes.</summary>
    public string Token { get; set; } = "token-of-joe";

    /// <summary>The requests, in order.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Writes address and CA into the files that the beds' aws reads.</summary>
    public void Put(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "endpoint"), _server.Urls.Single());
        File.WriteAllText(Path.Combine(folder, "ca"), Convert.ToBase64String(Encoding.ASCII.GetBytes(_certificate.ExportCertificatePem())));
    }

    public void Dispose()
    {
        ((IDisposable)_server).Dispose();
        _certificate.Dispose();
    }

    private Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        Requests.Enqueue(path);
        if (path.StartsWith(KubeSystem, StringComparison.Ordinal))
            http.Response.StatusCode =
                http.Request.Headers.Authorization != $"Bearer {Token}" ? 401
                : Running.Contains(path[KubeSystem.Length..]) ? 200
                : 404;
        return http.Response.WriteAsync(http.Response.StatusCode == 200 ? """{"kind": "Status"}""" : "{}");
    }
}
