using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Serves watches: a stream of events, one JSON document a line.</summary>
internal sealed class WatchHandler(ObjectStore store, TableWriter tables, TimeProvider time)
{
    private static readonly TimeSpan BookmarkEvery = TimeSpan.FromSeconds(60);

    /// <summary>Streams until the client leaves, its timeout is over or the store is reset.</summary>
    public async Task Watch(ApiRequest q, ResourceInfo r)
    {
        AnswerShape shape = Negotiation.Shape(q.Http.Request);
        Selection selection = Selection.Of(q, r);
        bool bookmarks = q.QueryFlag("allowWatchBookmarks");
        bool initial = q.QueryFlag("sendInitialEvents");
        string version = q.Query("resourceVersion") ?? "";
        if (!long.TryParse(version.Length == 0 ? "0" : version, out long from))
            throw Errors.BadRequest($"invalid resource version \"{version}\"");
        if (q.Query("sendInitialEvents") is { Length: > 0 } && q.Query("resourceVersionMatch") != "NotOlderThan")
        {
            throw new ApiException(
                422,
                "Invalid",
                "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch "
                    + "to NotOlderThan",
                new() { ["group"] = "meta.k8s.io", ["kind"] = "ListOptions" }
            );
        }
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(q.Aborted);
        TimeSpan timeout = int.TryParse(q.Query("timeoutSeconds"), out int seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(45);
        using ITimer _ = time.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), end, timeout, Timeout.InfiniteTimeSpan);

        Stream stream = new(q, r, shape, tables);
        ChangeHistory.Follower follower;
        if (from == 0 || initial)
        {
            (IReadOnlyList<StoredObject> objects, long revision, follower) = store.SnapshotAndFollow(r, q.Namespace);
            foreach (StoredObject o in objects.Where(selection.Takes))
                await stream.Event("ADDED", o);
            if (initial && bookmarks)
                await stream.Bookmark(revision, initialEventsEnd: true);
        }
        else
        {
            try
            {
                follower = store.FollowAfter(r, from);
            }
            catch (ApiException e) when (e.Code == 410)
            {
                await stream.Error(e);
                return;
            }
        }
        try
        {
            await stream.Flush(end.Token);
            await Follow(follower, stream, selection, bookmarks, end.Token);
        }
        catch (OperationCanceledException) when (!q.Aborted.IsCancellationRequested)
        {
            // The watch's own timeout: the answer just ends.
        }
        finally
        {
            store.Leave(follower);
        }
    }

    private async Task Follow(ChangeHistory.Follower follower, Stream stream, Selection selection, bool bookmarks, CancellationToken end)
    {
        while (true)
        {
            Task<bool> more = follower.Channel.Reader.WaitToReadAsync(end).AsTask();
            if (bookmarks && !more.IsCompleted)
            {
                using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(end);
                while (await Task.WhenAny(more, Task.Delay(BookmarkEvery, time, stop.Token)) != more && !end.IsCancellationRequested)
                {
                    long revision = store.Revision;
                    if (follower.Channel.Reader.TryPeek(out var _))
                        break;
                    await stream.Bookmark(revision, initialEventsEnd: false);
                    await stream.Flush(end);
                }
                await stop.CancelAsync();
            }
            if (!await more)
                return;
            while (follower.Channel.Reader.TryRead(out StoredChange? change))
            {
                bool now = change.Type != "DELETED" && selection.Takes(change.Now);
                bool before = change.Before is not null && selection.Takes(change.Before);
                if (now)
                    await stream.Event(before ? "MODIFIED" : "ADDED", change.Now);
                else if (before)
                    await stream.Event("DELETED", change.Now);
            }
            await stream.Flush(end);
        }
    }

    private sealed class Stream(ApiRequest q, ResourceInfo r, AnswerShape shape, TableWriter tables)
    {
        private readonly HttpResponse _response = q.Http.Response;
        private bool _started;
        private bool _columnsSent;

        public Task Event(string type, StoredObject o)
        {
            ReadOnlyMemory<byte> json = shape switch
            {
                AnswerShape.Table => Bytes(
                    tables.Table(q, r, [o], new JsonObject { ["resourceVersion"] = o.ResourceVersion.ToString() }, columns: !_columnsSent)
                ),
                AnswerShape.Metadata => Bytes(Serving.Metadata(o)),
                _ => Serving.Bytes(r, o),
            };
            _columnsSent = true;
            return Write(type, json);
        }

        public Task Bookmark(long revision, bool initialEventsEnd)
        {
            JsonObject metadata = new() { ["resourceVersion"] = revision.ToString() };
            if (initialEventsEnd)
                metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
            metadata["creationTimestamp"] = null;
            JsonObject bookmark = shape switch
            {
                AnswerShape.Table => new()
                {
                    ["kind"] = "Table",
                    ["apiVersion"] = "meta.k8s.io/v1",
                    ["metadata"] = new JsonObject { ["resourceVersion"] = revision.ToString() },
                    ["columnDefinitions"] = new JsonArray(),
                    ["rows"] = new JsonArray(
                        new JsonObject
                        {
                            ["cells"] = new JsonArray(),
                            ["object"] = new JsonObject
                            {
                                ["kind"] = "PartialObjectMetadata",
                                ["apiVersion"] = "meta.k8s.io/v1",
                                ["metadata"] = metadata,
                            },
                        }
                    ),
                },
                AnswerShape.Metadata => new()
                {
                    ["kind"] = "PartialObjectMetadata",
                    ["apiVersion"] = "meta.k8s.io/v1",
                    ["metadata"] = metadata,
                },
                _ => new()
                {
                    ["kind"] = r.Kind,
                    ["apiVersion"] = r.ApiVersion,
                    ["metadata"] = metadata,
                },
            };
            return Write("BOOKMARK", Bytes(bookmark));
        }

        public async Task Error(ApiException e)
        {
            await Write("ERROR", Bytes(Answers.Status(e)));
            await Flush(q.Aborted);
        }

        public async Task Flush(CancellationToken end)
        {
            Start();
            await _response.Body.FlushAsync(end);
        }

        private async Task Write(string type, ReadOnlyMemory<byte> json)
        {
            Start();
            await _response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"), q.Aborted);
            await _response.BodyWriter.WriteAsync(json, q.Aborted);
            await _response.BodyWriter.WriteAsync("}\n"u8.ToArray(), q.Aborted);
        }

        private void Start()
        {
            if (_started)
                return;
            _started = true;
            Answers.Head(q.Http, 200, Answers.Json);
        }

        private static byte[] Bytes(JsonObject obj) => JsonSerializer.SerializeToUtf8Bytes(obj, JsonReading.Compact);
    }
}
