using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GrpcKerberos.Protocol.Kdc.Srv;

/// <summary>Asks this host's name servers for SRV records, each in turn, and keeps what they say for as long as they say.</summary>
/// <remarks>.NET asks for addresses alone.</remarks>
/// <param name="servers">Whom to ask, read anew for each question: networks change.</param>
/// <param name="timeout">For one name, over all name servers and repetitions.</param>
/// <param name="timeProvider">This host's clock.</param>
internal sealed class SrvResolver(Func<IReadOnlyList<IPEndPoint>> servers, TimeSpan timeout, TimeProvider timeProvider)
{
    /// <summary>A datagram may be lost.</summary>
    private const int Rounds = 2;

    /// <summary>Realms can come from tickets of others; so many names are kept, and past that none until the time of some is over.</summary>
    private const int MaxNames = 256;

    private readonly ConcurrentDictionary<string, (SrvAnswer Answer, long Taken)> _kept = new(StringComparer.Ordinal);

    /// <exception cref="SrvLookupException">No name server gave an answer.</exception>
    public async ValueTask<SrvAnswer> LookUpAsync(SrvQuery query, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(query.Name, out var kept))
        {
            if (IsGood(kept)) return kept.Answer;
            _kept.TryRemove(query.Name, out _);
        }

        var answer = await AskAllAsync(query, cancellationToken).ConfigureAwait(false);
        if (_kept.Count >= MaxNames) DropOld();
        if (_kept.Count < MaxNames) _kept[query.Name] = (answer, timeProvider.GetTimestamp());
        return answer;
    }

    private bool IsGood((SrvAnswer Answer, long Taken) kept) => timeProvider.GetElapsedTime(kept.Taken) < kept.Answer.Life;

    private void DropOld()
    {
        foreach (var (name, kept) in _kept)
        {
            if (!IsGood(kept)) _kept.TryRemove(name, out _);
        }
    }

    private async ValueTask<SrvAnswer> AskAllAsync(SrvQuery query, CancellationToken cancellationToken)
    {
        var all = servers();
        var share = timeout / Math.Max(1, Rounds * all.Count);
        var failures = new string[all.Count];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < all.Count; i++)
            {
                var (answer, failure) = await AskAsync(all[i], query, share, cancellationToken).ConfigureAwait(false);
                if (answer is not null) return answer;
                failures[i] = $"{all[i]} {failure}";
            }
        }

        throw new SrvLookupException(failures.Length == 0 ? "this host has no name server" : string.Join(", ", failures));
    }

    private async ValueTask<(SrvAnswer? Answer, string Failure)> AskAsync(
        IPEndPoint server, SrvQuery query, TimeSpan share, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(share, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var reply = await SrvTransport.AskAsync(server, query, either.Token).ConfigureAwait(false);
            return reply.Code is SrvReply.NoError or SrvReply.NoSuchName
                ? (SrvAnswer.Of(reply), "")
                : (null, string.Create(CultureInfo.InvariantCulture, $"answered error {reply.Code}"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "silent");
        }
        catch (SocketException e)
        {
            return (null, KdcSocketErrors.Describe(e).Message);
        }
        catch (DnsFormatException)
        {
            return (null, "answered with something that is no DNS reply");
        }
    }
}
