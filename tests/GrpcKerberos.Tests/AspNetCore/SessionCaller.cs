using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Calls SessionService by plain HTTP/2, so that a test can spoil any octet of it.</summary>
internal sealed class SessionCaller(TestServerApp app) : IDisposable
{
    public const string Establish = "/grpckerberos.v1.SessionService/Establish";
    public const string Close = "/grpckerberos.v1.SessionService/Close";

    private readonly HttpMessageInvoker _http = new(app.Handler());

    /// <summary>Session, t and mic of a call, without its token.</summary>
    public static string Header(PreparedCall call) => new AuthorizationValue(call.Proof, default).Format();

    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    public static byte[] Frame(byte[] message)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Message(ReadOnlyMemory<byte> token) => Frame(new EstablishRequest { Token = ByteString.CopyFrom(token.Span) });

    /// <summary>Establishes as our client does: the proof in the header, its token in the message.</summary>
    public Task<SessionReply> EstablishAsync(PreparedCall call) => PostAsync(Establish, Message(call.Token!.Encoded), Header(call));

    public Task<SessionReply> CloseAsync(PreparedCall call) => PostAsync(Close, Frame(new CloseRequest()), RawClient.Value(call));

    public Task<SessionReply> PostAsync(string path, byte[] body, string? authorization, Action<HttpRequestMessage>? change = null) =>
        SendAsync(path, new ByteArrayContent(body), authorization, change);

    public async Task<SessionReply> SendAsync(string path, HttpContent content, string? authorization, Action<HttpRequestMessage>? change = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, app.Address + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("authorization", authorization);
        change?.Invoke(request);
        using var response = await _http.SendAsync(request, cancellationToken);
        return await SessionReply.ReadAsync(response);
    }

    public void Dispose() => _http.Dispose();
}
