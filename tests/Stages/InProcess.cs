using System.Text;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>
/// The program in the tests' own process, with an environment of its own: nothing but signals and the start of the process differs from a child,
/// and the runtime compiles it once for all tests.
/// </summary>
internal static class InProcess
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="variables">All its variables.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="report">The file in which it may leave a report.</param>
    public static async Task<Finished> RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, string folder, string report)
    {
        var environment = new GivenEnvironment(arguments, variables, folder);
        var exitCode = await Task.Factory.StartNew(
            () =>
            {
                ProcessEnvironment.Current = environment;
                return FlyteProgram.Run();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        return Finished.Of(exitCode, environment.All, environment.Printed, report);
    }

    private sealed class GivenEnvironment : ProcessEnvironment
    {
        private readonly Lock _lock = new();
        private readonly StringBuilder _all = new();
        private readonly StringBuilder _printed = new();

        public GivenEnvironment(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, string folder)
        {
            (Arguments, Variables, WorkingDirectory) = (arguments, variables, folder);
            Output = new Recorder(text => Record(text, _printed));
            Error = new Recorder(text => Record(text, null));
        }

        public string All => Recorded(_all);

        public string Printed => Recorded(_printed);

        public override IReadOnlyList<string> Arguments { get; }

        public override IReadOnlyDictionary<string, string> Variables { get; }

        public override string WorkingDirectory { get; set; }

        public override string TemporaryFolder => Variables["TMPDIR"];

        public override string Home => Variables["HOME"];

        public override TextReader Input { get; } = TextReader.Null;

        public override TextWriter Output { get; }

        public override TextWriter Error { get; }

        public override bool IsInputRedirected => true;

        public override bool IsOutputRedirected => true;

        public override bool IsErrorRedirected => true;

        public override string? Variable(string name) => Variables.GetValueOrDefault(name);

        public override string CreateTemporaryFolder(string prefix) =>
            Directory.CreateDirectory(Path.Combine(TemporaryFolder, $"{prefix}{Guid.NewGuid().ToString("N")[..6]}")).FullName;

        private void Record(string text, StringBuilder? also)
        {
            lock (_lock)
            {
                _all.Append(text);
                also?.Append(text);
            }
        }

        private string Recorded(StringBuilder from)
        {
            lock (_lock)
                return from.ToString();
        }
    }

    private sealed class Recorder(Action<string> record) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => record(value.ToString());

        public override void Write(string? value) => record(value ?? string.Empty);

        public override void Write(char[] buffer, int index, int count) => record(new string(buffer, index, count));

        public override void WriteLine(string? value) => record(value + "\n");
    }
}
