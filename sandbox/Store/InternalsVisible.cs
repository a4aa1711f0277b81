using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Flyte.MultiCluster.Tests")]
[assembly: InternalsVisibleTo("DynamicProxyGenAssembly2")]
