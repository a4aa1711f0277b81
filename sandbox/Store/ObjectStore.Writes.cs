using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

public sealed partial class ObjectStore
{
    /// <summary>Creates an object; the given one is taken over.</summary>
    internal StoredObject Create(ResourceInfo r, string? ns, JsonObject obj, WriteOptions options)
    {
        JsonObject metadata = obj.ChildOrNew("metadata");
        if (metadata.Text("resourceVersion") is { Length: > 0 } and not "0")
            throw Errors.BadRequest("resourceVersion should not be set on objects to be created");
        lock (_gate)
        {
            CheckNamespace(r, ns, metadata, options);
            string name = NameFor(r, metadata);
            obj["apiVersion"] = r.ApiVersion;
            obj["kind"] = r.Kind;
            foreach (
                string servers in (ReadOnlySpan<string>)
                    ["uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink"]
            )
                metadata.Remove(servers);
            ObjectShape.Clean(obj);
            if (r.HasStatusSubresource || r.Kind == "Namespace")
                obj.Remove("status");
            Defaults.Apply(r, obj);
            Throw(r, name, Validation.OfNew(r, obj));
            if (_objects.Find(r.Group, r.Plural, ns, name) is not null)
                throw Errors.AlreadyExists(r, name);
            DateTimeOffset now = _time.GetUtcNow();
            JsonObject? given = options.Applied ? null : obj;
            if (given is not null)
                obj = _managedFields.Track(null, given, options.FieldManager, now);
            metadata = (JsonObject)obj["metadata"]!;
            metadata["uid"] = Guid.NewGuid().ToString();
            metadata["creationTimestamp"] = Time(now);
            if (r.HasGeneration)
                metadata["generation"] = 1;
            ServerFields.OnCreate(r, obj, ClusterIpTaken, now);
            if (options.DryRun)
                return new StoredObject(ObjectShape.Ordered(obj), 0);
            StoredObject stored = Put(r, obj, "ADDED", null);
            AfterCreate(r, stored);
            return stored;
        }
    }

    /// <summary>Replaces an object; the given one is taken over.</summary>
    internal StoredObject Update(ResourceInfo r, string? ns, JsonObject obj, WriteOptions options)
    {
        JsonObject metadata = obj.ChildOrNew("metadata");
        string name = metadata.Text("name") ?? "";
        lock (_gate)
        {
            StoredObject before = _objects.Find(r.Group, r.Plural, ns, name) ?? throw Errors.NotFound(r, name);
            CheckPreconditions(r, before, metadata.Text("uid"), metadata.Text("resourceVersion"), write: true);
            JsonObject old = before.Copy();
            obj["apiVersion"] = r.ApiVersion;
            obj["kind"] = r.Kind;
            if (options.Subresource is null or "")
                ObjectShape.Clean(obj);
            obj = ServerFields.Merge(r, old, obj, options.Subresource);
            if (options.Subresource is null)
                Defaults.Apply(r, obj);
            Throw(r, name, Validation.OfChange(r, old, obj));
            ServerFields.RaiseGeneration(r, old, obj);
            if (!options.Applied)
                obj = _managedFields.Track(old, obj, options.FieldManager, _time.GetUtcNow(), options.Subresource);
            if (ObjectShape.SameExceptVersionAndTimes(old, obj) && before.ApiVersion == r.ApiVersion)
                return before;
            if (options.DryRun)
                return new StoredObject(ObjectShape.Ordered(obj), before.ResourceVersion);
            if (Released(r, obj))
                return Put(r, obj, "DELETED", before);
            return Put(r, obj, "MODIFIED", before);
        }
    }

    /// <summary>Deletes an object, or marks it while finalizers hold it.</summary>
    internal Deletion Delete(ResourceInfo r, string? ns, string name, DeletionOptions options)
    {
        lock (_gate)
        {
            StoredObject before = _objects.Find(r.Group, r.Plural, ns, name) ?? throw Errors.NotFound(r, name);
            CheckPreconditions(r, before, options.Uid, options.ResourceVersion, write: false);
            JsonObject obj = before.Copy();
            JsonObject metadata = (JsonObject)obj["metadata"]!;
            Finalizers.OnDelete(r, obj, options.PropagationPolicy);
            if (r is { Kind: "CustomResourceDefinition", IsCustom: false })
                ServerFields.Terminating(obj, _time.GetUtcNow());
            bool held = !Finalizers.None(obj);
            bool marked = metadata.ContainsKey("deletionTimestamp");
            if (!marked && held)
                metadata["deletionTimestamp"] = Time(_time.GetUtcNow());
            bool ends = !held && r is { Group: "", Kind: "Pod" } && PodEnd.Begin(obj, options.GracePeriodSeconds, _time.GetUtcNow());
            if (options.DryRun)
                return new(before, !held && !ends);
            if (!held && !ends)
                return new(Put(r, obj, "DELETED", before), true);
            StoredObject stored = ObjectShape.SameExceptVersionAndTimes(before.View, obj) ? before : Put(r, obj, "MODIFIED", before);
            if (r.Kind == "CustomResourceDefinition")
                return new(stored, EmptyDefinition(r, stored));
            return new(stored, false);
        }
    }

    private void AfterCreate(ResourceInfo r, StoredObject stored)
    {
        if (r.Kind == "Namespace")
            FreshCluster.FillNamespace(this, stored.Name);
        else if (r is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" })
            Update(r, null, ServerFields.Established(stored.Copy(), _time.GetUtcNow()), new WriteOptions("kube-apiserver") { Subresource = "status" });
    }

    private bool EmptyDefinition(ResourceInfo r, StoredObject definition)
    {
        ResourceInfo? custom = CustomResources.Of(definition.View).FirstOrDefault();
        if (custom is not null)
        {
            foreach (StoredObject o in _objects.List(custom.Group, custom.Plural, null))
                Delete(custom, o.Namespace.Length == 0 ? null : o.Namespace, o.Name, new DeletionOptions());
            if (_objects.List(custom.Group, custom.Plural, null).Count > 0)
                return false;
        }
        JsonObject last = definition.Copy();
        ((JsonObject)last["metadata"]!).Remove("finalizers");
        Put(r, last, "DELETED", definition);
        return true;
    }

    private static bool Released(ResourceInfo r, JsonObject obj) =>
        obj.Metadata("deletionTimestamp") is not null && Finalizers.None(obj) && r.Kind != "CustomResourceDefinition";

    private void CheckNamespace(ResourceInfo r, string? ns, JsonObject metadata, WriteOptions options)
    {
        if (!r.Namespaced)
        {
            metadata.Remove("namespace");
            return;
        }
        string wanted = metadata.Text("namespace") is { Length: > 0 } given ? given : ns ?? "";
        if (wanted != ns)
            throw Errors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        metadata["namespace"] = ns;
        ResourceInfo namespaces = Catalog.Find("", "v1", "namespaces")!;
        StoredObject home = _objects.Find("", "namespaces", null, ns) ?? throw Errors.NotFound(namespaces, ns);
        if (home.View.Metadata("deletionTimestamp") is not null)
        {
            throw Errors.Forbidden(
                r,
                metadata.Text("name") ?? "",
                $"unable to create new content in namespace {ns} because it is being terminated",
                [
                    new JsonObject
                    {
                        ["reason"] = "NamespaceTerminating",
                        ["message"] = $"namespace {ns} is being terminated",
                        ["field"] = "metadata.namespace",
                    },
                ]
            );
        }
    }

    private static string NameFor(ResourceInfo r, JsonObject metadata)
    {
        if (metadata.Text("name") is { Length: > 0 } name)
            return name;
        if (metadata.Text("generateName") is not { Length: > 0 } prefix)
            throw Errors.Invalid(r, "", [FieldError.Required("metadata.name", "name or generateName is required")]);
        string made = prefix[..Math.Min(prefix.Length, 58)] + RandomNumberGenerator.GetString("bcdfghjklmnpqrstvwxz2456789", 5);
        metadata["name"] = made;
        return made;
    }

    private static void CheckPreconditions(ResourceInfo r, StoredObject before, string? uid, string? resourceVersion, bool write)
    {
        string stored = before.View.Metadata("uid") ?? "";
        if (!string.IsNullOrEmpty(uid) && uid != stored)
            throw Errors.Conflict(r, before.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {stored}");
        if (string.IsNullOrEmpty(resourceVersion) || resourceVersion == before.ResourceVersion.ToString())
            return;
        throw write
            ? Errors.StaleWrite(r, before.Name)
            : Errors.Conflict(
                r,
                before.Name,
                $"Precondition failed: ResourceVersion in precondition: {resourceVersion}, ResourceVersion in object meta: {before.ResourceVersion}"
            );
    }

    private bool ClusterIpTaken(string ip) => _objects.List("", "services", null).Any(s => s.View.Child("spec")?.Text("clusterIP") == ip);

    private static void Throw(ResourceInfo r, string name, IReadOnlyList<FieldError> errors)
    {
        if (errors.Count > 0)
            throw Errors.Invalid(r, name, errors);
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
