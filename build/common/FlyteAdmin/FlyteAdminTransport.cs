using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Flyte.MultiCluster.Common.Http;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>The connections to FlyteAdmin and to the token endpoint.</summary>
internal static class FlyteAdminTransport
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Connections to FlyteAdmin: HTTP/2 where the server has it, else up to 32 at once.</summary>
    /// <param name="caFile">The CA certificates to trust instead of the machine's; null for the machine's.</param>
    public static SocketsHttpHandler ToAdmin(string? caFile) => Handler(caFile, andMachines: false);

    /// <summary>Connections to the token endpoint, which may be FlyteAdmin's own or a public one: both the CA file and the machine's CAs are trusted.</summary>
    /// <param name="caFile">The CA certificates to trust besides the machine's; null for none.</param>
    public static SocketsHttpHandler ToTokenEndpoint(string? caFile) => Handler(caFile, andMachines: true);

    private static SocketsHttpHandler Handler(string? caFile, bool andMachines)
    {
        var handler = HttpConnections.OverNetwork();
        handler.AutomaticDecompression = DecompressionMethods.All;
        handler.EnableMultipleHttp2Connections = true;
        handler.MaxConnectionsPerServer = 32;
        handler.SslOptions = ServerCertificate.Checked(caFile is null ? null : Trust(caFile, andMachines));
        return handler;
    }

    private static X509ChainPolicy Trust(string caFile, bool andMachines)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        if (andMachines)
        {
            using var roots = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
            policy.CustomTrustStore.AddRange(roots.Certificates);
        }

        return policy;
    }
}
