using Flyte.MultiCluster.Sandbox.Hosting;

return await SandboxProcess.RunAsync(args, (_, _, _) => new EmptyBackend(), TimeProvider.System);
