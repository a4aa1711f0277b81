using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.FlyteAdmin;

/// <summary>What is wrong with FlyteAdmin's settings on this machine, told before any call.</summary>
internal sealed class LoginCheckTests
{
    private const string Variable = "FLYTE_TEST_SECRET_OF_CHECK_TESTS";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _folder.Dispose();
    }

    [Test]
    public void Settings_without_a_login_have_no_problem() => Assert.That(Check(null), Is.Empty);

    [TestCase(null)]
    [TestCase("")]
    [TestCase(" \n")]
    public void A_variable_that_is_not_set_is_a_problem(string? value)
    {
        Environment.SetEnvironmentVariable(Variable, value);

        Assert.That(
            Check(new FlyteAdminLogin { TokenVariable = Variable })
                .Concat(Check(new FlyteAdminLogin { ClientId = "me", ClientSecretVariable = Variable }))
                .Select(problem => problem.ToString()),
            Is.EqualTo(
                new[]
                {
                    $"flyteAdmin.auth: The environment variable {Variable} is not set; it holds FlyteAdmin's token. Set it in the shell that "
                        + $"runs this program: export {Variable}=…",
                    $"flyteAdmin.auth: The environment variable {Variable} is not set; it holds the OAuth2 client's secret. Set it in the shell "
                        + $"that runs this program: export {Variable}=…",
                }
            )
        );
    }

    [Test]
    public void A_variable_that_is_set_is_none()
    {
        Environment.SetEnvironmentVariable(Variable, "a.token\n");

        Assert.That(Check(new FlyteAdminLogin { TokenVariable = Variable }), Is.Empty);
    }

    [Test]
    public void A_variable_with_more_than_a_token_is_a_problem_that_does_not_show_it()
    {
        Environment.SetEnvironmentVariable(Variable, "hidden one");

        Assert.That(
            Check(new FlyteAdminLogin { TokenVariable = Variable }).Single().ToString(),
            Does.Contain("holds more than FlyteAdmin's token").And.Not.Contain("hidden")
        );
    }

    [TestCase("no-such-command-anywhere")]
    [TestCase("./no-such-command-here")]
    public void A_command_that_is_not_there_is_a_problem(string command) =>
        Assert.That(
            Check(new FlyteAdminLogin { TokenCommand = [command, "print"] }).Single().What,
            Is.EqualTo($"The token command '{command}' does not exist, or cannot be executed.")
        );

    [Test]
    public void A_command_on_PATH_is_none() => Assert.That(Check(new FlyteAdminLogin { TokenCommand = ["sh"] }), Is.Empty);

    [Test]
    public void A_client_secret_may_hold_anything()
    {
        Environment.SetEnvironmentVariable(Variable, "a b");

        Assert.That(Check(new FlyteAdminLogin { ClientId = "me", ClientSecretVariable = Variable }), Is.Empty);
    }

    [TestCase("", "holds no certificate.")]
    [TestCase("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "holds no certificate.")]
    [TestCase("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read: ")]
    public void A_CA_file_without_a_certificate_is_a_problem(string content, string what)
    {
        var problem = FlyteAdminClient
            .Check(new FlyteAdminSettings { Endpoint = new Uri("https://f.example"), CaFile = _folder.Write("ca.pem", content) })
            .Single();

        Assert.That(problem.Place, Is.EqualTo("flyteAdmin.caFile"));
        Assert.That(problem.What, Does.Contain(what));
    }

    [Test]
    public void A_CA_file_that_is_gone_is_a_problem() =>
        Assert.That(
            FlyteAdminClient
                .Check(new FlyteAdminSettings { Endpoint = new Uri("https://f.example"), CaFile = Path.Combine(_folder.Path, "none.pem") })
                .Single()
                .Place,
            Is.EqualTo("flyteAdmin.caFile")
        );

    private static IReadOnlyList<Problem> Check(FlyteAdminLogin? login) =>
        FlyteAdminClient.Check(new FlyteAdminSettings { Endpoint = new Uri("https://f.example"), Login = login });
}
