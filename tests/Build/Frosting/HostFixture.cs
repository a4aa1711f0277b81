using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;

namespace Flyte.MultiCluster.Tests.Build.Frosting;

/// <summary>What happened in a run, in order; tasks and lifetimes write to it.</summary>
public sealed class Journal : List<string>;

/// <summary>A host run in-process, its log, console and report kept in memory.</summary>
internal sealed class HostFixture
{
    public CakeHost Host { get; } = CakeHost.Create();

    public Journal Journal { get; } = [];

    public RecordingLog Log { get; } = new();

    public RecordingPrinter Printer { get; } = new();

    public HostFixture With<TTask>()
        where TTask : class, IFrostingTask
    {
        Host.ConfigureServices(services => services.AddSingleton<IFrostingTask, TTask>());
        return this;
    }

    public int Run(params string[] args)
    {
        Host.ConfigureServices(services => services.AddSingleton(Journal).AddSingleton<ICakeLog>(Log).AddSingleton<ICakeReportPrinter>(Printer));
        return Host.Run(args);
    }

    internal sealed class RecordingLog : ICakeLog
    {
        private readonly List<string> _lines = [];

        public Verbosity Verbosity { get; set; } = Verbosity.Normal;

        public string Text => string.Join('\n', _lines);

        public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args) =>
            _lines.Add($"{level}: {(args.Length > 0 ? string.Format(null, format, args) : format)}");
    }

    internal sealed class RecordingPrinter : ICakeReportPrinter
    {
        public CakeReport? Report { get; private set; }

        public void Write(CakeReport report) => Report = report;

        public void WriteStep(string name, Verbosity verbosity) { }

        public void WriteLifeCycleStep(string name, Verbosity verbosity) { }

        public void WriteSkippedStep(string name, Verbosity verbosity) { }
    }
}
