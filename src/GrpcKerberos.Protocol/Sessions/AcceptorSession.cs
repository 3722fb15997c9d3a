using System.Runtime.InteropServices;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Pac;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>One established session as the acceptor keeps it. Who it is of comes from the ticket that gave birth and never changes.</summary>
/// <remarks>
/// An ended session stays in the store until it is idle: to forget its window would let its calls run again. A token that passes every check
/// revives it with that window.
/// </remarks>
internal sealed class AcceptorSession(in SessionDescription description) : IProvedCaller
{
    // A session counts in the hundreds of octets and a store in the hundreds of thousands of sessions: eight octets are worth a line.
    private readonly byte[]? _channelBinding = WholeArray(description.ChannelBinding);
    private KerberosPrincipal _client = description.Client;
    private CallerData? _data = description.Data;
    private SessionEndSource? _whenEnded;
    private long _ends = Earlier(description.TicketEnds + description.Skew, description.Born + description.MaxLifetime).MicrosecondsSinceEpoch;
    private volatile AcceptorSession? _sibling;
    private volatile bool _isEnded;
    private bool _isEndedForGood;

    public SessionId Id { get; } = description.Id;

    public SessionKeys Keys { get; } = description.Keys;

    public NumberWindow Window { get; } = description.Window;

    public KerberosPrincipal Client => _client;

    public KerberosPrincipal Service { get; } = description.Service;

    /// <summary>kvno of the service key that opened the ticket.</summary>
    public uint KeyVersion { get; } = description.KeyVersion;

    public EncryptionType TicketEncryptionType { get; } = description.TicketEncryptionType;

    public CallerData? Data => _data;

    public KerberosTime AuthTime { get; } = description.AuthTime;

    public KerberosTime TicketEnds { get; } = description.TicketEnds;

    /// <summary>The binding every MIC of the session covers; empty: none.</summary>
    public ReadOnlyMemory<byte> ChannelBinding => _channelBinding;

    public bool IsChannelBound => !ChannelBinding.IsEmpty;

    public bool IsServerBound { get; } = description.IsServerBound;

    /// <summary>The application's side of it; set before the session is added, and anew when it is revived.</summary>
    public object? State { get; set; }

    /// <summary>The earlier of the ticket's end, with the skew it was taken with, and the end of the longest life.</summary>
    public KerberosTime Ends => KerberosTime.FromMicroseconds(Volatile.Read(ref _ends));

    public KerberosTime LastUsed => Window.LastUsed;

    /// <summary>Whether it was ended, by whomever; one past <see cref="Ends"/> only was not.</summary>
    public bool IsEnded => _isEnded;

    /// <summary>Cancelled when the session is ended, for streams that outlive it; a session revived gives a fresh one. The end of its time cancels nothing.</summary>
    public CancellationToken EndedToken
    {
        get
        {
            lock (Window) return _isEnded ? new CancellationToken(canceled: true) : (_whenEnded ??= new SessionEndSource(this)).Token;
        }
    }

    /// <summary>Behind <see cref="EndedToken"/>; null where nobody asked for it, or it was cancelled.</summary>
    internal SessionEndSource? EndSource => Volatile.Read(ref _whenEnded);

    public bool IsLive(KerberosTime now) => !_isEnded && now <= Ends;

    /// <summary>Takes a number, here and in the other session of the same K: a call comes again under the same number in either.</summary>
    /// <inheritdoc cref="NumberWindow.Take"/>
    public NumberVerdict Take(ulong number, KerberosTime now, bool isTimely, bool tokenHeldGood)
    {
        var verdict = Window.Take(number, now, isTimely, tokenHeldGood);
        // Here first, and each sibling so: of two that take one number at once at least one finds it marked.
        return verdict == NumberVerdict.Run && _sibling is { } sibling ? sibling.Window.Mark(number, now) : verdict;
    }

    /// <summary>Tells two sessions of one K of each other, the portable one and the server-bound one; before the later of them can be found.</summary>
    internal void Join(AcceptorSession sibling) => (_sibling, sibling._sibling) = (sibling, this);

    /// <summary>Tells of a use; the time never moves back.</summary>
    public void Touch(KerberosTime now) => Window.Touch(now);

    /// <summary>Ended by its owner, or since its key left the keytab.</summary>
    public void End() => TryEnd(forGood: false);

    /// <summary>A token passed every check again: live again, with its old window. One whose principal was ended since stays ended.</summary>
    public void Revive(KerberosTime ends, KerberosTime now)
    {
        lock (Window)
        {
            if (_isEndedForGood) return;
            Volatile.Write(ref _ends, ends.MicrosecondsSinceEpoch);
            _isEnded = false;
        }

        Touch(now);
    }

    /// <summary>Ends it; for good where no token of its ticket is taken any more, so that one judged just before cannot revive it.</summary>
    /// <returns>False if it was ended before.</returns>
    internal bool TryEnd(bool forGood)
    {
        SessionEndSource? whenEnded;
        lock (Window)
        {
            _isEndedForGood |= forGood;
            if (_isEnded) return false;
            _isEnded = true;
            whenEnded = _whenEnded;
            _whenEnded = null;
        }

        // Not Cancel: what streams registered must neither run under the caller's locks nor throw at him.
        _ = whenEnded?.CancelAsync();
        return true;
    }

    /// <summary>The store's one copy of the client's name and data in place of the ticket's: either may be larger than the session.</summary>
    internal void Share(PrincipalShare share)
    {
        _client = share.Principal;
        if (_data is { } data) _data = share.Shared(data);
    }

    private static byte[]? WholeArray(ReadOnlyMemory<byte> octets)
    {
        if (octets.IsEmpty) return null;
        return MemoryMarshal.TryGetArray(octets, out var segment) && segment.Count == segment.Array!.Length ? segment.Array : octets.ToArray();
    }

    private static KerberosTime Earlier(KerberosTime one, KerberosTime other) => one < other ? one : other;
}
