using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using NSubstitute;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Common.Run;

/// <summary>The tools of a run of the tests: those of one folder, and no others.</summary>
internal static class RunTools
{
    /// <summary>Has a run find its tools in a folder, and work there.</summary>
    /// <returns>The run's services for runners.</returns>
    public static (IFileSystem Files, ICakeEnvironment Environment, IToolLocator Tools) WithTools(this TestRun run, string folder)
    {
        var (files, environment, tools) = (run.Context.FileSystem, run.Context.Environment, run.Context.Tools);
        environment.WorkingDirectory.Returns(new DirectoryPath(folder));
        environment.Platform.Family.Returns(PlatformFamily.Linux);
        var file = Substitute.For<IFile>();
        file.Exists.Returns(true);
        files.GetFile(Arg.Any<FilePath>()).Returns(file);
        tools
            .Resolve(Arg.Any<IEnumerable<string>>())
            .Returns(call => call.Arg<IEnumerable<string>>().Select(tool => Find(folder, tool)).FirstOrDefault(found => found is not null));
        tools.Resolve(Arg.Any<string>()).Returns(call => Find(folder, call.Arg<string>()));
        return (files, environment, tools);
    }

    private static FilePath? Find(string folder, string tool) => Path.Combine(folder, tool) is var path && File.Exists(path) ? new FilePath(path) : null;
}
