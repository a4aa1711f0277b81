using Flyte.MultiCluster.Common.Tools.Gcloud;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Gcloud;

/// <summary>gcloud's errors, as version 528 prints them, and what to do about each.</summary>
internal sealed class GcloudExceptionTests
{
    private const string Crash =
        "ERROR: gcloud crashed (ConnectionError): HTTPSConnectionPool(host='iam.googleapis.com', port=443): Max retries exceeded with url: /v1/x "
        + "(Caused by NameResolutionError(\"Failed to resolve 'iam.googleapis.com'\"))\n\nIf you would like to report this issue, please run the "
        + "following command:\n  gcloud feedback";
    private const string Refresh =
        "ERROR: (gcloud.x) There was a problem refreshing your current auth tokens: ('invalid_grant: Bad Request', {'error': "
        + "'invalid_grant'})\nPlease run:\n\n  $ gcloud auth login\n\nto obtain new credentials.";
    private const string Disabled =
        "ERROR: (gcloud.x) PERMISSION_DENIED: Identity and Access Management (IAM) API has not been used in project 123 before or it is disabled. "
        + "Enable it by visiting https://console.developers.google.com/apis/api/iam.googleapis.com/overview?project=123 then retry.\n- '@type': "
        + "type.googleapis.com/google.rpc.ErrorInfo\n  domain: googleapis.com\n  metadata:\n    consumer: projects/123\n    service: "
        + "iam.googleapis.com\n  reason: SERVICE_DISABLED";
    private const string Gke =
        "ERROR: (gcloud.x) ResponseError: code=403, message=Kubernetes Engine API has not been used in project 123 before or it is disabled. "
        + "Enable it by visiting https://console.developers.google.com/apis/api/container.googleapis.com/overview?project=123 then retry.";
    private const string Busy =
        "ERROR: (gcloud.x) HttpError accessing <https://iam.googleapis.com/v1/x>: response: <{'server': 'x', 'status': 503}>, content <{\"error\": "
        + "{\"code\": 503, \"message\": \"The service is currently unavailable.\", \"status\": \"UNAVAILABLE\", \"details\": []}}>\nThis may be "
        + "due to network connectivity issues. Please check your network settings, and the status of the service you are trying to reach.";

    [TestCase(
        "ERROR: (gcloud.x) You do not currently have an active account selected.\nPlease run:\n\n  $ gcloud auth login\n",
        "NoAccount",
        "gcloud auth login"
    )]
    [TestCase(Refresh, "UNAUTHENTICATED", "log in again")]
    [TestCase(
        "ERROR: (gcloud.x) There was a problem reauthenticating while refreshing your current auth tokens: Reauthentication failed. cannot prompt "
            + "during non-interactive execution.",
        "UNAUTHENTICATED",
        "log in again"
    )]
    [TestCase("ERROR: (gcloud.x) UNAUTHENTICATED: Request had invalid authentication credentials.", "UNAUTHENTICATED", "log in again")]
    [TestCase("ERROR: (gcloud.x) ResponseError: code=401, message=Request had invalid authentication credentials.", "UNAUTHENTICATED", "log in again")]
    [TestCase(
        "ERROR: (gcloud.x) PERMISSION_DENIED: Permission 'iam.serviceAccounts.setIamPolicy' denied on resource (or it may not exist).\n- '@type': "
            + "type.googleapis.com/google.rpc.ErrorInfo\n  reason: IAM_PERMISSION_DENIED",
        "PERMISSION_DENIED",
        "Have iam.serviceAccounts.setIamPolicy granted to this login (docs/operations.md, \"Permissions\"), or use one that has it ('gcloud auth "
            + "list'); and check the name"
    )]
    [TestCase(
        "ERROR: (gcloud.x) ResponseError: code=403, message=Required \"container.clusters.get\" permission(s) for \"projects/p/x\".",
        "PERMISSION_DENIED",
        "Have container.clusters.get granted to this login (docs/operations.md, \"Permissions\"), or use one that has it ('gcloud auth list')."
    )]
    [TestCase(
        "ERROR: (gcloud.x) [joe@example.com] does not have permission to access projects instance [p] (or it may not exist): The caller does not "
            + "have permission.",
        "PERMISSION_DENIED",
        "Have needed.permission granted"
    )]
    [TestCase(Disabled, "SERVICE_DISABLED", "gcloud services enable iam.googleapis.com --project p")]
    [TestCase(Gke, "SERVICE_DISABLED", "gcloud services enable container.googleapis.com --project p")]
    [TestCase("ERROR: (gcloud.x) NOT_FOUND: Unknown service account", "NOT_FOUND", "Check its name")]
    [TestCase(
        "ERROR: (gcloud.x) ResponseError: code=404, message=Not found: projects/p/locations/l/clusters/c.\nNo cluster named 'c' in p.",
        "NOT_FOUND",
        "Check its name"
    )]
    [TestCase("ERROR: (gcloud.x) Projects instance [p] not found: The resource was not found.", "NOT_FOUND", "Check its name")]
    [TestCase("ERROR: (gcloud.x) ABORTED: There were concurrent policy changes.", "ABORTED", "run again")]
    [TestCase("ERROR: (gcloud.x) RESOURCE_EXHAUSTED: Quota exceeded for quota metric 'Read requests'.", "RESOURCE_EXHAUSTED", "run again later")]
    [TestCase("ERROR: (gcloud.x) ResponseError: code=429, message=Quota exceeded.", "RESOURCE_EXHAUSTED", "run again later")]
    [TestCase(Busy, "UNAVAILABLE", "run again later")]
    [TestCase("ERROR: (gcloud.x) INVALID_ARGUMENT: Identity Pool does not exist (p.svc.id.goog).", "INVALID_ARGUMENT", "workload identity")]
    [TestCase(Crash, "Unreachable", "network")]
    [TestCase(
        "ERROR: (gcloud.x) unrecognized arguments: --location \n\nTo search the help text of gcloud commands, run:\n  gcloud help -- SEARCH_TERMS",
        "Usage",
        "gcloud components update"
    )]
    [TestCase("something new", "Unknown", "run again")]
    public void An_error_says_what_to_do(string said, string code, string remedy)
    {
        var exception = Of(said);

        Assert.That(exception.Code, Is.EqualTo(code));
        Assert.That(exception.Message, Does.StartWith("gcloud some command failed (exit code 1): ").And.Contain(remedy));
    }

    [Test]
    public void What_is_shown_is_the_error_alone_without_warnings_headers_details_and_hints()
    {
        Assert.That(Of("WARNING: old\n" + Disabled).Message, Does.Not.Contain("WARNING").And.Not.Contain("@type"));
        Assert.That(
            Of(Busy).Message,
            Does.StartWith("gcloud some command failed (exit code 1): The service is currently unavailable (UNAVAILABLE). ").And.Not.Contain("server")
        );
        Assert.That(Of(Crash).Message, Does.Not.Contain("feedback"));
        Assert.That(Of($"ERROR: (gcloud.x) {new string('x', 5000)}").Message, Has.Length.LessThan(700));
    }

    [TestCase("RESOURCE_EXHAUSTED", true)]
    [TestCase("UNAVAILABLE", true)]
    [TestCase("ABORTED", false)]
    [TestCase("PERMISSION_DENIED", false)]
    public void What_passes_by_itself_is_known(string code, bool passes) => Assert.That(Of($"ERROR: (gcloud.x) {code}: no").IsTransient, Is.EqualTo(passes));

    [TestCase("w@p.iam.gserviceaccount.com", "p")]
    [TestCase("w@p.example.com.iam.gserviceaccount.com", "example.com:p")]
    [TestCase("123-compute@developer.gserviceaccount.com", "fleet")]
    public void An_address_names_its_project(string email, string project) => Assert.That(ServiceAccountRunner.ProjectOf(email, "fleet"), Is.EqualTo(project));

    private static GcloudException Of(string said) => GcloudException.From("some command", "needed.permission", "p", 1, said.Split('\n'));
}
