using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Tests.Common.Values;
using Flyte.MultiCluster.Tests.Sandbox.Access;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Kubectl;

/// <summary>A kubeconfig's token file, which somebody writes anew while a run goes on.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TokenFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    private string File => Path.Combine(_folder.Path, "token");

    public void Dispose() => _folder.Dispose();

    [Test]
    public void A_new_token_is_used_from_the_next_minute_on()
    {
        var tokens = Written("old");
        System.IO.File.WriteAllText(File, "new\n");

        var before = tokens.Token;
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.That((before, tokens.Token), Is.EqualTo(("old", "new")));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void The_former_token_goes_on_where_the_file_holds_none(bool isThere)
    {
        var tokens = Written("old");
        System.IO.File.Delete(File);
        if (isThere)
            System.IO.File.WriteAllText(File, " \n");

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.That(tokens.Token, Is.EqualTo("old"));
    }

    private TokenFile Written(string token)
    {
        System.IO.File.WriteAllText(File, token);
        return new TokenFile(File, token, _clock);
    }
}
