using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Reads Kubernetes' protobuf request bodies (<c>application/vnd.kubernetes.protobuf</c>) as the JSON they stand for.</summary>
internal static class Protobuf
{
    /// <summary>The content type.</summary>
    public const string ContentType = "application/vnd.kubernetes.protobuf";

    private static readonly Dictionary<string, Dictionary<int, Field>> Messages = ReadSchema();

    /// <summary>Decodes a body.</summary>
    /// <exception cref="ApiException">400 for a malformed body, 415 for a kind that is not known here.</exception>
    public static JsonObject Decode(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("k8s\0"u8))
            throw Errors.BadRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        try
        {
            string apiVersion = "";
            string kind = "";
            ReadOnlySpan<byte> raw = [];
            ProtobufReader unknown = new(body[4..]);
            while (unknown.Next(out int number))
            {
                if (number == 1)
                {
                    ProtobufReader type = new(unknown.Bytes());
                    while (type.Next(out int n))
                    {
                        string text = Encoding.UTF8.GetString(type.Bytes());
                        if (n == 1)
                            apiVersion = text;
                        else
                            kind = text;
                    }
                }
                else if (number == 2)
                    raw = unknown.Bytes();
                else
                    unknown.Skip();
            }
            string message = Messages.ContainsKey($"{apiVersion}.{kind}") ? $"{apiVersion}.{kind}" : kind;
            if (!Messages.ContainsKey(message))
                throw Errors.UnsupportedMediaType($"the sandbox reads no protobuf body of kind {kind}; send application/json");
            JsonObject obj = new() { ["kind"] = kind, ["apiVersion"] = apiVersion };
            Read(raw, message, obj);
            return obj;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw Errors.BadRequest("unable to decode the protobuf body: " + e.Message);
        }
    }

    private static void Read(ReadOnlySpan<byte> bytes, string message, JsonObject into)
    {
        Dictionary<int, Field> fields = Messages[message];
        ProtobufReader reader = new(bytes);
        while (reader.Next(out int number))
        {
            if (!fields.TryGetValue(number, out Field? field))
                reader.Skip();
            else if (field.Inline)
                Read(reader.Bytes(), field.Message, into);
            else if (field.Type.StartsWith('r'))
                Array(into, field.Name).Add(Value(ref reader, field.Type[1..], true));
            else if (field.Type.StartsWith('m'))
                Entry(reader.Bytes(), field.Type[1..], into.ChildOrNew(field.Name));
            else if (Value(ref reader, field.Type, field.Optional) is JsonNode value)
                into[field.Name] = value;
        }
    }

    private static JsonArray Array(JsonObject into, string name)
    {
        if (into[name] is JsonArray array)
            return array;
        JsonArray made = [];
        into[name] = made;
        return made;
    }

    private static void Entry(ReadOnlySpan<byte> bytes, string valueType, JsonObject map)
    {
        string key = "";
        JsonNode? value = valueType is "s" or "y" ? "" : null;
        ProtobufReader reader = new(bytes);
        while (reader.Next(out int number))
        {
            if (number == 1)
                key = Encoding.UTF8.GetString(reader.Bytes());
            else
                value = Value(ref reader, valueType, true);
        }
        map[key] = value;
    }

    private static JsonNode? Value(ref ProtobufReader reader, string type, bool keepZero)
    {
        switch (type[0])
        {
            case 's':
                string text = Encoding.UTF8.GetString(reader.Bytes());
                return text.Length > 0 || keepZero ? text : null;
            case 'y':
                return Convert.ToBase64String(reader.Bytes());
            case 'b':
                bool flag = reader.Varint() != 0;
                return flag || keepZero ? flag : null;
            case 'i':
                long number = (long)reader.Varint();
                return number != 0 || keepZero ? number : null;
            case 'd':
                return BitConverter.UInt64BitsToDouble(reader.Fixed64());
            case 't':
                return Time(reader.Bytes());
            case 'q':
                return First(reader.Bytes());
            case 'o':
                return IntOrString(reader.Bytes());
            case 'w':
                JsonArray list = [];
                ProtobufReader items = new(reader.Bytes());
                while (items.Next(out _))
                    list.Add(Value(ref items, type[2..], true));
                return list;
            default:
                JsonObject obj = [];
                Read(reader.Bytes(), type[1..], obj);
                return obj;
        }
    }

    private static string? First(ReadOnlySpan<byte> bytes)
    {
        ProtobufReader reader = new(bytes);
        return reader.Next(out _) ? Encoding.UTF8.GetString(reader.Bytes()) : null;
    }

    private static JsonNode? Time(ReadOnlySpan<byte> bytes)
    {
        ProtobufReader reader = new(bytes);
        long seconds = 0;
        while (reader.Next(out int number))
        {
            ulong value = reader.Varint();
            if (number == 1)
                seconds = (long)value;
        }
        return seconds is 0 or < -62135596800
            ? null
            : DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    private static JsonValue IntOrString(ReadOnlySpan<byte> bytes)
    {
        ProtobufReader reader = new(bytes);
        bool isText = false;
        long number = 0;
        string text = "";
        while (reader.Next(out int n))
        {
            if (n == 1)
                isText = reader.Varint() == 1;
            else if (n == 2)
                number = (long)reader.Varint();
            else
                text = Encoding.UTF8.GetString(reader.Bytes());
        }
        return isText ? JsonValue.Create(text)! : JsonValue.Create(number);
    }

    private static Dictionary<string, Dictionary<int, Field>> ReadSchema()
    {
        Dictionary<string, Dictionary<int, Field>> messages = new(StringComparer.Ordinal);
        foreach (string line in ProtobufSchema.Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            Dictionary<int, Field> fields = [];
            foreach (string field in line[(colon + 1)..].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                string[] f = field.Split(' ');
                fields[int.Parse(f[0])] = new Field(f[1], f[2].TrimStart('*', '^'), f[2].StartsWith('*'), f[1] == "-" || f[2].StartsWith('^'));
            }
            messages[line[..colon]] = fields;
        }
        return messages;
    }

    private sealed record Field(string Name, string Type, bool Optional, bool Inline)
    {
        public string Message => Type.TrimStart(':');
    }
}
