using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cake.Core.IO;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Stubs;

/// <summary>gcloud's stub as one process that answers all calls: a process for each takes far longer than what it does.</summary>
/// <param name="state">The file that is Google Cloud.</param>
internal sealed class GcloudServer(string state) : IProcessRunner
{
    private static readonly Lock Gate = new();
    private static readonly Lazy<Process> Server = new(Start);

    public IProcess Start(FilePath filePath, ProcessSettings settings)
    {
        var request = new JsonObject
        {
            ["state"] = state,
            ["args"] = new JsonArray([.. Split(settings.Arguments.Render()).Select(argument => (JsonNode)argument)]),
        };
        lock (Gate)
        {
            Server.Value.StandardInput.WriteLine(request.ToJsonString());
            var answer = JsonSerializer.Deserialize<Answer>(
                Server.Value.StandardOutput.ReadLine() ?? throw new InvalidOperationException("gcloud's stub is gone."),
                JsonSerializerOptions.Web
            )!;
            return new Ended(answer);
        }
    }

    // Its standard input ends with this process, and it with that.
    private static Process Start()
    {
        var start = new ProcessStartInfo(Path.Combine(StubTools.Folder, "gcloud"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["GCLOUD_SERVE"] = "1";
        return Process.Start(start)!;
    }

    // The arguments of these calls hold blanks and quotes only as EscapedArguments writes them.
    private static List<string> Split(string rendered)
    {
        var arguments = new List<string>();
        var current = new StringBuilder();
        var quoted = false;
        foreach (var letter in rendered + ' ')
        {
            if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (letter != ' ' || quoted)
            {
                current.Append(letter);
            }
            else if (current.Length > 0)
            {
                arguments.Add(current.ToString());
                current.Clear();
            }
        }

        return arguments;
    }

    private sealed record Answer(int Code, string[] Output, string[] Errors);

    private sealed class Ended(Answer answer) : IProcess
    {
        public void WaitForExit() { }

        public bool WaitForExit(int milliseconds) => true;

        public int GetExitCode() => answer.Code;

        public IEnumerable<string> GetStandardError() => answer.Errors;

        public IEnumerable<string> GetStandardOutput() => answer.Output;

        public void Kill() { }

        public void Dispose() { }
    }
}
