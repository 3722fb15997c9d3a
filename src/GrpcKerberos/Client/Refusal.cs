using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using GrpcKerberos.Protocol;
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

    /// <summary>Too late for the window of a session: as with a repetition only the server can know, and only it is believed.</summary>
    private const string Late = "LATE";

    /// <summary>These make the client act: without their MIC they are nobody's word.</summary>
    public bool NeedsProof => Error is KerberosError.ClockSkew or KerberosError.Replayed || _value.Error == Late;

    /// <summary>Exactly one value of our scheme, of a name that servers use.</summary>
    public static bool TryRead(Metadata metadata, [NotNullWhen(true)] out Refusal? refusal)
    {
        refusal = null;
        if (!OwnMetadata.TryGetOne(metadata, KerberosMetadata.WwwAuthenticate, out var text) || !RefusalValue.TryParse(text, out var value)) return false;
        if (value.Error == Late) refusal = new Refusal(value, KerberosError.ProofRefused);
        else if (KerberosErrorNames.TryParse(value.Error, out var error) && IsServers(error)) refusal = new Refusal(value, error);
        return refusal is not null;
    }

    /// <summary>The attempt it refuses, where its MIC proves that it comes from who opened that attempt.</summary>
    public bool IsProvedFor(AttemptCredentials attempts, [NotNullWhen(true)] out Attempt? refused)
    {
        refused = null;
        return !_value.Mic.IsEmpty && attempts.TryFind(c => c.IsRefusedBy(_value.Mic.Span, _value.Error, _value.KrbError.Span), out refused);
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
