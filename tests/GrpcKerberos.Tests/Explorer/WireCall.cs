using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>An inner call as gRPC would run it: asks the credentials for each attempt, and takes the first answer that counts. All in memory.</summary>
internal abstract class WireCall : IDisposable
{
    private const int MostAttempts = 4;

    private readonly World _world;
    private readonly AsyncAuthInterceptor _credentials;
    private readonly TaskCompletionSource<Metadata> _headers = new();
    private readonly List<(string Header, bool IsFirst)> _waiting = [];
    private readonly int _start;
    private byte[]? _body;
    private readonly CancellationTokenSource _over = new();
    private bool _isOver;
    private int _asked;
    private int _lost;

    protected WireCall(World world, AppCall? app, Link link, IMethod method, CallOptions options)
    {
        _world = world;
        App = app;
        Link = link;
        Method = method;
        _credentials = CredentialsReader.Read(options.Credentials!);
        if (app is not null)
        {
            _start = ++app.Starts;
            app.Credentials ??= _credentials.Target as AttemptCredentials;
        }

        options.CancellationToken.Register(() => End(new Reply(null, null, new RpcException(Status.DefaultCancelled))));
    }

    /// <summary>Null for Establish.</summary>
    public AppCall? App { get; }

    public Link Link { get; }

    public IMethod Method { get; }

    public bool IsOver => _isOver;

    public Task<Metadata> Headers => _headers.Task;

    protected Status Status { get; private set; }

    protected Metadata Trailers { get; private set; } = [];

    public void Begin()
    {
        Ask();
        if (App is { Attempts: Attempts.Hedged }) Ask();
    }

    /// <summary>The request's message is there: an attempt goes out.</summary>
    public void Write(byte[] message)
    {
        _body ??= Method.FullName == EstablishMessage.Path ? EstablishRequest.Parser.ParseFrom(message).Token.ToByteArray() : [];
        foreach (var (header, isFirst) in _waiting) Send(header, isFirst);
        _waiting.Clear();
    }

    /// <summary>One attempt's answer.</summary>
    public void Answer(Reply reply)
    {
        if (_isOver) return;
        if (reply.Headers is null && App is { Attempts: not Attempts.One } app)
        {
            if (++_lost < _asked) return;
            if (app.Attempts == Attempts.Retried && _asked < MostAttempts)
            {
                Ask();
                return;
            }
        }

        End(reply);
    }

    public void Dispose()
    {
        End(new Reply(null, null, new RpcException(Status.DefaultCancelled)));
        _over.Dispose();
    }

    protected abstract void Finish(Reply reply);

    private void End(Reply reply)
    {
        if (_isOver) return;
        _isOver = true;
        _over.Cancel();
        Status = reply.Error?.Status ?? Status.DefaultSuccess;
        Trailers = reply.Error?.Trailers ?? [];
        if (reply.Headers is { } headers) _headers.SetResult(headers);
        else _headers.SetException(reply.Error!);
        Finish(reply);
    }

    private void Ask()
    {
        _asked++;
        _world.Watch(AskAsync(isFirst: _asked == 1));
    }

    private async Task AskAsync(bool isFirst)
    {
        var metadata = new Metadata();
        try
        {
            await _credentials(new AuthInterceptorContext(World.UrlOf(Link, Method.ServiceName), Method.Name, _over.Token), metadata).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            End(new Reply(null, null, e));
            return;
        }
        catch (OperationCanceledException) when (_isOver)
        {
            return;
        }

        var header = metadata.Get(KerberosMetadata.Authorization)!.Value;
        if (_isOver) return;
        if (_body is null) _waiting.Add((header, isFirst));
        else Send(header, isFirst);
    }

    private void Send(string header, bool isFirst) => _world.Send(this, header, _body!, isResend: isFirst && _start > 1);
}
