using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Controllers;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.Patching;
using Flyte.MultiCluster.Sandbox.Store;
using NSubstitute;
using NUnit.Framework;
using YamlDotNet.Serialization;

namespace Flyte.MultiCluster.Tests.Sandbox.Controllers;

/// <summary>A cluster's store with its controllers at work.</summary>
internal sealed class ControlledCluster : IAsyncDisposable
{
    public const string Certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    private readonly CancellationTokenSource end = new();
    private readonly List<Exception> failures = [];
    private readonly ClusterControllers controllers;
    private readonly Task running;

    public ControlledCluster()
    {
        Time = new ManualTime();
        Store = new ObjectStore(new ManagedFields(), Time);
        var reviews = Substitute.For<IReviews>();
        reviews.CaCertificatePem.Returns(Certificate);
        reviews.SecretToken("", "", "", "").ReturnsForAnyArgs(c => $"token of {c.ArgAt<string>(0)}/{c.ArgAt<string>(1)}");
        Faults = new SwitchedFaults();
        controllers = new ClusterControllers(Store, reviews, Faults, Time);
        controllers.ReconcileFailed += (_, e) => failures.Add(e.GetException());
        running = controllers.RunAsync(end.Token);
    }

    public ManualTime Time { get; }

    public ObjectStore Store { get; }

    public SwitchedFaults Faults { get; }

    public async Task Quiet()
    {
        await controllers.WhenQuietAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(failures, Is.Empty);
    }

    public async Task Pass(TimeSpan time)
    {
        Time.Advance(time);
        await Quiet();
    }

    /// <summary>Creates an object written as YAML.</summary>
    public JsonObject Create(string yaml)
    {
        var obj = Parse(yaml);
        var (group, resource) = Resource(obj["kind"]!.GetValue<string>());
        return Store.Create(group, resource, obj["metadata"]!["namespace"]?.GetValue<string>(), obj, "test");
    }

    public JsonObject? Get(string kind, string ns, string name)
    {
        var (group, resource) = Resource(kind);
        return Store.Get(group, resource, ns.Length == 0 ? null : ns, name);
    }

    public void Delete(string kind, string ns, string name)
    {
        var (group, resource) = Resource(kind);
        Store.Delete(group, resource, ns.Length == 0 ? null : ns, name);
    }

    public void Change(string kind, string ns, string name, Action<JsonObject> change)
    {
        var obj = Get(kind, ns, name)!;
        change(obj);
        var (group, resource) = Resource(kind);
        Store.Update(group, resource, ns.Length == 0 ? null : ns, obj, "test");
    }

    public List<JsonObject> List(string kind, string ns)
    {
        var (group, resource) = Resource(kind);
        return [.. Store.List(group, resource, ns)];
    }

    /// <summary>The messages of a namespace's events of one reason.</summary>
    public List<string> Events(string reason, string ns = "flyte") =>
        [.. List("Event", ns).Where(e => e["reason"]!.GetValue<string>() == reason).Select(e => e["message"]!.GetValue<string>())];

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        end.Dispose();
    }

    public static JsonObject Parse(string yaml)
    {
        var read = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(yaml);
        return (JsonObject)Json(read)!;
    }

    private static JsonNode? Json(object? value) =>
        value switch
        {
            IDictionary<object, object?> map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key.ToString()!, Json(p.Value)))),
            IEnumerable<object?> list => new JsonArray([.. list.Select(Json)]),
            bool b => JsonValue.Create(b),
            string s => JsonValue.Create(s),
            null => null,
            _ => JsonNode.Parse(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!),
        };

    private static (string Group, string Resource) Resource(string kind) =>
        kind switch
        {
            "Deployment" or "ReplicaSet" or "StatefulSet" => ("apps", kind.ToLowerInvariant() + "s"),
            "Job" => ("batch", "jobs"),
            _ => ("", kind.ToLowerInvariant() + "s"),
        };
}

/// <summary>Faults that a test switches on and off.</summary>
internal sealed class SwitchedFaults : IPodFaults
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, PodFault> pods = new(StringComparer.Ordinal);
    private bool token;

    public event EventHandler? Changed;

    public bool TokenNeverFilled
    {
        get
        {
            lock (gate)
                return token;
        }
        set
        {
            lock (gate)
                token = value;
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }

    /// <summary>How long deleted pods go on.</summary>
    public TimeSpan? Lingering { get; set; }

    public TimeSpan? Linger(string deployment) => Lingering;

    public PodFault? For(string deployment)
    {
        lock (gate)
            return pods.TryGetValue(deployment, out var fault) ? fault : null;
    }

    public void Set(string deployment, PodFault? fault)
    {
        lock (gate)
        {
            if (fault is { } f)
                pods[deployment] = f;
            else
                pods.Remove(deployment);
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }
}
