using System.Runtime.Versioning;
using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Packaging;
using Cake.Core.Tooling;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build.Frosting;

/// <summary>What the host makes of its command line and of its settings.</summary>
internal sealed class ArgumentTests
{
    [Test]
    public void Unknown_options_never_fail()
    {
        var fixture = new HostFixture().With<HostTasks.Default>().With<HostTasks.First>();

        Assert.That(fixture.Run("--targett", "First"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "Default" }));
    }

    [Test]
    public void A_bare_flag_is_there_but_has_no_value() => Assert.That(Read("--flag"), Does.Contain("has flag: True").And.Contain("flag: False"));

    [Test]
    public void The_last_of_a_repeated_option_wins() => Assert.That(Read("--name=first", "--name", "second"), Does.Contain("name: second"));

    [TestCase("--target=First")]
    [TestCase("--Target=First")]
    [TestCase("-t=First")]
    public void A_target_has_several_spellings(string argument)
    {
        var fixture = new HostFixture().With<HostTasks.First>();

        Assert.That(fixture.Run(argument), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "First" }));
    }

    [TestCase("diagnostic", Verbosity.Diagnostic)]
    [TestCase("q", Verbosity.Quiet)]
    public void Verbosity_is_the_log_s(string argument, Verbosity expected)
    {
        var fixture = new HostFixture().With<HostTasks.Default>();

        Assert.That(fixture.Run("--verbosity", argument), Is.Zero);
        Assert.That(fixture.Log.Verbosity, Is.EqualTo(expected));
    }

    [Test]
    public void The_command_line_s_working_directory_goes_over_the_program_s()
    {
        var environment = Environment();
        var fixture = On(environment);
        fixture.Host.UseWorkingDirectory("program");

        Assert.That(fixture.Run("--working=line", "-v=diagnostic"), Is.Zero, () => fixture.Log.Text);
        Assert.That(environment.WorkingDirectory.FullPath, Is.EqualTo("/base/line"));
    }

    [Test]
    public void The_program_s_working_directory_counts_where_the_command_line_has_none()
    {
        var environment = Environment();
        var fixture = On(environment);
        fixture.Host.UseWorkingDirectory("program");

        Assert.That(fixture.Run(), Is.Zero);
        Assert.That(environment.WorkingDirectory.FullPath, Is.EqualTo("/base/program"));
    }

    [Test]
    public void A_working_directory_that_does_not_exist_is_refused()
    {
        var fixture = new HostFixture().With<HostTasks.Default>();

        Assert.That(fixture.Run("--working=/nowhere/to/be/found"), Is.Not.Zero);
        Assert.That(fixture.Journal, Is.Empty);
    }

    [Test]
    public void A_startup_registers_services_and_settings()
    {
        var fixture = new HostFixture().With<HostTasks.Default>();
        fixture.Host.UseStartup<SettingStartup>().UseCakeSetting("Other", "two").SetToolPath("/tools");
        var settings = new List<string>();
        fixture.Host.ConfigureServices(services =>
            services.AddSingleton<IFrostingSetup>(provider => new ReadSettings(provider.GetRequiredService<ICakeConfiguration>(), settings))
        );

        Assert.That(fixture.Run(), Is.Zero);
        Assert.That(settings, Is.EqualTo(new[] { "one", "two", "/tools" }));
    }

    [Test]
    public void Tools_are_installed_before_the_run()
    {
        var installer = Substitute.For<IToolInstaller>();
        var fixture = new HostFixture().With<HostTasks.Default>();
        fixture.Host.InstallTool(new Uri("dotnet:?package=Some.Tool")).ConfigureServices(services => services.AddSingleton(installer));

        Assert.That(fixture.Run(), Is.Zero);
        installer.Received(1).Install(Arg.Is<PackageReference>(package => package.Package == "Some.Tool"));
    }

    private static Journal Read(params string[] arguments)
    {
        var fixture = new HostFixture().With<HostTasks.ReadingArguments>();
        Assert.That(fixture.Run(["--target=ReadingArguments", .. arguments]), Is.Zero);
        return fixture.Journal;
    }

    private static ICakeEnvironment Environment()
    {
        var environment = Substitute.For<ICakeEnvironment>();
        environment.WorkingDirectory = "/base";
        environment.ApplicationRoot.Returns(DirectoryPath.FromString("/program"));
        environment.Runtime.BuiltFramework.Returns(new FrameworkName(".NETCoreApp,Version=v10.0"));
        environment.GetEnvironmentVariables().Returns(new Dictionary<string, string>(StringComparer.Ordinal));
        return environment;
    }

    private static HostFixture On(ICakeEnvironment environment)
    {
        var fileSystem = Substitute.For<IFileSystem>();
        var folder = Substitute.For<IDirectory>();
        folder.Exists.Returns(true);
        fileSystem.GetDirectory(Arg.Any<DirectoryPath>()).Returns(folder);
        var fixture = new HostFixture().With<HostTasks.Default>();
        fixture.Host.ConfigureServices(services => services.AddSingleton(environment).AddSingleton(fileSystem));
        return fixture;
    }

    private sealed class SettingStartup : IFrostingStartup
    {
        public void Configure(IServiceCollection services) => services.UseCakeSetting("Own", "one");
    }

    private sealed class ReadSettings(ICakeConfiguration configuration, List<string> settings) : IFrostingSetup
    {
        public void Setup(ICakeContext context, ISetupContext info) =>
            settings.AddRange([configuration.GetValue("Own"), configuration.GetValue("Other"), configuration.GetValue("Paths_Tools")]);
    }
}
