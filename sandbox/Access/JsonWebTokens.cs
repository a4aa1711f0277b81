using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>Signs and verifies JSON Web Tokens with one cluster's own key, ES256 (RFC 7515, RFC 7518). Thread-safe.</summary>
public sealed class JsonWebTokens : IDisposable
{
    private const string Algorithm = "ES256";

    private readonly Lock _lock = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _header;

    /// <summary>Makes a new key.</summary>
    public JsonWebTokens()
    {
        var keyId = Base64Url.EncodeToString(SHA256.HashData(_key.ExportSubjectPublicKeyInfo()));
        _header = Encode(new JsonObject { ["alg"] = Algorithm, ["kid"] = keyId });
    }

    /// <summary>Signs claims.</summary>
    public string Sign(JsonObject claims)
    {
        var content = $"{_header}.{Encode(claims)}";
        lock (_lock)
        {
            return $"{content}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256))}";
        }
    }

    /// <summary>The claims of a token that this key signed; null for anything else. Times are not looked at.</summary>
    public JsonObject? Verify(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var parts = token.Split('.');
        if (parts.Length != 3 || !string.Equals(parts[0], _header, StringComparison.Ordinal) || !IsBase64Url(parts[1]) || !IsBase64Url(parts[2]))
        {
            return null;
        }

        try
        {
            var signature = Base64Url.DecodeFromChars(parts[2]);
            lock (_lock)
            {
                if (!_key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature, HashAlgorithmName.SHA256))
                {
                    return null;
                }
            }

            return JsonNode.Parse(Base64Url.DecodeFromChars(parts[1])) as JsonObject;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    // The decoder skips white space, so "token\n" would pass for "token".
    private static bool IsBase64Url(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
