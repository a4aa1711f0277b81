using Cake.Common;
using Cake.Core;
using Cake.Frosting;

namespace Flyte.MultiCluster.Tests.Build.Frosting;

/// <summary>The one task class of this assembly that a host may find.</summary>
/// <param name="journal">Where it writes.</param>
public sealed class ExportedTask(Journal journal) : FrostingTask
{
    /// <inheritdoc/>
    public override void Run(ICakeContext context) => journal.Add(nameof(ExportedTask));
}

/// <summary>Exported, but abstract.</summary>
public abstract class AbstractTask : FrostingTask;

/// <summary>Tasks for the host's tests; not exported, as their outer class is not.</summary>
internal static class HostTasks
{
    public abstract class Step(Journal journal) : FrostingTask
    {
        protected Journal Journal { get; } = journal;

        public override void Run(ICakeContext context) => Journal.Add(GetType().Name);
    }

    public sealed class Default(Journal journal) : Step(journal);

    public sealed class First(Journal journal) : Step(journal);

    public sealed class Second(Journal journal) : Step(journal);

    [TaskName("Renamed")]
    [TaskDescription("Has a name of its own")]
    public sealed class Named(Journal journal) : Step(journal);

    [IsDependentOn(typeof(First))]
    [IsDependentOn(typeof(Second))]
    public sealed class Both(Journal journal) : Step(journal);

    [IsDependentOn(typeof(Both))]
    [IsDependentOn(typeof(Third))]
    public sealed class Top(Journal journal) : Step(journal);

    [IsDependentOn(typeof(First))]
    public sealed class Third(Journal journal) : Step(journal);

    [IsDependeeOf(typeof(First))]
    public sealed class BeforeFirst(Journal journal) : Step(journal);

    [IsDependentOn(typeof(First))]
    [IsDependentOn(typeof(First))]
    public sealed class Doubled(Journal journal) : Step(journal);

    [IsDependentOn(typeof(Reflexive))]
    public sealed class Reflexive(Journal journal) : Step(journal);

    [IsDependentOn(typeof(string))]
    public sealed class OnString(Journal journal) : Step(journal);

    public sealed class Throwing : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new InvalidOperationException("the first error");
    }

    public sealed class Exiting42 : AsyncFrostingTask
    {
        public override async Task RunAsync(ICakeContext context)
        {
            await Task.Yield();
            throw new CakeException(42, "the answer");
        }
    }

    public sealed class Skipped(Journal journal) : Step(journal), IFrostingTask
    {
        string IFrostingTask.SkippedMessage => "not today";

        public override bool ShouldRun(ICakeContext context)
        {
            Journal.Add("criteria");
            return false;
        }
    }

    [IsDependentOn(typeof(Skipped))]
    public sealed class AfterSkipped(Journal journal) : Step(journal);

    public sealed class Swallowing(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new InvalidOperationException("the first error");

        public override void OnError(Exception exception, ICakeContext context) => journal.Add($"OnError {exception.Message}");
    }

    public sealed class Rethrowing : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new CakeException(7, "the first error");

        public override void OnError(Exception exception, ICakeContext context) => throw exception;
    }

    [ContinueOnError]
    public sealed class Continuing : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new InvalidOperationException("the first error");
    }

    [IsDependentOn(typeof(Continuing))]
    public sealed class AfterContinuing(Journal journal) : Step(journal);

    [ContinueOnError]
    public sealed class ContinuingWithHandler : FrostingTask
    {
        public override void OnError(Exception exception, ICakeContext context) => throw exception;
    }

    public sealed class ThrowingFinally : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new CakeException(5, "the first error");

        public override void Finally(ICakeContext context) => throw new CakeException(6, "the second error");
    }

    public sealed class Finishing(Journal journal) : Step(journal)
    {
        public override void Finally(ICakeContext context) => Journal.Add("Finally");
    }

    public sealed class ReadingArguments(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context)
        {
            journal.Add($"has flag: {context.HasArgument("flag")}");
            journal.Add($"flag: {context.Argument("flag", false)}");
            journal.Add($"name: {context.Argument("name", "none")}");
        }
    }

    public sealed class OwnContext(ICakeContext context) : FrostingContext(context)
    {
        public string Word { get; } = "data";
    }

    public sealed class OtherContext(ICakeContext context) : FrostingContext(context);

    public sealed class OnOwnContext(Journal journal) : FrostingTask<OwnContext>
    {
        public override void Run(OwnContext context) => journal.Add(context.Word);
    }

    public sealed class OnOtherContext : FrostingTask<OtherContext>;
}
