using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Build.Options;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks;
using Flyte.MultiCluster.Tasks.Developers;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build.Options;

/// <summary>What the program makes of its command line.</summary>
internal sealed class CommandLineTests
{
    private static readonly string[] TargetNames = ["Default", "AddDataPlane", "Plan", "SandboxUp"];

    private static CommandLine Read(params string[] args) => CommandLine.Read(args, ProgramOptions.All, TargetNames);

    private static RunOptions Options(params string[] args)
    {
        var line = Read(args);
        Assert.That(line.Problems, Is.Empty);
        return ProgramOptions.Run(line.Values);
    }

    private static string Problem(params string[] args) => Read(args).Problems.Single().ToString();

    [TestCase("--output=json", "Add --target=Verify or --target=Status or --target=Plan, or leave it out.")]
    [TestCase("--output=junit", "Add --target=Verify, or leave it out.")]
    [TestCase("--smoke", "Add --target=Verify or --target=SmokeRun, or leave it out.")]
    [TestCase("--skip-smoke", "Add --target=AddDataPlane or --target=RotateCredentials or --target=UpgradeFleet, or leave it out.")]
    [TestCase("--batch=2", "Add --target=UpgradeFleet, or leave it out.")]
    [TestCase("--accept-version-skew", "Add --target=UpgradeFleet, or leave it out.")]
    [TestCase("--to=4", "Add --target=Rollback, or leave it out.")]
    [TestCase("--all", "Add --target=Test or --target=Rollback, or leave it out.")]
    public void An_option_of_one_target_goes_with_no_other(string option, string remedy) =>
        Assert.That(Problem(option, "--target=SandboxUp"), Does.EndWith(remedy));

    [TestCase("--to=4", "checkrollback")]
    [TestCase("--all", "RollBackReleases")]
    [TestCase("--batch=2", "UpgradeDataPlaneCharts")]
    public void The_steps_of_a_target_take_its_options(string option, string target) =>
        Assert.That(CommandLine.Read([option, $"--target={target}"], ProgramOptions.All, Targets.Names).Problems, Is.Empty);

    [TestCase("--plan", "--fleet=f", "--plan|--fleet=f")]
    [TestCase("--plan", "true", "--plan true")]
    [TestCase("--output", "json", "--output json")]
    [TestCase("-t", "Plan", "-t Plan")]
    [TestCase("--plan", "--output=json", "--plan|--output=json")]
    public void It_can_be_taken_apart_into_options_with_their_values(string first, string second, string words) =>
        Assert.That(string.Join('|', CommandLine.Words([first, second], ProgramOptions.All).Select(one => string.Join(' ', one.Words))), Is.EqualTo(words));

    [Test]
    public void Output_as_text_goes_with_every_target() => Assert.That(Read("--output=text", "--target=AddDataPlane").Problems, Is.Empty);

    [Test]
    public void With_an_unknown_target_its_options_are_not_refused_too() =>
        Assert.That(Problem("--output=json", "--target=Verfy"), Does.StartWith("--target: "));

    [Test]
    public void A_working_folder_that_is_not_there_is_refused() =>
        Assert.That(Problem("--working=/nope"), Is.EqualTo("--working: '/nope' is not an existing folder. Write --working=PATH."));

    [Test]
    public void Standard_output_holds_one_document() =>
        Assert.That(
            Read("--output=json", "--report=-").Problems.Select(problem => problem.ToString()),
            Has.One.StartsWith("--report: Standard output already carries the document of --output.")
        );

    [Test]
    public void An_empty_command_line_gives_the_defaults() => Assert.That(Options(), Is.EqualTo(new RunOptions()));

    [Test]
    public void Every_option_reaches_its_property()
    {
        var options = Options(
            "--fleet=f.yaml",
            "--cluster=a,b",
            "--kubeconfig=k",
            "--parallelism=3",
            "--timeout=90s",
            "--plan",
            "--expect=SHA256:0123456789ABCDEF",
            "--detailed-exitcode",
            "--report=r.json",
            "--recover",
            "--accept-value-loss",
            "--accept-crd-deletion",
            "--force-conflicts",
            "--dataplanes=4",
            "--latency=80",
            "--sandbox=s",
            "--dryrun"
        );

        Assert.That(options.Clusters, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(
            options,
            Is.EqualTo(
                new RunOptions
                {
                    Fleet = "f.yaml",
                    Clusters = options.Clusters,
                    Kubeconfig = "k",
                    Parallelism = 3,
                    Timeout = TimeSpan.FromSeconds(90),
                    Plan = true,
                    Expect = "sha256:0123456789abcdef",
                    DetailedExitCode = true,
                    Report = "r.json",
                    Recover = true,
                    AcceptValueLoss = true,
                    AcceptCrdDeletion = true,
                    ForceConflicts = true,
                    SandboxDataPlanes = 4,
                    SandboxLatency = TimeSpan.FromMilliseconds(80),
                    Sandbox = "s",
                    DryRun = true,
                }
            )
        );
    }

    [TestCase("--accept-value-loss", true, "")]
    [TestCase("--accept-value-loss=true", true, "")]
    [TestCase("--accept-value-loss=false", false, "")]
    [TestCase("--accept-value-loss=a.b,c", true, "a.b c")]
    public void A_loss_of_values_is_accepted_as_a_whole_or_by_paths(string argument, bool accepts, string paths) =>
        Assert.That((Options(argument).AcceptValueLoss, string.Join(' ', Options(argument).AcceptedValues)), Is.EqualTo((accepts, paths)));

    [TestCase("--accept-value-loss", "x", true)]
    [TestCase("--accept-value-loss=a.b", "a.b", true)]
    [TestCase("--accept-value-loss=a.b", "a.b.c", true)]
    [TestCase("--accept-value-loss=a.b", "a.bc", false)]
    [TestCase("--accept-value-loss=a.b", "a", false)]
    [TestCase("--plan", "a", false)]
    public void A_path_accepts_what_it_names_and_what_is_in_it(string argument, string path, bool accepts) =>
        Assert.That(Options(argument).Accepts(path), Is.EqualTo(accepts));

    [Test]
    public void An_empty_path_of_an_accepted_value_is_refused() => Assert.That(Problem("--accept-value-loss=a,,b"), Does.StartWith("--accept-value-loss"));

    [TestCase("--fleet=a.yaml")]
    [TestCase("--fleet", "a.yaml")]
    [TestCase("--FLEET=a.yaml")]
    [TestCase("--fleet=b.yaml", "--fleet", "a.yaml")]
    public void A_value_may_follow_an_equals_sign_or_a_space_and_the_last_one_counts(params string[] args) =>
        Assert.That(Options(args).Fleet, Is.EqualTo("a.yaml"));

    [TestCase(true, "--plan")]
    [TestCase(true, "--plan=true")]
    [TestCase(true, "--plan", "true")]
    [TestCase(true, "--plan", "--recover")]
    [TestCase(true, "--plan=false", "--plan")]
    [TestCase(false, "--plan=false")]
    [TestCase(false, "--plan=False")]
    [TestCase(false, "--plan", "false")]
    [TestCase(false, "--plan", "--plan=false")]
    public void A_flag_is_true_unless_it_says_false(bool expected, params string[] args) => Assert.That(Options(args).Plan, Is.EqualTo(expected));

    [Test]
    public void A_value_may_hold_equals_signs() => Assert.That(Options("--fleet=a=b.yaml").Fleet, Is.EqualTo("a=b.yaml"));

    [TestCase("--fleet=")]
    [TestCase("--fleet=  ")]
    [TestCase("--fleet")]
    [TestCase("--fleet", "")]
    [TestCase("--fleet", "--plan")]
    [TestCase("--plan=")]
    [TestCase("--target=")]
    [TestCase("-t")]
    public void A_missing_or_empty_value_is_refused(params string[] args) => Assert.That(Problem(args), Does.Contain("It needs a value."));

    [TestCase("--fleett=x", "--fleet")]
    [TestCase("--feet", "--fleet")]
    [TestCase("--lfeet", "--fleet")]
    [TestCase("--parallel=3", "--parallelism")]
    [TestCase("--targett=AddDataPlane", "--target")]
    [TestCase("-fleet=x", "--fleet")]
    [TestCase("--t=AddDataPlane", "-t")]
    [TestCase("--detailed-exit-code", "--detailed-exitcode")]
    public void An_unknown_option_is_refused_with_the_nearest(string argument, string nearest) =>
        Assert.That(Problem(argument), Does.Contain("Unknown option.").And.EndWith($"Did you mean {nearest}?"));

    [TestCase("--frobnicate")]
    [TestCase("-x")]
    public void An_unknown_option_that_is_near_to_none_points_to_the_help(string argument) =>
        Assert.That(Problem(argument), Does.EndWith("See ./build.sh --help."));

    [Test]
    public void An_unknown_option_takes_its_value_along() => Assert.That(Problem("--fleett", "x.yaml"), Does.StartWith("--fleett: "));

    [TestCase("AddDataplan", "AddDataPlane")]
    [TestCase("sandbox", "SandboxUp")]
    public void An_unknown_target_is_refused_with_the_nearest(string target, string nearest) =>
        Assert.That(Problem("--target", target), Is.EqualTo($"--target: There is no target '{target}'. Did you mean {nearest}?"));

    [TestCase("adddataplane")]
    [TestCase("ADDDATAPLANE")]
    public void A_target_compares_without_regard_to_case(string target) => Assert.That(Read($"--target={target}").Problems, Is.Empty);

    [Test]
    public void A_bare_word_that_is_a_target_is_refused_with_how_to_write_it() =>
        Assert.That(Problem("AddDataPlane"), Is.EqualTo("AddDataPlane: It is not an option. Did you mean --target=AddDataPlane?"));

    [TestCase("--")]
    [TestCase("-")]
    [TestCase("")]
    public void A_word_without_a_name_is_refused(string word) => Assert.That(Problem(word), Does.Contain("It is not an option."));

    [TestCase("--parallelism=0")]
    [TestCase("--parallelism=-1")]
    [TestCase("--parallelism", "-1")]
    [TestCase("--parallelism=many")]
    [TestCase("--parallelism=1.5")]
    [TestCase("--parallelism=99999999999")]
    [TestCase("--dataplanes=0")]
    [TestCase("--latency=-5")]
    [TestCase("--latency=80ms")]
    [TestCase("--timeout=10")]
    [TestCase("--cluster=a,,b")]
    [TestCase("--plan=yes")]
    [TestCase("--verbosity=loud")]
    public void A_wrong_value_is_refused(params string[] args) => Assert.That(Problem(args), Does.Contain(" is not "));

    [Test]
    public void A_wrong_word_is_refused_with_the_nearest() => Assert.That(Problem("-v", "norml"), Does.EndWith("Did you mean Normal?"));

    [Test]
    public void All_problems_are_reported_at_once_in_order() =>
        Assert.That(
            Read("--fleett=x", "--parallelism=0", "--target=Nothing", "word").Problems.Select(static problem => problem.Place),
            Is.EqualTo(new[] { "--fleett", "--parallelism", "--target", "word" })
        );

    [TestCase("abc")]
    [TestCase("0123456789abcdef")]
    [TestCase("sha256:0123456789abcde")]
    [TestCase("sha256:0123456789abcdeg")]
    [TestCase("sha256:0123456789abcdef0")]
    public void What_is_no_digest_is_refused(string text) =>
        Assert.That(Problem($"--expect={text}"), Does.StartWith($"--expect: '{text}' is not the digest that a plan ends with"));

    [Test]
    public void The_target_Plan_plans_and_takes_what_AddDataPlane_takes() =>
        Assert.That(
            Options("--target=plan", "--detailed-exitcode", "--output=json", "--skip-smoke", "--prune-labels"),
            Is.EqualTo(
                new RunOptions
                {
                    Plan = true,
                    DetailedExitCode = true,
                    Output = OutputFormat.Json,
                    SkipSmoke = true,
                    PruneLabels = true,
                }
            )
        );

    [Test]
    public void A_plan_of_any_target_can_be_a_document() => Assert.That(Read("--target=SandboxUp", "--plan", "--output=json").Problems, Is.Empty);

    [Test]
    public void A_plan_is_no_JUnit_document() => Assert.That(Problem("--target=Plan", "--output=junit"), Does.Contain("--target=Verify"));

    [Test]
    public void A_detailed_exit_code_goes_with_a_plan_only() => Assert.That(Problem("--detailed-exitcode"), Does.Contain("--plan"));

    [Test]
    public void A_cluster_named_twice_counts_once() => Assert.That(Options("--cluster=a, b,a").Clusters, Is.EqualTo(new[] { "a", "b" }));

    [Test]
    public void The_host_gets_Cake_s_own_options_each_written_one_way()
    {
        var line = Read("-t", "AddDataPlane", "--Target=SandboxUp", "-e", "--noop", "-v=q", "--fleet=x", "-w", "/", "--tree=false");

        Assert.That(
            CakeOptions.ToHost(line.Values),
            Is.EqualTo(new[] { "--target=AddDataPlane", "--target=SandboxUp", "--verbosity=q", "--working=/", "--exclusive", "--dryrun" })
        );
    }

    [Test]
    public void No_name_belongs_to_two_options() => Assert.That(ProgramOptions.All.SelectMany(static option => option.Aliases.Append(option.Name)), Is.Unique);

    [Test]
    public void Help_lists_every_option_with_its_default()
    {
        var help = HelpText.For(ProgramOptions.All);

        Assert.Multiple(() =>
        {
            foreach (var option in ProgramOptions.All)
                Assert.That(help, Does.Contain($"--{option.Name}").And.Contain(option.Help).And.Contain(option.DefaultText ?? string.Empty));
        });
    }

    [Test]
    public void Help_names_the_targets_that_an_option_is_for_and_its_examples()
    {
        var option = new Option<int>("own", ValueKinds.Count(1, 9), "Its own.", 5)
        {
            Targets = [typeof(AddDataPlane), typeof(InstallTools)],
            Examples = ["./build.sh --target=Verify --own=7"],
        };

        var help = HelpText.For([option]);

        Assert.That(help, Does.Contain("AddDataPlane, InstallTools: Its own. [5]").And.EndsWith("  ./build.sh --target=Verify --own=7\n"));
    }

    [Test]
    public void A_target_s_own_option_is_read_by_its_object()
    {
        var own = new Option<int>("own", ValueKinds.Count(1, 9), "Its own.", 5);
        var line = CommandLine.Read(["--own=7"], [.. ProgramOptions.All, own], TargetNames);

        Assert.That((line.Problems.Count, line.Values.Get(own), line.Values.Has(own)), Is.EqualTo((0, 7, true)));
    }
}
