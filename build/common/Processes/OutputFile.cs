namespace Flyte.MultiCluster.Common.Processes;

/// <summary>An empty file of this user alone that a process prints into, and its lines as they come.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Makes the file in the temporary folder, and opens it.</summary>
    /// <exception cref="IOException">The folder takes no file.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder takes no file.</exception>
    public OutputFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _file = new FileStream(Path, options);
    }

    /// <summary>Its path; whoever prints into it may remove the name once the file is open.</summary>
    public string Path { get; } = System.IO.Path.Combine(ProcessEnvironment.Current.TemporaryFolder, $"flyte-multicluster-{Guid.NewGuid():N}");

    /// <summary>Reads it to where it ends once the process has.</summary>
    public StreamReader Follow(Task ended) => new(new Following(_file, ended));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // What a file holds at the process's end is all there is: a grandchild that goes on printing is not waited for.
    private sealed class Following(FileStream file, Task ended) : Stream
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var isAll = ended.IsCompleted;
                var count = await file.ReadAsync(buffer, cancellationToken);
                if (count > 0 || isAll)
                    return count;
                await Task.WhenAny(ended, Task.Delay(Pause, cancellationToken));
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                file.Dispose();
            base.Dispose(disposing);
        }
    }
}
