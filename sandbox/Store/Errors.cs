using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>Errors in the API server's words (apimachinery's api/errors and field packages).</summary>
internal static class Errors
{
    public static ApiException NotFound(ResourceInfo r, string name) => new(404, "NotFound", $"{r.GroupResource} \"{name}\" not found", Details(r, name));

    public static ApiException AlreadyExists(ResourceInfo r, string name) =>
        new(409, "AlreadyExists", $"{r.GroupResource} \"{name}\" already exists", Details(r, name));

    public static ApiException Conflict(ResourceInfo r, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {r.GroupResource} \"{name}\": {why}", Details(r, name));

    public static ApiException StaleWrite(ResourceInfo r, string name) =>
        Conflict(r, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiException MethodNotAllowed() => new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static ApiException PathNotFound() => new(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiException UnsupportedMediaType(string message) => new(415, "UnsupportedMediaType", message);

    public static ApiException Expired(string message) => new(410, "Expired", message);

    public static ApiException Forbidden(ResourceInfo r, string name, string why, JsonArray? causes = null)
    {
        JsonObject details = Details(r, name);
        if (causes is not null)
            details["causes"] = causes;
        return new(403, "Forbidden", $"{r.GroupResource}{(name.Length > 0 ? $" \"{name}\"" : "")} is forbidden: {why}", details);
    }

    public static ApiException Invalid(ResourceInfo r, string name, IReadOnlyList<FieldError> errors)
    {
        string all = errors.Count == 1 ? errors[0].Text : "[" + string.Join(", ", errors.Select(e => e.Text)) + "]";
        JsonObject details = new() { ["name"] = name };
        if (r.Group.Length > 0)
            details["group"] = r.Group;
        details["kind"] = r.Kind;
        details["causes"] = new JsonArray([
            .. errors.Select(e => new JsonObject
            {
                ["reason"] = e.Reason,
                ["message"] = e.Text[(e.Field.Length + 2)..],
                ["field"] = e.Field,
            }),
        ]);
        string kind = r.Group.Length == 0 ? r.Kind : r.Kind + "." + r.Group;
        return new(422, "Invalid", $"{kind} \"{name}\" is invalid: {all}", details);
    }

    public static JsonObject Details(ResourceInfo r, string name)
    {
        JsonObject details = [];
        if (name.Length > 0)
            details["name"] = name;
        if (r.Group.Length > 0)
            details["group"] = r.Group;
        details["kind"] = r.Plural;
        return details;
    }
}

/// <summary>One field's error.</summary>
/// <param name="Field">The field's path.</param>
/// <param name="Reason">The cause's reason, <c>FieldValueInvalid</c>.</param>
/// <param name="Message">The message without the path.</param>
internal sealed record FieldError(string Field, string Reason, string Message)
{
    public string Text => $"{Field}: {Message}";

    public static FieldError Invalid(string field, string value, string why) => new(field, "FieldValueInvalid", $"Invalid value: {value}: {why}");

    public static FieldError Required(string field, string why = "") =>
        new(field, "FieldValueRequired", why.Length == 0 ? "Required value" : "Required value: " + why);

    public static FieldError TooLong(string field, int max) => new(field, "FieldValueTooLong", $"Too long: may not be more than {max} bytes");

    public static FieldError Unsupported(string field, string value, params string[] supported) =>
        new(field, "FieldValueNotSupported", $"Unsupported value: \"{value}\": supported values: {string.Join(", ", supported.Select(s => $"\"{s}\""))}");
}
