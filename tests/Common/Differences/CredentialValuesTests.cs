using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Differences;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Differences;

/// <summary>Values that are written to files.</summary>
internal sealed class CredentialValuesTests
{
    [TestCase("""{"a": {"dbPassword": "x1", "host": "h"} }""", """{"a":{"host":"h"}}""", "a.dbPassword")]
    [TestCase("""{"a": {"clientSecret": "x1"} }""", "{}", "a.clientSecret")]
    [TestCase("""{"env": [{"name": "DB_PASSWORD", "value": "x1"}], "b": 1}""", """{"b":1}""", "env")]
    [TestCase("""{"config": "user: me\npassword: x1\n", "b": 1}""", """{"b":1}""", "config")]
    public void A_credential_is_left_out_and_named_by_its_path(string values, string kept, string path)
    {
        var found = CredentialValues.LeaveOut((JsonObject)JsonNode.Parse(values)!);

        Assert.That((found.Values.ToJsonString(), found.LeftOut.Single()), Is.EqualTo((kept, path)));
    }

    [TestCase("""{"passwordPath":"/etc/db","tokenPath":"/var/run/credentials/a","secretName":"s","enabled":true,"none":null,"map":{},"list":[]}""")]
    public void What_is_no_credential_stays_as_it_is(string values)
    {
        var found = CredentialValues.LeaveOut((JsonObject)JsonNode.Parse(values)!);

        Assert.That((found.Values.ToJsonString(), found.LeftOut.Count), Is.EqualTo((values, 0)));
    }
}
