using Flyte.MultiCluster.Tasks.Prerequisites;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Run;

/// <summary>Endpoints that mean another machine to flyteadmin than to the operator.</summary>
internal sealed class LocalEndpointTests
{
    [TestCase("https://127.0.0.1:6443", true)]
    [TestCase("https://127.8.9.1:6443", true)]
    [TestCase("https://localhost:6443", true)]
    [TestCase("localhost:6443", true)]
    [TestCase("127.0.0.1:6443", true)]
    [TestCase("https://[::1]:6443", true)]
    [TestCase("https://[::]:6443", true)]
    [TestCase("https://0.0.0.0:6443", true)]
    [TestCase("https://kind.localhost:6443", true)]
    [TestCase("https://kubernetes.docker.internal:6443", true)]
    [TestCase("https://10.0.0.1:6443", false)]
    [TestCase("https://localhost.example.com", false)]
    [TestCase("https://A1B2.gr7.eu-central-1.eks.amazonaws.com", false)]
    [TestCase("", false)]
    public void An_address_of_this_machine_is_known(string endpoint, bool expected) => Assert.That(FleetCheck.IsLocal(endpoint), Is.EqualTo(expected));
}
