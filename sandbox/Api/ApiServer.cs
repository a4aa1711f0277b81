using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Patching;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>
/// The HTTP front of one cluster: a Kubernetes 1.36 API server as kubectl and helm see it. Answers are JSON;
/// protobuf request bodies are read for the kinds that these clients send.
/// </summary>
public sealed class ApiServer
{
    private readonly ObjectStore _store;
    private readonly IAuthenticator _authenticator;
    private readonly IAuthorizer _authorizer;
    private readonly DiscoveryHandler _discovery;
    private readonly ResourceHandler _resources;

    /// <summary>Makes the front of a store.</summary>
    /// <param name="store">The cluster's objects.</param>
    /// <param name="patches">The patch types that are not server-side apply.</param>
    /// <param name="managedFields">Server-side apply.</param>
    /// <param name="authenticator">Says who sent a request.</param>
    /// <param name="authorizer">Says whether they may.</param>
    /// <param name="reviews">Answers review resources and token requests.</param>
    /// <param name="time">The clock of ages and applies.</param>
    public ApiServer(
        ObjectStore store,
        IPatches patches,
        IManagedFields managedFields,
        IAuthenticator authenticator,
        IAuthorizer authorizer,
        IReviews reviews,
        TimeProvider time
    )
    {
        _store = store;
        _authenticator = authenticator;
        _authorizer = authorizer;
        _discovery = new DiscoveryHandler(store.Catalog);
        TableWriter tables = new(time);
        _resources = new ResourceHandler(
            store,
            reviews,
            new PatchHandler(store, patches, managedFields, authorizer, time),
            new WatchHandler(store, tables, time),
            tables
        );
    }

    /// <summary>Refuses objects that a user may not write although authorization lets the request through; null refuses none.</summary>
    public Admission? Admission { get; init; }

    /// <summary>Answers a request; errors become Status objects.</summary>
    /// <param name="context">The request.</param>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await Route(context);
        }
        catch (ApiException e)
        {
            if (context.Response.HasStarted)
                context.Abort();
            else
                await Answers.Error(context, e);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await Answers.Error(context, new ApiException(500, "InternalError", "Internal error occurred: " + e.Message));
        }
    }

    private async Task Route(HttpContext context)
    {
        UserInfo user = _authenticator.Authenticate(context) ?? throw new ApiException(401, "Unauthorized", "Unauthorized");
        string path = context.Request.Path.Value ?? "/";
        RequestPath? at = RequestPath.Parse(path);
        if (at is null)
        {
            string method = context.Request.Method.ToLowerInvariant();
            Decision decision = _authorizer.Authorize(user, new RequestAttributes(method, "", "", null, null, null, null, path));
            if (!decision.Allowed)
                throw new ApiException(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot {method} path \"{path}\"{Because(decision)}", []);
            await _discovery.Handle(context, path);
            return;
        }
        bool watch = context.Request.Query.TryGetValue("watch", out var value) && value.ToString() is "true" or "1";
        ApiRequest request = new(context, at.Group, at.Version, at.Namespace, at.Plural, at.Name, at.Subresource, at.Verb(context.Request.Method, watch))
        {
            User = user,
            Admission = Admission,
        };
        Authorization.Require(_authorizer, request);
        ResourceInfo r = _store.Catalog.Find(at.Group, at.Version, at.Plural) ?? throw Errors.PathNotFound();
        await _resources.Handle(request, r);
    }

    private static string Because(Decision decision) => decision.Reason.Length > 0 ? ": " + decision.Reason : "";
}
