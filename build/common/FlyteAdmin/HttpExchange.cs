using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Http;
using Flyte.MultiCluster.Common.Retries;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>
/// One request and its JSON answer, tried up to six times: on 429, 502, 503, on 504 for reads, and on connections that break, also in the middle of
/// an answer. Never on another answer, nor when the server's certificate is refused.
/// </summary>
/// <param name="http">Sends the requests.</param>
/// <param name="time">The clock for the pauses.</param>
/// <param name="timeout">How long one try may take.</param>
/// <param name="whole">How long all tries of a call may take together.</param>
/// <param name="mask">Takes secrets out of what is reported.</param>
internal sealed class HttpExchange(HttpClient http, TimeProvider time, TimeSpan timeout, TimeSpan whole, SecretMask mask)
{
    /// <summary>Sends a request until it is answered.</summary>
    /// <param name="call">The call, for messages.</param>
    /// <param name="make">Makes the request, anew for every try.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="FlyteAdminException">The server refused, or did not answer.</exception>
    public async Task<JsonObject> SendAsync(string call, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        return await RetryPolicy.Server.RunAsync(token => OnceAsync(call, make, whole - time.GetElapsedTime(begun), token), time, cancellationToken, whole);
    }

    private async Task<JsonObject> OnceAsync(string call, Func<HttpRequestMessage> make, TimeSpan left, CancellationToken cancellationToken)
    {
        using var request = make();
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(left < timeout ? left : timeout);
            using var response = await http.SendAsync(request, patience.Token);
            var text = await response.Content.ReadAsStringAsync(patience.Token);
            if (response.IsSuccessStatusCode)
                return Read(call, response, text);
            var refusal = Refusal(call, response, text);
            throw IsBusy(response.StatusCode, request.Method)
                ? new TransientException(refusal) { RequestedDelay = RetryPause.RequestedDelay(response.Headers.RetryAfter, time) }
                : refusal;
        }
        catch (Exception exception) when (IsBroken(exception) && !cancellationToken.IsCancellationRequested)
        {
            var failure = new FlyteAdminException(call, null, string.Empty, mask.Clean(Why(exception, Address(request))));
            throw IsTransient(exception) ? new TransientException(failure) : failure;
        }
    }

    private static bool IsBusy(HttpStatusCode status, HttpMethod method) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
        || (status == HttpStatusCode.GatewayTimeout && method == HttpMethod.Get);

    private static bool IsBroken(Exception exception) =>
        exception is HttpRequestException or IOException or SocketException or InvalidDataException or JsonException or OperationCanceledException;

    // A certificate that is not trusted and a server that hangs stay so.
    private static bool IsTransient(Exception exception) =>
        exception is not OperationCanceledException && exception.GetBaseException() is not AuthenticationException;

    private FlyteAdminException Refusal(string call, HttpResponseMessage response, string text)
    {
        var (code, message) = (string.Empty, text);
        if (IsJson(response) && Parse(text) is { } answer)
        {
            code = GrpcCodes.Word(answer["code"]);
            message = Text(answer["message"]) ?? text;

            // A token endpoint's way (RFC 6749, 5.2).
            if (Text(answer["error"]) is { } error && answer["message"] is null)
                (code, message) = (mask.Clean(error), Text(answer["error_description"]) ?? string.Empty);
        }
        else if (response.Headers.Location is { } location)
        {
            message = $"it redirects to {location.OriginalString.Split('?')[0]}. Is there a login page in front of FlyteAdmin?";
        }
        else if (text.TrimStart().StartsWith('<'))
        {
            message = response.ReasonPhrase ?? string.Empty;
        }

        message = mask.Clean(message);
        return new FlyteAdminException(call, response.StatusCode, code, message.Length > 0 ? message : "its answer is empty.");
    }

    private static JsonObject Read(string call, HttpResponseMessage response, string text)
    {
        if (!IsJson(response))
            throw new FlyteAdminException(call, response.StatusCode, string.Empty, "the answer is not JSON. Is that the address of FlyteAdmin's HTTP API?");

        // Cut in the middle, where the length was not announced.
        return JsonNode.Parse(text) as JsonObject ?? throw new JsonException("The answer is not a JSON object.");
    }

    private static bool IsJson(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is { } type
        && (type.EndsWith("/json", StringComparison.Ordinal) || type.EndsWith("+json", StringComparison.Ordinal));

    private static string CertificateRemedy(string message) =>
        message.StartsWith(ServerCertificate.WrongName, StringComparison.Ordinal)
            ? "Use an address for which its certificate is valid."
            : "Set flyteAdmin.caFile to the CA that signed its certificate.";

    private Uri Address(HttpRequestMessage request) =>
        new((request.RequestUri is { IsAbsoluteUri: true } whole ? whole : http.BaseAddress!).GetLeftPart(UriPartial.Authority));

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    // What a parser says may quote the answer.
    private string Why(Exception exception, Uri address) =>
        exception switch
        {
            OperationCanceledException { InnerException: TimeoutException late } => $"{ConnectionFailure.Explain(late, address)}.",
            OperationCanceledException => $"no answer within {(whole < timeout ? whole : timeout).TotalSeconds:0.#} s at {ConnectionFailure.Place(address)}.",
            JsonException => "the answer was cut off.",
            _ when exception.GetBaseException() is AuthenticationException refused =>
                $"{ConnectionFailure.Explain(exception, address)}. {CertificateRemedy(refused.Message)}",
            _ => $"{ConnectionFailure.Explain(exception, address)}.",
        };
}
