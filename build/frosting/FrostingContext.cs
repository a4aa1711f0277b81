using Cake.Core;

namespace Cake.Frosting;

/// <summary>The context that tasks and lifetimes receive.</summary>
public interface IFrostingContext : ICakeContext;

/// <summary>The context of a run; projects derive their own to carry data between setup and tasks.</summary>
/// <param name="context">Cake's own context, which answers every <see cref="ICakeContext"/> member.</param>
public class FrostingContext(ICakeContext context) : CakeContextAdapter(context), IFrostingContext;
