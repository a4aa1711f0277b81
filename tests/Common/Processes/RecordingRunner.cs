using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using NSubstitute;

namespace Flyte.MultiCluster.Tests.Common.Processes;

/// <summary>Cake's services for a tool wrapper, with a process runner that only notes what it was reported.</summary>
internal sealed class RecordingRunner
{
    public RecordingRunner(bool installed = true)
    {
        Environment.WorkingDirectory.Returns(new DirectoryPath("/work dir"));
        Environment.Platform.Family.Returns(PlatformFamily.Linux);
        Tools.Resolve(Arg.Any<IEnumerable<string>>()).Returns(installed ? new FilePath("/tools/bin/tool") : null);
        Tools.Resolve(Arg.Any<string>()).Returns(installed ? new FilePath("/tools/bin/tool") : null);
        var file = Substitute.For<IFile>();
        file.Exists.Returns(true);
        FileSystem.GetFile(Arg.Any<FilePath>()).Returns(file);
        Process.GetStandardOutput().Returns(_ => Output);
        Process.GetStandardError().Returns(_ => Errors);
        Process.GetExitCode().Returns(_ => ExitCode);
        Processes
            .Start(Arg.Any<FilePath>(), Arg.Any<ProcessSettings>())
            .Returns(call =>
            {
                Started = call.ArgAt<FilePath>(0).FullPath;
                Settings = call.ArgAt<ProcessSettings>(1);
                return Starts ? Process : null;
            });
    }

    public IFileSystem FileSystem { get; } = Substitute.For<IFileSystem>();

    public ICakeEnvironment Environment { get; } = Substitute.For<ICakeEnvironment>();

    public IProcessRunner Processes { get; } = Substitute.For<IProcessRunner>();

    public IToolLocator Tools { get; } = Substitute.For<IToolLocator>();

    public IProcess Process { get; } = Substitute.For<IProcess>();

    public bool Starts { get; set; } = true;

    public int ExitCode { get; set; }

    public string[] Output { get; set; } = [];

    public string[] Errors { get; set; } = [];

    public string? Started { get; private set; }

    public ProcessSettings? Settings { get; private set; }

    /// <summary>The rendered command line.</summary>
    public string? Line => Settings?.Arguments.Render();
}
