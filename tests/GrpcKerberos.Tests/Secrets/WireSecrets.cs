using System.Text.RegularExpressions;
using GrpcKerberos.Client;

namespace GrpcKerberos.Tests.Secrets;

/// <summary>Takes what travels between a client and its server for secrets: tokens, MICs, session ids.</summary>
internal sealed partial class WireSecrets(HttpMessageHandler inner, SecretOctets secrets) : DelegatingHandler(inner)
{
    /// <summary>A gRPC frame's first octets and those of a message say nothing.</summary>
    private const int Frame = 12;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isEstablish = request.RequestUri!.AbsolutePath == EstablishMessage.Path;
        Take(request.Headers.NonValidated);
        if (isEstablish) Take(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
        var response = await base.SendAsync(request, cancellationToken);
        Take(response.Headers.NonValidated);
        if (isEstablish) Take(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return response;
    }

    public static void Take(SecretOctets secrets, string header)
    {
        foreach (Match value in Octets().Matches(header))
        {
            var letters = value.Groups[1].Value.TrimEnd('=').Replace('-', '+').Replace('_', '/');
            secrets.AddMessage("a header", Convert.FromBase64String(letters.PadRight((letters.Length + 3) / 4 * 4, '=')));
        }
    }

    private void Take(System.Net.Http.Headers.HttpHeadersNonValidated headers)
    {
        foreach (var (name, values) in headers)
        {
            if (name.ToLowerInvariant() is not ("authorization" or "authentication-info" or "www-authenticate")) continue;
            foreach (var value in values) Take(secrets, value);
        }
    }

    private void Take(byte[] body) => secrets.AddMessage("Establish", body.AsSpan(Math.Min(Frame, body.Length)));

    [GeneratedRegex(@"(?:\b(?:mic|session|token)=""?|Negotiate )([A-Za-z0-9_\-+/]{11,}=*)")]
    private static partial Regex Octets();
}
