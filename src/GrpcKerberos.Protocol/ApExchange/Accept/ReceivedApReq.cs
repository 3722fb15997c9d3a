using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>Step 1: the bytes are a KRB_AP_REQ of the right version, small enough, in DER.</summary>
internal sealed class ReceivedApReq
{
    private ReceivedApReq(IncomingCall call, ApReq message)
    {
        Call = call;
        Message = message;
    }

    public IncomingCall Call { get; }

    public ApReq Message { get; }

    public static Step<ReceivedApReq> Parse(IncomingCall call, AcceptorPolicy policy)
    {
        if (call.Token.Length > policy.MaxTokenBytes)
            return ApRefusal.Of(ApRejection.TooLarge, $"the token has {call.Token.Length} bytes (limit {policy.MaxTokenBytes})");
        ApReq message;
        try
        {
            message = ApReq.Decode(call.Token);
        }
        catch (DerException e)
        {
            return ApRefusal.Of(ApRejection.Malformed, $"the token is no KRB_AP_REQ: {e.Message}");
        }

        if (message.ProtocolVersion != ApReq.Version) return ApRefusal.Of(ApRejection.WrongVersion, $"pvno is {message.ProtocolVersion}, not 5");
        if (message.Type != (int)MessageType.ApReq) return ApRefusal.Of(ApRejection.WrongMessageType, $"msg-type is {message.Type}, not 14");
        if (message.Ticket.TicketVersion != Ticket.Version) return ApRefusal.Of(ApRejection.WrongTicketVersion, $"tkt-vno is {message.Ticket.TicketVersion}, not 5");
        if (message.Options.HasFlag(ApOptions.UseSessionKey))
            return ApRefusal.Of(ApRejection.UserToUser, "the client asks for user-to-user authentication, which a service with a keytab does not do");
        return new ReceivedApReq(call, message);
    }
}
