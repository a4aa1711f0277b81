using Cake.Core;
using Cake.Frosting;

namespace Flyte.MultiCluster.Tests.Build.Frosting;

/// <summary>Lifetimes for the host's tests.</summary>
internal static class HostLifetimes
{
    public sealed class Whole(Journal journal) : FrostingLifetime
    {
        public override void Setup(ICakeContext context, ISetupContext info) => journal.Add("Setup");

        public override void Teardown(ICakeContext context, ITeardownContext info) => journal.Add($"Teardown {info.ThrownException?.Message}".TrimEnd());
    }

    public sealed class Failing(Journal journal) : FrostingLifetime
    {
        public override void Setup(ICakeContext context, ISetupContext info) => throw new CakeException(9, "no setup");

        public override void Teardown(ICakeContext context, ITeardownContext info) => journal.Add($"Teardown {info.ThrownException?.Message}".TrimEnd());
    }

    public sealed class Before(Journal journal) : FrostingSetup<HostTasks.OwnContext>
    {
        public override void Setup(HostTasks.OwnContext context, ISetupContext info) => journal.Add($"Setup {context.Word}");
    }

    public sealed class After(Journal journal) : FrostingTeardown
    {
        public override void Teardown(ICakeContext context, ITeardownContext info) => journal.Add("Teardown");
    }

    public sealed class EachTask(Journal journal) : FrostingTaskLifetime
    {
        public override void Setup(ICakeContext context, ITaskSetupContext info) => journal.Add($"Before {info.Task.Name}");

        public override void Teardown(ICakeContext context, ITaskTeardownContext info) => journal.Add($"After {info.Task.Name}");
    }

    public sealed class BeforeEach(Journal journal) : FrostingTaskSetup
    {
        public override void Setup(ICakeContext context, ITaskSetupContext info) => journal.Add($"Before {info.Task.Name}");
    }

    public sealed class AfterEach(Journal journal) : FrostingTaskTeardown
    {
        public override void Teardown(ICakeContext context, ITaskTeardownContext info) => journal.Add($"After {info.Task.Name}");
    }
}
