using NUnit.Framework;

// Fixtures share nothing but the machine: each has folders, ports and sandboxes of its own, and nobody changes this process's environment,
// folder or console. There are more workers than cores, as many tests wait for child processes.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(4)]
