using Flyte.MultiCluster.Sandbox.Hosting;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Hosting;

[TestFixture]
internal sealed class StateFolderTests
{
    private string _parent = null!;
    private string _path = null!;

    [SetUp]
    public void MakeParent()
    {
        _parent = Directory.CreateTempSubdirectory("fmc-").FullName;
        _path = Path.Combine(_parent, "state");
    }

    [TearDown]
    public void RemoveParent() => Directory.Delete(_parent, recursive: true);

    [Test, Platform(Exclude = "Win")]
    public void The_folder_and_its_files_are_the_users_alone()
    {
        using var folder = StateFolder.Take(_path)!;
        folder.Write("kubeconfig", "x");
        folder.Log("a line");

#pragma warning disable CA1416
        Assert.That(File.GetUnixFileMode(_path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Assert.That(Directory.GetFiles(_path).Select(File.GetUnixFileMode), Is.All.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
#pragma warning restore CA1416
        Assert.That(Directory.GetFiles(_path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "kubeconfig", "lock", "log" }));
    }

    [Test]
    public void A_folder_has_one_holder_at_a_time()
    {
        using (StateFolder.Take(_path))
        {
            Assert.That(StateFolder.Take(_path), Is.Null);
        }

        using var next = StateFolder.Take(_path);
        Assert.That(next, Is.Not.Null);
    }

    [Test]
    public void What_a_dead_process_left_is_taken_over()
    {
        Directory.CreateDirectory(_path);
        foreach (var name in new[] { "lock", "sandbox.json", "control.sock", "sandbox.json.new", "log" })
        {
            File.WriteAllText(Path.Combine(_path, name), "old");
        }

        using var folder = StateFolder.Take(_path)!;
        folder.Write("sandbox.json", "new");

        Assert.That(File.Exists(folder.In("control.sock")), Is.False);
        Assert.That(File.ReadAllText(folder.In("sandbox.json")), Is.EqualTo("new"));
        Assert.That(File.ReadAllText(folder.In("log")), Does.StartWith("old"));
    }

    [Test]
    public void A_folder_with_something_else_in_it_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(_path);
        File.WriteAllText(Path.Combine(_path, "thesis.txt"), "x");

        Assert.That(() => StateFolder.Take(_path), Throws.InstanceOf<IOException>().With.Message.Contains("thesis.txt"));
        Assert.That(Directory.GetFiles(_path), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_link_to_a_folder_is_refused()
    {
        Directory.CreateDirectory(_path);
        var link = Path.Combine(_parent, "link");
        File.CreateSymbolicLink(link, _path);

        Assert.That(() => StateFolder.Take(link), Throws.InstanceOf<IOException>().With.Message.Contains("symbolic link"));
        Assert.That(() => StateFolder.Take(link + "/"), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void The_socket_is_in_the_folder_unless_its_path_is_too_long_for_one()
    {
        using var near = StateFolder.Take(_path)!;
        using var far = StateFolder.Take(Path.Combine(_parent, new string('x', 100)))!;
        var elsewhere = far.SocketPath();

        Assert.That(near.SocketPath(), Is.EqualTo(near.In("control.sock")));
        Assert.That(elsewhere, Has.Length.LessThan(100));
        far.Dispose();
        Assert.That(Directory.Exists(Path.GetDirectoryName(elsewhere)), Is.False);
    }

    [Test]
    public void What_says_that_a_process_lives_goes_with_it()
    {
        using (var folder = StateFolder.Take(_path)!)
        {
            folder.Write("sandbox.json", "{}");
            folder.Write("kubeconfig", "x");
        }

        Assert.That(File.Exists(Path.Combine(_path, "sandbox.json")), Is.False);
        Assert.That(File.Exists(Path.Combine(_path, "kubeconfig")), Is.True);
    }
}
