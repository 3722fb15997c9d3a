using System.Collections.Concurrent;

namespace GrpcKerberos.Interop.Tests.Replicas;

/// <summary>Behind the balancer and behind TLS: reads the headers of every attempt.</summary>
internal sealed class Sniffer(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly ConcurrentDictionary<int, ReadCall> _answered = new();
    private readonly ConcurrentQueue<ReadCall> _others = new();
    private int _count;

    /// <summary>Attempts whose answers proved a server: the client sends no more under their numbers.</summary>
    public int Answered => Volatile.Read(ref _count);

    /// <summary>Attempts refused, or cut off with the replica that had them. To be shown once the client has given them up: it may send a number again.</summary>
    public IReadOnlyCollection<ReadCall> Others => _others;

    public ReadCall? this[int index] => _answered.GetValueOrDefault(index);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.RequestUri!.AbsolutePath.StartsWith("/greeter.", StringComparison.Ordinal)) return await base.SendAsync(request, cancellationToken);
        var read = new ReadCall(request.RequestUri.AbsolutePath, Assert.Single(request.Headers.GetValues("authorization")), request.RequestUri.Port, IsAnswered: false);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch
        {
            _others.Enqueue(read);
            throw;
        }

        if (response.Headers.Contains("authentication-info")) _answered[Interlocked.Increment(ref _count) - 1] = read with { IsAnswered = true };
        else _others.Enqueue(read);
        return response;
    }
}
