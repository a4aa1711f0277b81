namespace Flyte.MultiCluster.Sandbox.Faults;

/// <summary>A response body that is cut in the middle: half of the whole, or half of the first event of a watch.</summary>
internal sealed class HalfAnswer : Stream
{
    private readonly MemoryStream _whole = new();
    private readonly Stream _client;
    private readonly bool _isWatch;
    private readonly Action _cut;

    public HalfAnswer(Stream client, bool isWatch, Action cut) => (_client, _isWatch, _cut) = (client, isWatch, cut);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _whole.Length;

    public override long Position
    {
        get => _whole.Position;
        set => throw new NotSupportedException();
    }

    public async Task SendHalfAsync(CancellationToken cancellationToken)
    {
        await _client.WriteAsync(_whole.GetBuffer().AsMemory(0, (int)(_whole.Length / 2)), cancellationToken);
        await _client.FlushAsync(cancellationToken);
        // What was flushed is sent by another task; cutting at once would overtake it.
        await Task.Delay(50, cancellationToken);
        _cut();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _whole.WriteAsync(buffer, cancellationToken);
        if (_isWatch)
        {
            await SendHalfAsync(cancellationToken);
            throw new IOException("The answer was cut.");
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => _whole.Write(buffer, offset, count);

    public override Task FlushAsync(CancellationToken cancellationToken) => _isWatch ? _client.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _whole.Dispose();
        }

        base.Dispose(disposing);
    }
}
