using System.Globalization;
using System.Text;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>Loads text files without trusting them: bounded, UTF-8, no tabs where YAML has none.</summary>
internal static class FleetFile
{
    /// <summary>The largest fleet file.</summary>
    public const int MaximumFleet = 1024 * 1024;

    /// <summary>The largest values file: a release larger than a Secret cannot be stored, but the same text compresses.</summary>
    public const int MaximumValues = 5 * 1024 * 1024;

    private const string Start = "Name yours with --fleet=PATH, or start with a copy: cp values/fleet.example.yaml values/fleet.yaml";

    /// <summary>Loads the fleet file.</summary>
    /// <returns>Its text, or what stands in the way.</returns>
    public static (string Text, Problem? Problem) LoadFleet(string path)
    {
        var (text, what) = Load(path, MaximumFleet);
        if (what is null)
        {
            return (text, null);
        }

        var remedy = File.Exists(path) ? "Write a UTF-8 text file like values/fleet.example.yaml." : Start;
        return ("", new Problem(path, $"The fleet file {what}.", remedy));
    }

    /// <summary>Loads a file.</summary>
    /// <returns>Its text; or what is wrong, as the predicate of a sentence.</returns>
    public static (string Text, string? Wrong) Load(string path, int limit)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return ("", "is a directory");
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[(int)Math.Min(limit + 1L, Math.Max(stream.CanSeek ? stream.Length + 1 : limit + 1L, 4096))];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > limit ? ("", string.Create(CultureInfo.InvariantCulture, $"is over {limit / 1024 / 1024} MiB")) : Decode(bytes.AsSpan(0, length));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return ("", "does not exist");
        }
        catch (UnauthorizedAccessException)
        {
            return ("", "cannot be read: permission denied");
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or NotSupportedException)
        {
            return ("", "cannot be read");
        }
    }

    private static (string Text, string? Wrong) Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith<byte>([0xff, 0xfe]) || bytes.StartsWith<byte>([0xfe, 0xff]))
        {
            return ("", "is UTF-16");
        }

        if (bytes.Contains((byte)0))
        {
            return ("", "is binary");
        }

        try
        {
            return (new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes), null);
        }
        catch (DecoderFallbackException)
        {
            return ("", "is binary or not UTF-8");
        }
    }

    /// <summary>Notes every line that a tab indents.</summary>
    /// <returns>Whether there is none.</returns>
    public static bool CheckTabs(string text, FleetProblems problems)
    {
        var line = 0;
        var clean = true;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            line++;
            var indent = content[..(content.Length - content.TrimStart(" \t").Length)];
            var isBlank = indent.Length == content.Length || content[indent.Length] == '#';
            var tab = indent.IndexOf('\t');
            if (tab >= 0 && !isBlank)
            {
                problems.Add(line, tab + 1, "A tab indents this line; YAML does not allow tabs for indentation.", "Indent with spaces.");
                clean = false;
            }
        }

        return clean;
    }
}
