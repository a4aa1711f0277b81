using Flyte.MultiCluster.Sandbox.Hosting;

return await SandboxProcess.RunAsync(args, TimeProvider.System);
