return Flyte.MultiCluster.Build.FlyteProgram.Run();
