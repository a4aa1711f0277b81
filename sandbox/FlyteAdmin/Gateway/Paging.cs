using System.Globalization;
using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;

/// <summary>Filters and pages of lists: <c>filters=eq(phase,RUNNING)+gte(created_at,…)</c>, <c>sort_by.key</c>, <c>sort_by.direction</c>, <c>limit</c>,
/// <c>token</c>.</summary>
internal static partial class Paging
{
    /// <summary>One page.</summary>
    /// <param name="query">The request's query.</param>
    /// <param name="all">Everything, in its own order.</param>
    /// <param name="fields">The values of an item by the names that filters know.</param>
    /// <param name="needsLimit">Whether a limit must be given.</param>
    /// <param name="columns">The names that filters know, where what is none of them is refused in that list's own words; null for the words of all
    /// others.</param>
    /// <returns>The items, and the token of the next page; empty after the last full one.</returns>
    /// <exception cref="AdminException">A parameter is wrong.</exception>
    public static (IReadOnlyList<T> Items, string Token) Page<T>(
        IQueryCollection query,
        IReadOnlyList<T> all,
        Func<T, IReadOnlyDictionary<string, string>> fields,
        bool needsLimit,
        IReadOnlyCollection<string>? columns = null
    )
    {
        var limit = Number(query, "limit") ?? throw AdminException.Invalid("invalid value for limit");
        if (limit == 0 && needsLimit)
            throw AdminException.Invalid("invalid value for limit");
        var offset = Number(query, "token") ?? throw AdminException.Invalid($"invalid pagination token {query["token"]} for the list");
        var conditions = Conditions(query["filters"].ToString(), columns);
        IEnumerable<T> found = all.Where(item => conditions.All(c => c(fields(item))));
        if (query["sort_by.key"].ToString() is { Length: > 0 } key)
        {
            // As in the .proto, descending comes first.
            var sorted = found.OrderBy(item => Value(fields(item), key), StringComparer.Ordinal);
            found = query["sort_by.direction"].ToString() is "ASCENDING" or "1" ? sorted : sorted.Reverse();
        }

        List<T> page = [.. found.Skip(offset).Take(limit == 0 ? int.MaxValue : limit)];
        return (page, page.Count == limit && limit > 0 ? (offset + page.Count).ToString(CultureInfo.InvariantCulture) : "");
    }

    private static int? Number(IQueryCollection query, string name) =>
        query[name].ToString() switch
        {
            "" => 0,
            var text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
        };

    // A plus in a query may have been read as a space.
    private static List<Func<IReadOnlyDictionary<string, string>, bool>> Conditions(string filters, IReadOnlyCollection<string>? columns)
    {
        var conditions = new List<Func<IReadOnlyDictionary<string, string>, bool>>();
        foreach (var filter in filters.Split(['+', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Expression().Match(filter) is not { Success: true } match)
                throw AdminException.Invalid($"'{filter}' is not a valid filter expression");
            var (field, value) = (match.Groups["field"].Value, match.Groups["value"].Value);
            if (columns?.Contains(Column(field)) == false)
                throw AdminException.Invalid($"'e.{field}' is invalid filter");
            Func<string, bool> isSo = match.Groups["function"].Value switch
            {
                "eq" => v => v == value,
                "ne" => v => v != value,
                "contains" => v => v.Contains(value, StringComparison.Ordinal),
                "value_in" => v => value.Split(';').Contains(v, StringComparer.Ordinal),
                "value_not_in" => v => !value.Split(';').Contains(v, StringComparer.Ordinal),
                "gt" => Compared(field, value, sign => sign > 0),
                "gte" => Compared(field, value, sign => sign >= 0),
                "lt" => Compared(field, value, sign => sign < 0),
                "lte" => Compared(field, value, sign => sign <= 0),
                _ => throw AdminException.Invalid($"unrecognized filter function: {match.Groups["function"].Value}"),
            };
            conditions.Add(item => isSo(Value(item, field)));
        }

        return conditions;
    }

    // flyteadmin hands the text of the filter on: what it means is the database column's to say.
    private static Func<string, bool> Compared(string field, string value, Func<int, bool> isSo)
    {
        if (!Column(field).EndsWith("_at", StringComparison.Ordinal))
            return v => isSo(string.CompareOrdinal(v, value));
        var bound = Time(value);
        return v => isSo(Time(v).CompareTo(bound));
    }

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new AdminException(AdminCode.Unknown, $"failed database operation: invalid input syntax for type timestamp with time zone: \"{text}\"");

    private static string Value(IReadOnlyDictionary<string, string> fields, string field) =>
        fields.TryGetValue(Column(field), out var value)
            ? value
            : throw AdminException.Invalid($"cannot query with specified table attributes: column \"{field}\" does not exist");

    private static string Column(string field) => field[(field.LastIndexOf('.') + 1)..];

    [GeneratedRegex(
        @"^(?<function>[a-z_]+)\((?<field>[A-Za-z_.]+),(?<value>.*)\)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Expression();
}
