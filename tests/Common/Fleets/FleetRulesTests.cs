using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.Fleets.FleetText;

namespace Flyte.MultiCluster.Tests.Common.Fleets;

[TestFixture]
public sealed class FleetRulesTests
{
    [TestCase(Endpoint, Endpoint + "\n  insecur: true", "4:3", "insecur", "Did you mean 'insecure'?")]
    [TestCase("defaultLabel", "default_label", "12:1", "default_label", "Did you mean 'defaultLabel'?")]
    [TestCase("context: dataplane1", "context: dataplane1, colour: x", "7:46", "colour", "Known here: name, context")]
    [TestCase("weight: 1}]\n  label2", "weight: 1, wieght: 1}]\n  label2", "10:41", "wieght", "Did you mean 'weight'?")]
    [TestCase("version: v1.16.8", "version: v1.16.8, url: x", "3:0", "url", "Known here")]
    public void An_unknown_key_is_reported_with_the_nearest(string part, string replacement, string place, string key, string remedy)
    {
        var problems = ProblemsOf(With(part, replacement));
        Assert.That(problems, Has.Count.EqualTo(1));
        Assert.That(problems[0], Does.Contain($"'{key}'").And.Contain(remedy));
        Assert.That(place == "3:0" || problems[0].StartsWith(place, StringComparison.Ordinal), problems[0]);
    }

    [TestCase("context: dataplane1}", "context: dataplane1, enabled: \"yes\"}", "7:55", "'enabled' must be true or false, not a string", "without quotes")]
    [TestCase("context: dataplane1}", "context: dataplane1, enabled: yes}", "7:55", "a string in YAML 1.2", "Write true.")]
    [TestCase("context: dataplane1}", "context: dataplane1, values: a.yaml}", "7:54", "'values' must be a list, not a string", "[a.yaml]")]
    [TestCase("context: dataplane1}", "context: 12}", "7:34", "must be a string, not a number", "\"12\"")]
    [TestCase("context: dataplane1}", "context: on}", "7:34", "must be a string, not true or false", "\"on\"")]
    [TestCase("context: dataplane1}", "context: [x]}", "7:34", "must be a string, not a list", "single value")]
    [TestCase("context: dataplane1}", "context: ''}", "7:34", "an empty string", "Write a single-line value")]
    [TestCase("context: dataplane1}", "context: \"a\\nb\"}", "7:34", "control characters", "single-line")]
    [TestCase("context: dataplane1}", "context: !!int x}", "7:34", "!!int does not fit", "without a tag")]
    [TestCase("weight: 1}]\n  label2", "weight: '1'}]\n  label2", "10:38", "'weight' must be a number, not a string", "without quotes")]
    [TestCase(First, "  - dataplane_1", "7:5", "must be a mapping, not a string", "key: value")]
    [TestCase(Default, "defaultLabel: [a]", "12:15", "must be a string, not a list", "single value")]
    [TestCase(Default, "executionLabels: {}", "12:18", "must be a list, not a mapping", "- ")]
    [TestCase(Default, "cloud: aws", "12:8", "cloud must be a mapping, not a string", "key: value")]
    [TestCase(Default, "sandbox: 1", "12:10", "must be true or false, not a number", "true or false")]
    [TestCase(Default, "1: x", "12:1", "must be a string, not a number", "quotes")]
    [TestCase(Default, "? [a]\n: 1", "12:3", "must be a string, not a list", "single value")]
    [TestCase(Default, "<<: x", "12:5", "merge key", "anchor")]
    public void A_wrong_type_is_reported_with_the_one_that_is_due(string part, string replacement, string place, string what, string remedy)
    {
        var problems = ProblemsOf(With(part, replacement));
        Assert.That(problems, Has.Some.StartsWith($"{place} ").And.Some.Contains(what).And.Some.Contains(remedy), string.Join('\n', problems));
    }

    [TestCase(Endpoint, "  insecure: false", "2:3", "no 'endpoint'")]
    [TestCase(Endpoint, "  endpoint:", "3:3", "'endpoint' is empty")]
    [TestCase(Control, "  release: flyte\n", "5:3", "no 'context'")]
    [TestCase("name: dataplane_1, ", "", "7:5", "no 'name'")]
    [TestCase("{id: dataplane_1, weight: 1}", "{id: dataplane_1}", "10:12", "no 'weight'")]
    [TestCase(Chart, "  chart: null", "2:3", "'chart' is empty")]
    [TestCase(Chart, "  chart: {name: flyte-core}", "2:10", "neither a repository nor a path")]
    [TestCase(Chart, "  chart: {repository: https://x.example}", "2:10", "not pinned")]
    public void A_missing_key_is_reported(string part, string replacement, string place, string what)
    {
        var problems = ProblemsOf(With(part, replacement));
        Assert.That(problems, Has.Some.StartsWith($"{place} ").And.Some.Contains(what), string.Join('\n', problems));
    }

    [TestCase("flyte")]
    [TestCase("controlPlane")]
    [TestCase("dataPlanes")]
    [TestCase("labels")]
    public void A_missing_section_is_reported(string section)
    {
        var problems = ProblemsOf(Valid.Replace($"{section}:", $"x-{section}:", StringComparison.Ordinal));
        Assert.That(problems, Has.One.StartsWith("1:1 ").And.One.Contains($"no '{section}'"), string.Join('\n', problems));
    }

    [Test]
    public void A_duplicate_key_is_reported_with_the_first_ones_line() =>
        HasOne(With(Default, "defaultLabel: label1\ndefaultLabel: label2"), "13:1", "appears twice", "line 12");

    [TestCase("name: dataplane_2", "name: dataplane_1", "8:12", "already used by another data plane")]
    [TestCase("name: dataplane_2", "name: controlplane", "8:12", "already used by the control plane")]
    [TestCase("context: dataplane2", "context: dataplane1", "8:34", "already used by data plane 'dataplane_1'")]
    [TestCase("context: dataplane2", "context: controlplane", "8:34", "already used by the control plane")]
    [TestCase("name: dataplane_2", "name: dataplane-1", "8:12", "the same Secret name")]
    [TestCase("name: dataplane_2", "name: DataPlane_1", "8:12", "the same Secret name")]
    [TestCase("name: dataplane_2", "name: data/plane", "8:12", "does not make a valid Secret key")]
    [TestCase("name: dataplane_2", "name: dätaplane", "8:12", "does not make a valid Secret key")]
    [TestCase("name: dataplane_2", "name: _dataplane", "8:12", "begin and end")]
    [TestCase("name: dataplane_2", "name: a.-b", "8:12", "does not make a valid Secret name")]
    [TestCase("name: dataplane_2", "name: a..b", "8:12", "does not make a valid Secret name")]
    [TestCase("name: dataplane_2", "name: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg", "8:12", "64 characters")]
    public void A_name_or_context_that_does_not_serve_is_reported(string part, string replacement, string place, string what)
    {
        var problems = ProblemsOf(With(part, replacement));
        Assert.That(problems[0], Does.StartWith($"{place} ").And.Contain(what), string.Join('\n', problems));
    }

    [TestCase("flyte.example.com:443")]
    [TestCase("flyte.example.com")]
    [TestCase("localhost:30080")]
    [TestCase("dns:///10.0.0.1:443")]
    [TestCase("dns:///[::1]:443")]
    [TestCase("dns:///flyte")]
    [TestCase("dns://8.8.8.8/flyte.example.com:443")]
    public void An_endpoint_that_flyte_parses_is_taken(string endpoint) =>
        Assert.That(ProblemsOf(With("dns:///flyte.example.com:443", $"'{endpoint}'")), Is.Empty);

    [TestCase("10.0.0.1:443", "dns:///10.0.0.1:443")]
    [TestCase("[::1]:443", "dns:///[::1]:443")]
    [TestCase("1.flyte.example.com:443", "dns:///1.flyte.example.com:443")]
    [TestCase("https://flyte.example.com", "dns:///flyte.example.com:443")]
    [TestCase("http://flyte.example.com", "dns:///flyte.example.com:80")]
    [TestCase("https://flyte.example.com:81/x", "dns:///flyte.example.com:81")]
    [TestCase("grpc://flyte.example.com:81", "dns:///flyte.example.com:81")]
    [TestCase("dns://flyte.example.com:443", "dns:///flyte.example.com:443")]
    [TestCase("dns:flyte.example.com:443", "dns:///flyte.example.com:443")]
    [TestCase("dns:/flyte.example.com:443", "dns:///flyte.example.com:443")]
    [TestCase("dns:///flyte.example.com:443/x", "host:port")]
    [TestCase("dns:///flyte.example.com:0", "host:port")]
    [TestCase("dns:///flyte.example.com:66000", "host:port")]
    [TestCase("flyte.example.com:port", "host:port")]
    [TestCase("dns:///fly te:443", "host:port")]
    [TestCase("dns:///1.2.3:443", "host:port")]
    [TestCase("dns:///", "host:port")]
    public void An_endpoint_that_flyte_does_not_parse_is_reported_with_what_to_write(string endpoint, string remedy) =>
        HasOne(With("dns:///flyte.example.com:443", $"'{endpoint}'"), "3:13", remedy);

    [TestCase("https://10.0.0.1:6443")]
    [TestCase("https://10.0.0.1:6443/")]
    [TestCase("https://rancher.example.com/k8s/clusters/c-m-x1")]
    [TestCase("https://[2001:db8::1]:6443/a%20b/")]
    public void An_api_server_may_stand_behind_a_path(string endpoint) =>
        Assert.That(ProblemsOf(With("context: dataplane1}", $"context: dataplane1, endpoint: '{endpoint}'}}")), Is.Empty);

    [TestCase("http://10.0.0.1:6443", "must be https")]
    [TestCase("10.0.0.1:6443", "Write https://10.0.0.1:6443.")]
    [TestCase("https://10.0.0.1:6443/k8s?a=b", "a query or a fragment")]
    [TestCase("https://10.0.0.1:6443/k8s#a", "Write https://10.0.0.1:6443/k8s.")]
    [TestCase("https://10.0.0.1:6443/k8s/my cluster", "a path that is not valid in a URL")]
    [TestCase("https://:6443/k8s", "neither a DNS name")]
    [TestCase("https://10.0.0.1:6443?x=1", "a query")]
    [TestCase("https://me:secret@10.0.0.1:6443", "user name")]
    [TestCase("https://:6443", "neither a DNS name")]
    [TestCase("https://a:b", "port")]
    public void An_api_servers_endpoint_that_does_not_serve_is_reported(string endpoint, string what)
    {
        HasOne(With("context: dataplane1}", $"context: dataplane1, endpoint: '{endpoint}'}}"), "7:56", what);
        Assert.That(string.Concat(ProblemsOf(With("context: dataplane1}", $"context: dataplane1, endpoint: '{endpoint}'}}"))), Does.Not.Contain("secret"));
    }

    [TestCase("datacatalog:89", null)]
    [TestCase("10.0.0.1:89", null)]
    [TestCase("dns:///datacatalog:89", null)]
    [TestCase("datacatalog", "no port")]
    [TestCase("https://datacatalog:89", "not a URL")]
    [TestCase("datacatalog:x", "port")]
    public void The_catalogs_endpoint_is_a_host_and_a_port(string endpoint, string? what) =>
        Assert.That(
            string.Concat(ProblemsOf(With(Endpoint, $"{Endpoint}\n  catalog: {{endpoint: '{endpoint}'}}"))),
            what is null ? Is.Empty : Does.StartWith("4:23 ").And.Contain(what)
        );

    [TestCase("latest")]
    [TestCase("^1")]
    [TestCase("~1.16.0")]
    [TestCase("1.x")]
    [TestCase(">=1.16.8")]
    [TestCase("v1.16")]
    [TestCase("1.16.8 || 1.16.9")]
    [TestCase("*")]
    [TestCase("v1.16.08")]
    [TestCase("v1.16.8-")]
    public void A_version_that_is_not_exact_is_reported(string version) =>
        HasOne(With("version: v1.16.8", $"version: '{version}'"), "2:66", "not an exact version", "v1.16.8");

    [TestCase("1.16.8")]
    [TestCase("v1.16.8-b1")]
    [TestCase("1.0.0-rc.1+build.5")]
    public void An_exact_version_is_taken(string version) => Assert.That(ProblemsOf(With("version: v1.16.8", $"version: {version}")), Is.Empty);

    [TestCase("{repository: 'https://x.example', version: 1.2.3, path: ./c}", "both a repository and a path")]
    [TestCase("{path: ./missing}", "no chart at the path")]
    [TestCase("{path: ./folder}", "no Chart.yaml")]
    [TestCase("{path: ./folder/file}", "neither a folder nor a .tgz")]
    [TestCase("{path: ./c, version: 1.2.3}", "its version in Chart.yaml")]
    [TestCase("{repository: flyteorg/flyte, version: 1.2.3}", "not an https, http or oci address")]
    [TestCase("{repository: 'ftp://x.example', version: 1.2.3}", "not an https, http or oci address")]
    [TestCase("{repository: 'https://me:secret@x.example', version: 1.2.3}", "user name")]
    [TestCase("{repository: 'https://x.example', name: flyte/core, version: 1.2.3}", "not a chart name")]
    public void A_chart_that_does_not_serve_is_reported(string chart, string what)
    {
        var problems = ProblemsOf(With(Chart, $"  chart: {chart}"), ("c/Chart.yaml", ""), ("folder/file", ""));
        Assert.That(problems, Has.Count.EqualTo(1), string.Join('\n', problems));
        Assert.That(problems[0], Does.StartWith("2:").And.Contain(what).And.Not.Contain("secret"));
    }

    [TestCase("namespace: Flyte", "not a namespace name")]
    [TestCase("namespace: a.b", "not a namespace name")]
    [TestCase("values: [missing.yaml]", "'missing.yaml' does not exist")]
    [TestCase("values: [.]", "is a directory")]
    [TestCase("values: [list.yaml]", "list.yaml:2:1")]
    [TestCase("values: [broken.yaml]", "broken.yaml:2:")]
    [TestCase("values: [binary.yaml]", "is binary")]
    public void What_the_planes_share_is_checked(string line, string what)
    {
        var problems = ProblemsOf(
            With(Endpoint, $"{Endpoint}\n  {line}"),
            ("list.yaml", "# x\n- SECRET\n"),
            ("broken.yaml", "a: 1\nb: SECRET: SECRET\n"),
            ("binary.yaml", "a: \0")
        );
        Assert.That(problems, Has.Count.EqualTo(1), string.Join('\n', problems));
        Assert.That(problems[0], Does.StartWith("4:").And.Contain(what).And.Not.Contain("SECRET"));
    }

    [Test]
    public void Each_missing_values_file_is_reported() =>
        Assert.That(
            ProblemsOf(With("context: dataplane1}", "context: dataplane1, values: [a.yaml, b.yaml]}")),
            Has.Count.EqualTo(2).And.Some.StartsWith("7:55 ").And.Some.StartsWith("7:63 ")
        );

    [TestCase("flyte_core")]
    [TestCase("Flyte")]
    [TestCase("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffff")]
    public void A_release_name_that_helm_refuses_is_reported(string release) =>
        HasOne(With(Control, $"{Control}  release: {release}\n"), "6:12", "not a Helm release name");

    [TestCase("Label1: [{id: dataplane_1, weight: 1}]", "10:3", "Write label1")]
    [TestCase("label.1: [{id: dataplane_1, weight: 1}]", "10:3", "is not a label")]
    [TestCase("_label: [{id: dataplane_1, weight: 1}]", "10:3", "is not a label")]
    [TestCase("label1: [{id: dataplane_1, weight: 0.9}]", "10:3", "sum to 0.9, not to 1")]
    [TestCase("label1: [{id: dataplane_1, weight: 0.5}, {id: dataplane_2, weight: 0.6}]", "10:3", "sum to 1.1")]
    [TestCase("label1: [{id: dataplane_1, weight: 1.5}]", "10:38", "not from 0 to 1")]
    [TestCase("label1: [{id: dataplane_1, weight: -1}]", "10:38", "not from 0 to 1")]
    [TestCase("label1: [{id: dataplane_1, weight: .nan}]", "10:38", "not from 0 to 1")]
    [TestCase("label1: [{id: dataplane_1, weight: .inf}]", "10:38", "not from 0 to 1")]
    [TestCase("label1: []", "10:3", "has no cluster")]
    [TestCase("label1:", "10:3", "has no cluster")]
    [TestCase("label1: [{id: dataplane_1, weight: 0.5}, {id: dataplane_1, weight: 0.5}]", "10:49", "twice")]
    [TestCase("label1: [{id: dataplan_1, weight: 1}]", "10:17", "Did you mean 'dataplane_1'?")]
    [TestCase("label1: [{id: controlplane, weight: 1}]", "10:17", "runs no workflows")]
    [TestCase("label1: {dataplane_1: 1}", "10:11", "must be a list")]
    public void A_label_that_does_not_serve_is_reported(string label, string place, string what) => HasOne(With(Label1, $"  {label}"), place, what);

    [TestCase("label1: [{id: dataplane_1, weight: 0.1}, {id: dataplane_2, weight: 0.9}]")]
    [TestCase("label1: [{id: dataplane_1, weight: 0}, {id: dataplane_2, weight: 1}]")]
    [TestCase("1-label_x: [{id: dataplane_1, weight: 1.0}]")]
    public void A_label_that_serves_is_taken(string label) => Assert.That(ProblemsOf(With(Label1, $"  {label}")), Is.Empty);

    [Test]
    public void A_label_of_a_disabled_cluster_is_reported() =>
        HasOne(With("context: dataplane1}", "context: dataplane1, enabled: false}"), "10:17", "which is disabled");

    [Test]
    public void The_control_plane_may_stand_in_a_label_where_it_runs_workflows() =>
        Assert.That(
            ProblemsOf(
                With(Control, $"{Control}  name: central\n  runsWorkflows: true\n").Replace("{id: dataplane_1,", "{id: central,", StringComparison.Ordinal)
            ),
            Is.Empty
        );

    [Test]
    public void No_label_at_all_is_reported_because_the_credentials_would_not_be_mounted() =>
        HasOne(With($"labels:\n{Label1}\n{Label2}", "labels: {}"), "9:9", "no label", "credentials");

    [Test]
    public void No_data_plane_at_all_is_reported() =>
        Assert.That(
            ProblemsOf(With($"dataPlanes:\n{First}\n{Second}", "dataPlanes: []")),
            Is.EqualTo(["6:13 There is no data plane. Add one: dataPlanes: [{name: dataplane_1, context: CONTEXT}]."])
        );

    [Test]
    public void A_default_label_that_does_not_exist_is_reported_with_the_nearest() =>
        HasOne(With(Default, "defaultLabel: lable1"), "12:15", "Did you mean 'label1'?");

    [Test]
    public void An_unknown_cloud_provider_is_reported() => HasOne(With(Default, "cloud: {provider: azure}"), "12:19", "no cloud provider 'azure'");
}
