using Flyte.MultiCluster.Sandbox.Hosting;

var time = TimeProvider.System;
return await SandboxProcess.RunAsync(args, (_, keys, faults) => new KubernetesBackend(keys, faults, time), time);
