using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Flyte.MultiCluster.Common.Http;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>The API server of a cluster that may have no kubeconfig context yet: its address and CA are what EKS says, the login is aws's.</summary>
internal static class NewClusterApi
{
    private static readonly Dictionary<string, string> Objects = new(StringComparer.Ordinal)
    {
        ["vpc-cni"] = "daemonsets/aws-node",
        ["kube-proxy"] = "daemonsets/kube-proxy",
        ["coredns"] = "deployments/coredns",
    };

    /// <summary>Asks the API server without a login, whether it answers from here at all.</summary>
    /// <returns>Why it does not answer; null where it does, whatever it answers, and where EKS names no API server.</returns>
    public static async Task<string?> FailureAsync(NewClusterState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (Open(state, null) is not { } api)
            return null;
        using (api)
        {
            try
            {
                await api.GetAsync("/version", cancellationToken);
                return null;
            }
            catch (KubernetesApiException exception)
            {
                return exception.IsUnreachable ? exception.ServerMessage.TrimEnd('.') : null;
            }
        }
    }

    /// <summary>Which of the add-ons run in the cluster without being EKS add-ons: somebody manages them.</summary>
    /// <param name="aws">Gives the login.</param>
    /// <param name="state">The cluster.</param>
    /// <param name="addons">The EKS add-ons' names.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>Their names; null where this login cannot see it.</returns>
    public static async Task<IReadOnlyList<string>?> SelfManagedAsync(
        AwsTools aws,
        NewClusterState state,
        IReadOnlyList<string> addons,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(aws);
        ArgumentNullException.ThrowIfNull(state);
        try
        {
            if (Open(state, await aws.Eks.TokenAsync(state.Region, state.Name, cancellationToken)) is not { } api)
                return null;
            using (api)
            {
                var paths = addons.Select(addon => $"/apis/apps/v1/namespaces/kube-system/{Objects[addon]}");
                var found = await Task.WhenAll(paths.Select(path => api.GetAsync(path, cancellationToken)));
                return [.. addons.Zip(found).Where(one => one.Second is not null).Select(one => one.First)];
            }
        }
        catch (Exception exception) when (exception is AwsException or KubernetesApiException)
        {
            return null;
        }
    }

    private static ClusterApi? Open(NewClusterState state, string? token)
    {
        if (state.Cluster is not { Endpoint: { Length: > 0 } endpoint, Authority: { Length: > 0 } authority })
            return null;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(authority)));
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return null;
        }

        var handler = HttpConnections.OverNetwork();
        handler.SslOptions = ServerCertificate.Checked(ClusterTrust.In(authorities));
        var http = new HttpClient(handler) { BaseAddress = address };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new ClusterApi(state.Plane, http) { RequestTimeout = TimeSpan.FromSeconds(10) };
    }
}
