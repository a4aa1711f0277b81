using System.Globalization;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>The command line of the sandbox's process.</summary>
public sealed record SandboxOptions
{
    /// <summary>The largest number of data planes.</summary>
    public const int MostDataPlanes = 64;

    /// <summary>How it is called.</summary>
    public const string Usage = "usage: flyte-multicluster-sandbox --state=DIR [--dataplanes=2] [--latency=MS] [--idle=SECONDS] [--detach]";

    /// <summary><c>--state</c>: the state folder, an absolute path.</summary>
    public required string State { get; init; }

    /// <summary><c>--dataplanes</c>: how many data planes, from 0 to <see cref="MostDataPlanes"/>.</summary>
    public int DataPlanes { get; init; } = 2;

    /// <summary><c>--latency</c>: the pretended round trip, in milliseconds.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary><c>--idle</c>: after how long without a request the process ends, in seconds.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>--detach</c>: leaves the caller's session, so that Ctrl+C there does not end it.</summary>
    public bool Detach { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FormatException">It is wrong; the message says how.</exception>
    public static SandboxOptions Parse(IEnumerable<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var options = new SandboxOptions { State = "" };
        foreach (var arg in args)
        {
            var (name, value) = arg.Split('=', 2) is [var left, var right] ? (left, right) : (arg, "");
            options = name switch
            {
                "--state" when value.Length > 0 => options with { State = Path.GetFullPath(value) },
                "--dataplanes" => options with { DataPlanes = Number(name, value, MostDataPlanes) },
                "--latency" => options with { Latency = TimeSpan.FromMilliseconds(Number(name, value, 60_000)) },
                "--idle" => options with { Idle = TimeSpan.FromSeconds(Math.Max(1, Number(name, value, 1_000_000))) },
                "--detach" when value.Length == 0 => options with { Detach = true },
                _ => throw new FormatException($"{arg}: no such option\n{Usage}"),
            };
        }

        return options.State.Length > 0 ? options : throw new FormatException($"--state is missing\n{Usage}");
    }

    private static int Number(string name, string value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw new FormatException($"{name}={value}: must be a whole number from 0 to {most}\n{Usage}");
}
