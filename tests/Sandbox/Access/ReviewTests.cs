using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Store;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Access;

[TestFixture]
internal sealed class ReviewTests
{
    private static readonly UserInfo Jane = Users.Named("jane", "7", ["dev"]);

    private AccessTestBed _cluster = null!;

    [SetUp]
    public void MakeCluster()
    {
        _cluster = new AccessTestBed();
        DefaultRoles.Seed(_cluster.Store);
        _cluster.AddBinding("flyte", "b", "ClusterRole", "view", """[{"kind":"User","name":"jane"}]""");
    }

    [TearDown]
    public void DropCluster() => _cluster.Dispose();

    [Test]
    public void A_self_subject_review_says_who_asks()
    {
        var review = Review("SelfSubjectReview", "{}");

        Assert.That(review["status"]!.ToJsonString(), Is.EqualTo("""{"userInfo":{"username":"jane","uid":"7","groups":["dev","system:authenticated"]}}"""));
        Assert.That((string?)review["apiVersion"], Is.EqualTo("authentication.k8s.io/v1"));
    }

    [TestCase("get", "pods", true)]
    [TestCase("create", "pods", false)]
    public void A_self_subject_access_review_decides(string verb, string resource, bool allowed)
    {
        var review = Review(
            "SelfSubjectAccessReview",
            $$"""{"spec":{"resourceAttributes":{"namespace":"flyte","verb":"{{verb}}","resource":"{{resource}}"} } }"""
        );

        Assert.That((bool)review["status"]!["allowed"]!, Is.EqualTo(allowed));
        Assert.That((string?)review["spec"]!["resourceAttributes"]!["verb"], Is.EqualTo(verb));
    }

    [TestCase("SelfSubjectAccessReview", "{}")]
    [TestCase("SelfSubjectAccessReview", """{"spec":{"resourceAttributes":{},"nonResourceAttributes":{}}}""")]
    [TestCase("SubjectAccessReview", """{"spec":{"resourceAttributes":{}}}""")]
    public void A_review_that_asks_nothing_is_invalid(string kind, string body)
    {
        Assert.That(() => Review(kind, body), Throws.TypeOf<ApiException>().With.Property(nameof(ApiException.Code)).EqualTo(422));
    }

    [Test]
    public void A_subject_access_review_decides_about_somebody_else()
    {
        var review = Review(
            "SubjectAccessReview",
            """{"spec":{"user":"joe","groups":["system:masters"],"resourceAttributes":{"verb":"delete","resource":"nodes"}}}"""
        );

        Assert.That((bool)review["status"]!["allowed"]!, Is.True);
    }

    [Test]
    public void A_local_subject_access_review_stays_in_its_namespace()
    {
        const string Body =
            """{"metadata":{"namespace":"flyte"},"spec":{"user":"jane","resourceAttributes":{"namespace":"NS","verb":"get","resource":"pods"}}}""";

        Assert.That((bool)Review("LocalSubjectAccessReview", Body.Replace("NS", "flyte", StringComparison.Ordinal))["status"]!["allowed"]!, Is.True);
        Assert.That(() => Review("LocalSubjectAccessReview", Body.Replace("NS", "other", StringComparison.Ordinal)), Throws.TypeOf<ApiException>());
    }

    [Test]
    public void A_rules_review_lists_the_rules_of_a_namespace()
    {
        var status = Review("SelfSubjectRulesReview", """{"spec":{"namespace":"flyte"}}""")["status"]!;

        Assert.That(
            status["resourceRules"]!.AsArray().Select(r => r!.ToJsonString()),
            Does.Contain("""{"verbs":["create"],"apiGroups":["authentication.k8s.io"],"resources":["selfsubjectreviews"]}""")
        );
        Assert.That(status["nonResourceRules"]!.AsArray(), Is.Not.Empty);
        Assert.That((bool)status["incomplete"]!, Is.False);
    }

    [Test]
    public void A_token_review_accepts_and_refuses()
    {
        _cluster.AddServiceAccount("flyte", "flyteadmin");
        var token = _cluster.Access.Reviews.RequestToken("flyte", "flyteadmin", [])["status"]!["token"]!;

        var good = Review("TokenReview", $$$"""{"spec":{"token":"{{{token}}}"}}""")["status"]!;
        var bad = Review("TokenReview", """{"spec":{"token":"x"}}""")["status"]!;

        Assert.That((bool)good["authenticated"]!, Is.True);
        Assert.That((string?)good["user"]!["username"], Is.EqualTo("system:serviceaccount:flyte:flyteadmin"));
        Assert.That(bad["authenticated"], Is.Null);
        Assert.That((string?)bad["error"], Is.EqualTo("invalid bearer token"));
    }

    [Test]
    public void A_token_for_a_missing_service_account_is_not_found()
    {
        Assert.That(
            () => _cluster.Access.Reviews.RequestToken("flyte", "nobody", []),
            Throws.TypeOf<ApiException>().With.Property(nameof(ApiException.Code)).EqualTo(404).And.Message.EqualTo("serviceaccounts \"nobody\" not found")
        );
    }

    [Test]
    public void A_token_for_less_than_ten_minutes_is_invalid()
    {
        _cluster.AddServiceAccount("flyte", "flyteadmin");

        Assert.That(
            () => _cluster.Access.Reviews.RequestToken("flyte", "flyteadmin", new JsonObject { ["spec"] = new JsonObject { ["expirationSeconds"] = 599 } }),
            Throws.TypeOf<ApiException>().With.Property(nameof(ApiException.Code)).EqualTo(422)
        );
    }

    private JsonObject Review(string kind, string body) => _cluster.Access.Reviews.Review(kind, JsonNode.Parse(body)!.AsObject(), Jane);
}
