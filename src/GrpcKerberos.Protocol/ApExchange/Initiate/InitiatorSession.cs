using System.Globalization;
using System.Security.Cryptography;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Initiate;

/// <summary>The client's end of a session: one K for one ticket, and the numbers of its calls.</summary>
internal sealed class InitiatorSession : IDisposable
{
    /// <summary>The KDC's clock may run ahead of ours by as much as services allow.</summary>
    public static readonly TimeSpan StartTolerance = TimeSpan.FromMinutes(5);

    /// <summary>Old acceptors read a number above 2^31 as negative; none gets near 2^32 (protos/README.md).</summary>
    private const ulong LastNumber = uint.MaxValue - 1;

    private readonly AuthenticatorClock _clock;
    private readonly bool _mutual;
    private readonly Subkey _subkey;
    private readonly SessionKeys _keys;
    private readonly IReadOnlyList<AuthorizationData> _proofElement;
    private ulong _number;

    /// <param name="ticket">The ticket K is made for.</param>
    /// <param name="clock">Tells the time of every attempt.</param>
    /// <param name="mutual">Whether the server's KRB_AP_REP is asked for.</param>
    /// <param name="proofFlags">Flags of <see cref="ProofElement"/> besides <see cref="ProofElement.MicRequired"/>.</param>
    public InitiatorSession(ServiceTicket ticket, AuthenticatorClock clock, bool mutual, byte proofFlags = 0)
    {
        Ticket = ticket;
        _clock = clock;
        _mutual = mutual;
        _proofElement = [ProofElement.Make((byte)(ProofElement.MicRequired | proofFlags))];
        _subkey = Subkey.Generate(ticket.SessionKey.Type);
        _keys = new SessionKeys(_subkey, KeyOwner.Initiator);
        Id = SessionId.Derive(_subkey, ticket.Ticket.Encoded.Span);
        _number = (ulong)RandomNumberGenerator.GetInt32(1 << 30);
    }

    public ServiceTicket Ticket { get; }

    public SessionId Id { get; }

    /// <summary>Whether numbers are used up; then a new session is due.</summary>
    public bool IsExhausted => Volatile.Read(ref _number) >= LastNumber - 1_000_000;

    /// <summary>Whether the ticket is good at a time; no authenticator is made for another.</summary>
    public bool IsGoodAt(KerberosTime time) => time <= Ticket.Ends && time >= Ticket.Starts - StartTolerance;

    /// <summary>One attempt of a call with its token: its time first, its number after, then token and MIC over both.</summary>
    /// <param name="method">The path called, <c>/package.Service/Method</c>.</param>
    /// <param name="offset">What is known of the service's clock.</param>
    /// <param name="number">The number of the attempt this one repeats after a refusal; a replica that ran that one answers REPEAT.</param>
    /// <exception cref="KerberosException">The ticket has ended by the service's clock (<see cref="KerberosError.CredentialsExpired"/>).</exception>
    public PreparedCall Prepare(string method, TimeSpan offset, ulong? number = null)
    {
        var time = NextTime(offset);
        var drawn = NextNumber();
        var token = PreparedApReq.Prepare(Ticket, time, new ApReqContent
        {
            Subkey = _subkey,
            SequenceNumber = (uint)drawn,
            AuthorizationData = _proofElement,
            Options = _mutual ? ApOptions.MutualRequired : ApOptions.None,
        });
        return Sign(_keys, Id, token, time, method, number ?? drawn);
    }

    /// <summary>One attempt of a call whose session the server knows: its MIC alone.</summary>
    /// <param name="method">The path called.</param>
    /// <param name="offset">What is known of the service's clock.</param>
    /// <param name="bound">The server-bound session; null: that of K.</param>
    /// <param name="number">The number of the attempt this one repeats.</param>
    /// <exception cref="KerberosException">The ticket has ended by the service's clock.</exception>
    public PreparedCall PrepareKnown(string method, TimeSpan offset, BoundSession? bound = null, ulong? number = null)
    {
        var time = NextTime(offset);
        return Sign(bound?.Keys ?? _keys, bound?.Id ?? Id, token: null, time, method, number ?? NextNumber());
    }

    public void Dispose()
    {
        _keys.Dispose();
        _subkey.Dispose();
    }

    private static PreparedCall Sign(SessionKeys keys, SessionId id, PreparedApReq? token, KerberosTime time, string method, ulong number)
    {
        var mic = keys.SignCall(number, new CallInput(id, time, method, [], token is null ? [] : token.Encoded.Span));
        return new PreparedCall(keys, token, new CallProof(id, time, mic), number);
    }

    private ulong NextNumber() => Interlocked.Increment(ref _number);

    private KerberosTime NextTime(TimeSpan offset)
    {
        var time = _clock.Next(offset);
        return IsGoodAt(time)
            ? time
            : throw new KerberosException(
                KerberosError.CredentialsExpired,
                string.Create(CultureInfo.InvariantCulture, $"The ticket for {Ticket.Service} is good from {Ticket.Starts} to {Ticket.Ends}, and by the service's clock it is {time}. Next: compare both clocks."));
    }
}
