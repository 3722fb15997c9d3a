namespace GrpcKerberos.Tests.RedTeam;

/// <summary>Somebody between the client and the server, who reads and changes what passes.</summary>
/// <param name="inner">The way to the server.</param>
/// <param name="pass">What becomes of a request; the second argument sends it on.</param>
internal sealed class OnPath(HttpMessageHandler inner, Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> pass) : DelegatingHandler(inner)
{
    /// <summary>An answer without a message, status and all in its headers.</summary>
    public static HttpResponseMessage Refusal(HttpRequestMessage request, string challenge)
    {
        var response = new HttpResponseMessage { RequestMessage = request, Version = new Version(2, 0), Content = new ByteArrayContent([]) };
        response.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        response.Headers.Add("grpc-status", "16");
        response.Headers.TryAddWithoutValidation("www-authenticate", challenge);
        return response;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        pass(request, () => base.SendAsync(request, cancellationToken));
}
