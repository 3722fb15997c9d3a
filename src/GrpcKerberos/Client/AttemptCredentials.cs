using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>The call credentials of one call: gRPC asks them once for each attempt, and each attempt gets a proof of its own. What was sent is remembered.</summary>
internal sealed class AttemptCredentials(KerberosClient client, string grpcService, string method)
{
    /// <summary>gRPC makes five attempts at most by default; an answer to one forgotten is not believed.</summary>
    private const int MostRemembered = 16;

    /// <summary>The skew that services allow by default.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Queue<Attempt> _sent = new(1);
    private Attempt? _repeats;
    private TimeSpan? _offset;
    private long _firstSent;

    public KerberosClient Client { get; } = client;

    public string Method { get; } = method;

    /// <summary>Null where gRPC never asked for credentials: on a plaintext channel it skips them in silence.</summary>
    public Attempt? Latest { get; private set; }

    /// <summary>Whether so little time has passed since the first attempt that no server can have forgotten it.</summary>
    public bool MayRepeat => Client.Settings.TimeProvider.GetElapsedTime(_firstSent) < s_skew;

    public ClientInterceptorContext<TRequest, TResponse> AddTo<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class
        where TResponse : class
    {
        var own = CallCredentials.FromInterceptor(ProveAsync);
        var all = context.Options.Credentials is { } others ? CallCredentials.Compose(others, own) : own;
        return new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, context.Options.WithCredentials(all));
    }

    /// <summary>The attempt an answer or a refusal belongs to.</summary>
    public bool TryFind(Func<PreparedCall, bool> belongs, [NotNullWhen(true)] out Attempt? found)
    {
        lock (_lock) found = _sent.FirstOrDefault(a => belongs(a.Call));
        return found is not null;
    }

    /// <summary>Once the server is proved nothing is left to match; a stream may live for days.</summary>
    public void ForgetAll()
    {
        lock (_lock) _sent.Clear();
    }

    /// <summary>The next attempt repeats a refused one under its number, by a corrected clock.</summary>
    public void Repeat(Attempt refused, TimeSpan offset)
    {
        _offset = offset;
        Volatile.Write(ref _repeats, refused);
    }

    private async Task ProveAsync(AuthInterceptorContext context, Metadata metadata)
    {
        try
        {
            var attempt = await PrepareAsync(context).ConfigureAwait(false);
            Remember(attempt);
            metadata.Add(KerberosMetadata.Authorization, new AuthorizationValue(attempt.Call.Proof, attempt.Call.Token?.Encoded ?? default).Format());
        }
        catch (KerberosException e)
        {
            // Any other type would become "Internal: Error starting gRPC call".
            throw RpcErrors.From(e);
        }
        catch (Exception e) when (e is not OperationCanceledException || !context.CancellationToken.IsCancellationRequested)
        {
            throw RpcErrors.From(new KerberosException(KerberosError.NoCredentials, ClientMessages.Unexpected(e), e));
        }
    }

    private async ValueTask<Attempt> PrepareAsync(AuthInterceptorContext context)
    {
        var repeats = Interlocked.Exchange(ref _repeats, null);
        var peer = Client.Resolve(context.ServiceUrl, grpcService);
        var session = repeats?.Session;
        if (session is null) session = peer.SessionFor(await GetTicketAsync(peer, context).ConfigureAwait(false));
        var offset = _offset ?? peer.Offset;
        var call = session.Prepare(Method, offset, repeats?.Call.Number);
        var size = call.Token?.Encoded.Length ?? 0;
        if (size > Client.Settings.MaxHeaderTokenBytes)
            throw new KerberosException(KerberosError.TokenTooLarge, ClientMessages.TokenTooLargeForHeader(peer.Service, size, Client.Settings.MaxHeaderTokenBytes));
        return new Attempt(peer, session, offset, call);
    }

    private async ValueTask<ServiceTicket> GetTicketAsync(ServicePeer peer, AuthInterceptorContext context)
    {
        try
        {
            return await Client.Tickets.GetAsync(peer.Service, context.CancellationToken).ConfigureAwait(false);
        }
        catch (KerberosException e) when (e.Error == KerberosError.ServiceUnknown)
        {
            var target = ServiceNames.TargetOf(context.ServiceUrl, grpcService);
            throw new KerberosException(e.Error, ClientMessages.ServiceUnknown(peer.Service, Client.Settings.ServicePrincipal, target), e);
        }
    }

    private void Remember(Attempt attempt)
    {
        lock (_lock)
        {
            if (Latest is null) _firstSent = Client.Settings.TimeProvider.GetTimestamp();
            Latest = attempt;
            if (_sent.Count == MostRemembered) _sent.Dequeue();
            _sent.Enqueue(attempt);
        }
    }
}
