using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using k8s;
using k8s.Models;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>
/// KubernetesClient's models, for what is only read. What is written stays untyped: a model drops the fields that it does not know. The package's
/// own serializer is not used, as it takes twice as long to start.
/// </summary>
public static class KubernetesModels
{
    /// <summary>A view of an object that was read untyped.</summary>
    /// <typeparam name="T">The model.</typeparam>
    /// <param name="read">The object.</param>
    /// <exception cref="JsonException">It is no such object.</exception>
    public static T As<T>(this JsonObject read)
        where T : class
    {
        try
        {
            return read.Deserialize(Type<T>()) ?? throw Not<T>(null);
        }
        catch (FormatException exception)
        {
            throw Not<T>(exception);
        }
    }

    internal static async Task<T> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(stream, type, cancellationToken) ?? throw Not<T>(null);
        }
        catch (FormatException exception)
        {
            throw Not<T>(exception);
        }
    }

    internal static JsonTypeInfo<T> Type<T>() => (JsonTypeInfo<T>)KubernetesModelsJson.Default.GetTypeInfo(typeof(T))!;

    // The package's converters of times and quantities throw FormatException.
    private static JsonException Not<T>(FormatException? why) => new($"The answer is not a {typeof(T).Name}{(why is null ? "." : $": {why.Message}")}", why);
}

/// <summary>The models without reflection. Each one that is read has to stand here.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(KubernetesJson.KubernetesDateTimeConverter), typeof(KubernetesJson.KubernetesDateTimeOffsetConverter)]
)]
[JsonSerializable(typeof(V1Deployment))]
[JsonSerializable(typeof(V1DeploymentList))]
[JsonSerializable(typeof(V1Pod))]
[JsonSerializable(typeof(V1PodList))]
[JsonSerializable(typeof(Corev1Event))]
[JsonSerializable(typeof(Corev1EventList))]
[JsonSerializable(typeof(V1Namespace))]
[JsonSerializable(typeof(V1SelfSubjectReview))]
[JsonSerializable(typeof(V1SelfSubjectAccessReview))]
internal sealed partial class KubernetesModelsJson : JsonSerializerContext;
