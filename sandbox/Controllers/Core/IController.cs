namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>One controller: sees every change, asks for keys to be reconciled, brings each towards what it should be. All on the control loop.</summary>
internal interface IController
{
    /// <summary>Looks at a change and queues what it concerns.</summary>
    void Observe(Change change);

    /// <summary>Brings one object towards what it should be; called again after the next change that concerns it.</summary>
    /// <exception cref="Store.ApiException">409: it is called again at once; 404: the object went, its event follows.</exception>
    void Reconcile(ObjectKey key);
}
