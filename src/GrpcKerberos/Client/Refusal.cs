using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>A server's refusal as it reads; whether it comes from the server is another question.</summary>
internal sealed class Refusal
{
    private readonly RefusalValue _value;

    private Refusal(RefusalValue value, KerberosError error)
    {
        _value = value;
        Error = error;
    }

    public KerberosError Error { get; }

    /// <summary>The name it travelled under: of those that servers use, no other is read.</summary>
    public string Name => _value.Error;

    /// <summary>The call is to come again, proved by another session: its KRB_AP_REP is the proof.</summary>
    public bool IsProve => _value.Error == KerberosErrorNames.Prove;

    /// <summary>These make the client act: without their MIC they are nobody's word. As with a repetition, whether a call came too late only the server can know.</summary>
    public bool NeedsProof => Error is KerberosError.ClockSkew or KerberosError.Replayed || _value.Error == KerberosErrorNames.Late || IsProve;

    /// <summary>Exactly one value of our scheme, whatever stands beside it of others, of a name that servers use.</summary>
    public static bool TryRead(Metadata metadata, [NotNullWhen(true)] out Refusal? refusal)
    {
        refusal = null;
        if (!OwnMetadata.TryGetOne(metadata, KerberosMetadata.WwwAuthenticate, KerberosMetadata.Scheme, out var text) || !RefusalValue.TryParse(text, out var value)) return false;
        if (value.Error is KerberosErrorNames.Late or KerberosErrorNames.Prove) refusal = new Refusal(value, KerberosError.ProofRefused);
        else if (KerberosErrorNames.TryParse(value.Error, out var error) && IsServers(error)) refusal = new Refusal(value, error);
        return refusal is not null;
    }

    /// <summary>A refusal that may be believed, as far as its place goes: status and all in the headers, and so no message.</summary>
    public static bool TryRead(Metadata? headers, RpcException? error, [NotNullWhen(true)] out Refusal? refusal)
    {
        refusal = null;
        if (headers is null || error?.StatusCode != StatusCode.Unauthenticated) return false;
        // gRPC gives the headers as the trailers too where there were no others.
        return OwnMetadata.Has(error.Trailers, KerberosMetadata.WwwAuthenticate) && TryRead(headers, out refusal);
    }

    /// <summary>Whether a proved answer says beside its status, and without a message, that the server's policy refused. A diagnosis: nothing is done by it.</summary>
    public static bool IsNotAllowed(Metadata? headers, RpcException? error) =>
        headers is not null && error?.StatusCode == StatusCode.PermissionDenied && OwnMetadata.Has(error.Trailers, KerberosMetadata.WwwAuthenticate)
        && TryRead(headers, out var refusal) && refusal.Error == KerberosError.NotAllowed;

    /// <summary>Whether its MIC proves that it comes from who opened an attempt.</summary>
    public bool IsProvedFor(Attempt attempt)
    {
        var mic = _value.Mic;
        return !mic.IsEmpty && attempt.Call.IsRefusedBy(mic.Span, _value.Error, _value.KrbError.Span);
    }

    /// <summary>The session it names, where it proves that it opened an attempt's token; else null.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="mutual">Whether a KRB_AP_REP was asked for; without one the name of K's session is all there is, and only who opened the token can know it, until we say it ourselves; once K was proved, nothing is left to prove.</param>
    public Established? SessionFor(Attempt attempt, bool mutual)
    {
        if (_value.Session is not { } named || attempt is not { Session: TicketSession session, Call.Token: { } token }) return null;
        VerifiedApRep? reply = null;
        if (!attempt.Call.IsRepliedBy(_value.Token, out reply) && (mutual || !_value.Token.IsEmpty)) return null;
        if (reply?.AcceptorSubkey is not null) return BoundSession.Of(token.Ticket, reply, named) is { } bound ? new Established(true, bound) : null;
        // K's own session: only a token that went alone has it to come again under.
        return !attempt.Call.HasProof && (reply is not null || session.IsPortable || !session.IsNamed) && named.Equals(session.Origin.Id) ? Established.Portable : null;
    }

    public KrbError? ReadKrbError()
    {
        if (_value.KrbError.IsEmpty) return null;
        try
        {
            return KrbError.Decode(_value.KrbError);
        }
        catch (DerException)
        {
            return null;
        }
    }

    /// <summary>A server that claims to speak of our credentials or our KDC is not one.</summary>
    private static bool IsServers(KerberosError error) => error is KerberosError.ClockSkew or KerberosError.Replayed or KerberosError.TokenMissing
        or KerberosError.TokenMalformed or KerberosError.TokenTooLarge or KerberosError.TicketRefused or KerberosError.EncryptionTypeRefused
        or KerberosError.TicketExpired or KerberosError.TicketNotYetValid or KerberosError.ClientMismatch or KerberosError.AddressMismatch
        or KerberosError.TransitRefused or KerberosError.ChannelBindingMismatch or KerberosError.PacRefused or KerberosError.SessionUnknown
        or KerberosError.ProofRefused or KerberosError.NotAllowed or KerberosError.Unavailable;
}
