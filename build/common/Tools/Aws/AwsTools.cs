using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Flyte.MultiCluster.Common.Tools.Aws;

/// <summary>The aws commands that the project uses, by service.</summary>
public sealed class AwsTools
{
    private readonly IToolLocator _tools;

    /// <summary>Makes the runners from Cake's services.</summary>
    /// <param name="fileSystem">Cake's file system.</param>
    /// <param name="environment">Cake's environment.</param>
    /// <param name="processRunner">Starts aws.</param>
    /// <param name="tools">Finds aws.</param>
    /// <param name="time">The clock of the pauses between attempts.</param>
    public AwsTools(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
    {
        _tools = tools;
        Time = time;
        Sts = new StsRunner(fileSystem, environment, processRunner, tools, time);
        Eks = new EksRunner(fileSystem, environment, processRunner, tools, time);
        Ec2 = new Ec2Runner(fileSystem, environment, processRunner, tools, time);
        CloudFormation = new CloudFormationRunner(fileSystem, environment, processRunner, tools, time);
        Policies = new IamPolicyRunner(fileSystem, environment, processRunner, tools, time);
        Roles = new IamRoleRunner(fileSystem, environment, processRunner, tools, time);
        Providers = new IamProviderRunner(fileSystem, environment, processRunner, tools, time);
    }

    /// <summary>The clock for the pauses.</summary>
    public TimeProvider Time { get; }

    /// <summary>Whether aws is on PATH.</summary>
    public bool IsOnPath => _tools.Resolve(Executables) is not null;

    /// <summary><c>aws sts</c>.</summary>
    public StsRunner Sts { get; }

    /// <summary><c>aws eks</c>.</summary>
    public EksRunner Eks { get; }

    /// <summary><c>aws ec2</c>.</summary>
    public Ec2Runner Ec2 { get; }

    /// <summary><c>aws cloudformation</c>.</summary>
    public CloudFormationRunner CloudFormation { get; }

    /// <summary><c>aws iam</c>, policies.</summary>
    public IamPolicyRunner Policies { get; }

    /// <summary><c>aws iam</c>, roles.</summary>
    public IamRoleRunner Roles { get; }

    /// <summary><c>aws iam</c>, OIDC providers.</summary>
    public IamProviderRunner Providers { get; }

    internal static IReadOnlyList<string> Executables { get; } = ["aws", "aws.exe", "aws.cmd"];
}
