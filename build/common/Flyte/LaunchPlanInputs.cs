using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>Turns the fleet's inputs into the literals that a launch plan takes, and reports which do not fit.</summary>
/// <param name="plan">The launch plan.</param>
/// <param name="place">Where the inputs are written.</param>
internal sealed class LaunchPlanInputs(LaunchPlan plan, string place)
{
    private readonly List<Problem> _problems = [];

    /// <summary>What does not fit.</summary>
    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>The literals, by name; those that do not fit are left out.</summary>
    public JsonObject Literals(JsonObject inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var literals = new JsonObject();
        foreach (var (name, value) in inputs)
        {
            if (!plan.Inputs.TryGetValue(name, out var input))
                _problems.Add(
                    new Problem(place, $"Launch plan {plan.Name} ({plan.Version}) has no input '{name}'.", Nearest.Remedy(name, [.. plan.Inputs.Keys]))
                );
            else if (Literal.Of(value, input.Type) is { } literal)
                literals[name] = literal;
            else
                _problems.Add(
                    new Problem(
                        place,
                        $"Input '{name}' of launch plan {plan.Name} ({plan.Version}) expects {Literal.Describe(input.Type)}, but the fleet has another value.",
                        Literal.Hint(input.Type)
                    )
                );
        }

        foreach (var (name, input) in plan.Inputs.Where(input => input.Value.IsRequired && !inputs.ContainsKey(input.Key)))
            _problems.Add(
                new Problem(
                    place,
                    $"Launch plan {plan.Name} ({plan.Version}) needs the input '{name}', {Literal.Describe(input.Type)}.",
                    $"Write inputs: {{{name}: …}}."
                )
            );
        return literals;
    }
}
