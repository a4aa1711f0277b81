namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>A cluster with nothing in it.</summary>
internal sealed class EmptyBackend : IClusterBackend
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task HandleAsync(HttpContext context) => context.Response.WriteAsync("nothing\n");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
