using System.Text;

namespace Flyte.MultiCluster.Build;

/// <summary>Keeps what is written to the two streams until it is known whether anybody is to read it.</summary>
internal sealed class HeldOutput
{
    private readonly Lock _gate = new();
    private readonly List<(TextWriter To, string Text)> _written = [];

    /// <summary>Makes it.</summary>
    /// <param name="output">Where standard output goes in the end.</param>
    /// <param name="error">Where standard error goes in the end.</param>
    public HeldOutput(TextWriter output, TextWriter error) => (Output, Error) = (new Writer(this, output), new Writer(this, error));

    /// <summary>Standard output.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Writes all of it, in its order.</summary>
    public void Release()
    {
        lock (_gate)
        {
            foreach (var (to, text) in _written)
                to.Write(text);
            _written.Clear();
        }
    }

    private void Add(TextWriter to, string text)
    {
        lock (_gate)
            _written.Add((to, text));
    }

    private sealed class Writer(HeldOutput held, TextWriter to) : TextWriter
    {
        public override Encoding Encoding => to.Encoding;

        public override void Write(char value) => held.Add(to, value.ToString());

        public override void Write(string? value) => held.Add(to, value ?? string.Empty);

        public override void Write(char[] buffer, int index, int count) => held.Add(to, new string(buffer, index, count));

        public override void WriteLine(string? value) => held.Add(to, value + "\n");
    }
}
