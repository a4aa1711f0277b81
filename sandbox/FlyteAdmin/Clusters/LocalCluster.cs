using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;

/// <summary>The cluster that flyteadmin runs in: its store, without a request.</summary>
/// <param name="store">The cluster's objects.</param>
internal sealed class LocalCluster(IObjectStore store) : ITargetCluster
{
    private const string Accounts = "serviceaccounts";

    public Task CreateNamespaceAsync(string name, CancellationToken cancellationToken) =>
        Do(
            () => store.Create("", "namespaces", null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } }, TargetCluster.UserAgent),
            fine: 409
        );

    public Task PutServiceAccountAsync(string ns, JsonObject account, CancellationToken cancellationToken) =>
        Do(
            () =>
            {
                if (store.Get("", Accounts, ns, account.Metadata("name") ?? "") is not { } live)
                {
                    store.Create("", Accounts, ns, account, TargetCluster.UserAgent);
                }
                else if (MergeDifference.Of(account, live) is { Count: > 0 } patch)
                {
                    MergeDifference.Apply(live, patch);
                    store.Update("", Accounts, ns, live, TargetCluster.UserAgent);
                }
            },
            fine: 409
        );

    public Task CreateWorkflowAsync(string ns, JsonObject workflow, CancellationToken cancellationToken) =>
        Do(() => store.Create(TargetCluster.Group, TargetCluster.Resource, ns, workflow, TargetCluster.UserAgent), fine: 409);

    public Task DeleteWorkflowAsync(string ns, string name, CancellationToken cancellationToken) =>
        Do(() => store.Delete(TargetCluster.Group, TargetCluster.Resource, ns, name), fine: 404);

    private static Task Do(Action change, int fine)
    {
        try
        {
            change();
            return Task.CompletedTask;
        }
        catch (ApiException e) when (e.Code == fine)
        {
            return Task.CompletedTask;
        }
        catch (ApiException e)
        {
            return Task.FromException(new TargetException(e.Message, e) { Answered = true });
        }
    }
}
