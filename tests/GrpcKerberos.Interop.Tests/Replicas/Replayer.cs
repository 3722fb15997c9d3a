using System.Net;
using System.Net.Http.Headers;

namespace GrpcKerberos.Interop.Tests.Replicas;

/// <summary>Shows what was read again, with a message of its own.</summary>
internal sealed class Replayer(HttpMessageHandler handler, string scheme) : IDisposable
{
    // HelloRequest { name = "replayed" }, behind gRPC's five octets.
    private static readonly byte[] s_message = [0, 0, 0, 0, 10, 0x0A, 8, .. "replayed"u8];

    private readonly HttpMessageInvoker _http = new(handler);

    public int Refused { get; private set; }

    public int Ran { get; private set; }

    /// <summary>Those that ran where they had run before.</summary>
    public int RanAgain { get; private set; }

    public async Task ShowAsync(ReadCall read, int port, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{scheme}://localhost:{port}{read.Path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(s_message) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.ParseAdd("trailers");
        request.Headers.TryAddWithoutValidation("authorization", read.Proof);
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            Count(response, hadRun: read.IsAnswered && port == read.Port);
            await response.Content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The replica is down, or goes down.
        }
    }

    public void Dispose() => _http.Dispose();

    private void Count(HttpResponseMessage response, bool hadRun)
    {
        if (!response.Headers.Contains("authentication-info"))
        {
            Assert.True(response.Headers.Contains("www-authenticate"), response.ToString());
            Refused++;
            return;
        }

        Ran++;
        if (hadRun) RanAgain++;
    }
}
