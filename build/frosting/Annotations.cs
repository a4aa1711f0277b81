namespace Cake.Frosting;

/// <summary>Names a task; without it, the task goes by its class name. Names compare case-insensitively.</summary>
/// <param name="name">The name that <c>--target</c> takes.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TaskNameAttribute(string name) : Attribute
{
    /// <summary>The task's name.</summary>
    public string Name { get; } = name;
}

/// <summary>Says what a task is for, as <c>--description</c> prints it.</summary>
/// <param name="description">One short sentence.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TaskDescriptionAttribute(string description) : Attribute
{
    /// <summary>What the task is for.</summary>
    public string Description { get; } = description;
}

/// <summary>Lets the run go on when the task fails. Refused together with an overridden <c>OnError</c>.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ContinueOnErrorAttribute : Attribute;

/// <summary>Runs another task before this one; several run in the order they are written.</summary>
/// <param name="task">The other task's class.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class IsDependentOnAttribute(Type task) : Attribute
{
    /// <summary>The class of the task that runs before.</summary>
    public Type Task { get; } = task;
}

/// <summary>Runs this task before another one, written at this end of the dependency.</summary>
/// <param name="task">The other task's class.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class IsDependeeOfAttribute(Type task) : Attribute
{
    /// <summary>The class of the task that runs after.</summary>
    public Type Task { get; } = task;
}
