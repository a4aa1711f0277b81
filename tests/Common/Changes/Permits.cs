using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using NSubstitute;

namespace Flyte.MultiCluster.Tests.Common.Changes;

/// <summary>Permits, from the only one who gives them: an open gate.</summary>
internal static class Permits
{
    public static async Task<ChangePermit> GetAsync()
    {
        ChangePermit? got = null;
        await new ChangeGate(Substitute.For<ICakeLog>(), isOpen: true).PassAsync(
            new Change("dp1", "Secret", "flyte", "s", ChangeAction.Create),
            (permit, _) =>
            {
                got = permit;
                return Task.CompletedTask;
            },
            CancellationToken.None
        );
        return got!;
    }
}
