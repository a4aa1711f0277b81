using System.Reflection;
using Cake.Core;

namespace Cake.Frosting.Hosting;

/// <summary>Which context a task class works on, and which of the base class's methods it fills in.</summary>
internal sealed class TaskShape
{
    private readonly HashSet<string> _overridden = new(StringComparer.Ordinal);

    public TaskShape(Type task)
    {
        var frostingBase = FrostingBase(task);
        ContextType = frostingBase?.GenericTypeArguments[0] ?? typeof(ICakeContext);
        var methods = task.GetMethods(BindingFlags.Instance | BindingFlags.Public);
        foreach (var method in methods)
        {
            var declaredIn = method.GetBaseDefinition().DeclaringType;
            if (frostingBase is null || (declaredIn == frostingBase && method.DeclaringType != frostingBase))
                _overridden.Add(method.Name);
        }
    }

    public Type ContextType { get; }

    public bool Accepts(IFrostingContext context) => ContextType.IsInstanceOfType(context);

    /// <summary>True also for a class that implements <see cref="IFrostingTask"/> itself.</summary>
    public bool Overrides(string method) => _overridden.Contains(method);

    private static Type? FrostingBase(Type task)
    {
        for (var type = task; type is not null; type = type.BaseType)
        {
            if (
                type.IsGenericType
                && (type.GetGenericTypeDefinition() == typeof(FrostingTask<>) || type.GetGenericTypeDefinition() == typeof(AsyncFrostingTask<>))
            )
                return type;
        }

        return null;
    }
}
