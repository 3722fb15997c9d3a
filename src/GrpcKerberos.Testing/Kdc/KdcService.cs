using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>A KDC from bytes to bytes: no socket, no file, no state but its accounts.</summary>
internal sealed class KdcService(KdcDatabase database, TimeProvider timeProvider, TimeSpan ticketLifetime)
{
    /// <summary>Beyond any skew that services allow (10 minutes at most).</summary>
    private static readonly TimeSpan s_wrongClock = TimeSpan.FromMinutes(20);

    /// <summary>The bits of an identifier octet that are not the message's tag.</summary>
    private const int ConstructedApplication = 0x60;

    private volatile KdcFault _fault;

    public KdcDatabase Database { get; } = database;

    public TimeSpan TicketLifetime { get; } = ticketLifetime;

    /// <summary>Unreachable and Silent are for who carries the bytes; here they change nothing.</summary>
    public KdcFault Fault
    {
        get => _fault;
        set => _fault = value;
    }

    /// <summary>The KDC's clock, wrong where the fault says so.</summary>
    public KerberosTime Now => new KerberosTime(timeProvider.GetUtcNow()) + _fault switch
    {
        KdcFault.ClockAhead => s_wrongClock,
        KdcFault.ClockBehind => -s_wrongClock,
        _ => TimeSpan.Zero,
    };

    /// <summary>The reply, a KRB-ERROR, or nothing where the request is itself an answer: two servers must not keep each other busy.</summary>
    public byte[] Answer(ReadOnlyMemory<byte> message)
    {
        KdcReq? decoded = null;
        try
        {
            decoded = KdcReq.Decode(message, out var body);
            var request = new KdcRequest(decoded, body, Database, Now, TicketLifetime, Fault);
            if (request.Fault == KdcFault.EncryptionTypeUnsupported) throw KdcRequest.NoCommonEncryptionType("KDC has no support for encryption type");
            return decoded.Type == MessageType.AsReq ? AsExchange.Answer(request) : TgsExchange.Answer(request);
        }
        catch (KdcRefusedException e)
        {
            return Refuse(e, decoded);
        }
        catch (DerException e)
        {
            return IsAnswer(message) ? [] : Refuse(new KdcRefusedException(KerberosErrorCode.KRB_ERR_GENERIC, $"the request is malformed: {e.Message}"), decoded);
        }
    }

    /// <summary>A KRB-ERROR of this realm, about a request that was understood, or about one that was not.</summary>
    public byte[] Refuse(KdcRefusedException refusal, KdcReq? request = null)
    {
        var ticketGrantingService = Database.TicketGrantingService.Principal;
        return new KrbError(
            refusal.Code,
            Now,
            new KerberosPrincipal(request?.Body.ServiceName ?? ticketGrantingService.Name, request?.Body.Realm ?? Database.Realm),
            refusal.ClientTime,
            request?.Body.ClientName is null ? null : request.Body.Realm,
            request?.Body.ClientName,
            refusal.Message,
            refusal.ErrorData is { } data ? new ReadOnlyMemory<byte>(data) : null).Encode();
    }

    private static bool IsAnswer(ReadOnlyMemory<byte> message)
    {
        if (message.IsEmpty) return true;
        var tag = message.Span[0] ^ ConstructedApplication;
        return tag is (int)MessageType.AsRep or (int)MessageType.TgsRep or (int)MessageType.KrbError;
    }
}
