namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>What discovery says about a subresource.</summary>
/// <param name="Name">The subresource's name, <c>status</c>.</param>
/// <param name="Group">The answer's API group.</param>
/// <param name="Version">The answer's API version.</param>
/// <param name="Kind">The answer's kind, <c>Scale</c>.</param>
/// <param name="Verbs">The verbs it takes.</param>
internal sealed record SubresourceInfo(string Name, string Group, string Version, string Kind, IReadOnlyList<string> Verbs);

/// <summary>One served resource of one API version.</summary>
internal sealed record ResourceInfo(string Group, string Version, string Plural, string Singular, string Kind, bool Namespaced)
{
    /// <summary>The verbs of a resource that is stored.</summary>
    public static readonly IReadOnlyList<string> AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>The same verbs in the order in which custom resources list them.</summary>
    public static readonly IReadOnlyList<string> CustomVerbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

    /// <summary>Short names, <c>deploy</c>.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Categories, <c>all</c>.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The verbs it takes.</summary>
    public IReadOnlyList<string> Verbs { get; init; } = AllVerbs;

    /// <summary>The subresources.</summary>
    public IReadOnlyList<SubresourceInfo> Subresources { get; init; } = [];

    /// <summary>The list's kind.</summary>
    public string ListKind { get; init; } = Kind + "List";

    /// <summary>Whether a spec change raises metadata.generation.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>The columns that a CustomResourceDefinition adds to Table answers.</summary>
    public IReadOnlyList<PrinterColumn> PrinterColumns { get; init; } = [];

    /// <summary>Whether a CustomResourceDefinition defines it.</summary>
    public bool IsCustom { get; init; }

    /// <summary><c>apps/v1</c>, or <c>v1</c>.</summary>
    public string ApiVersion { get; } = Group.Length == 0 ? Version : Group + "/" + Version;

    /// <summary><c>deployments.apps</c>, or <c>secrets</c>: how messages name it.</summary>
    public string GroupResource { get; } = Group.Length == 0 ? Plural : Plural + "." + Group;

    /// <summary>Whether objects are kept: reviews are answered and forgotten.</summary>
    public bool IsStored => Verbs.Count > 1;

    /// <summary>Finds a subresource.</summary>
    public SubresourceInfo? Subresource(string name) => Subresources.FirstOrDefault(s => s.Name == name);

    /// <summary>Whether it has a status subresource.</summary>
    public bool HasStatusSubresource => Subresource("status") is not null;
}

/// <summary>A column of a CustomResourceDefinition's <c>additionalPrinterColumns</c>.</summary>
internal sealed record PrinterColumn(string Name, string Type, string Format, string Description, int Priority, string JsonPath);
