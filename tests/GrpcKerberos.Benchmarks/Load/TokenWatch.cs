namespace GrpcKerberos.Benchmarks.Load;

/// <summary>Sees whether the latest request carried an AP-REQ: a row says what was sent, not what was meant to be.</summary>
internal sealed class TokenWatch(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    public bool SawToken { get; private set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        SawToken = request.Headers.TryGetValues("authorization", out var values)
            && values.Any(static v => v.StartsWith("Kerberos ", StringComparison.Ordinal) && v.Contains("token=", StringComparison.Ordinal));
        return base.SendAsync(request, cancellationToken);
    }
}
