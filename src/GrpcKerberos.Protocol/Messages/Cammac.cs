namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// Elements of authorization data with MACs beside them, of which a service can check one.
/// <code>
/// AD-CAMMAC ::= SEQUENCE {                            -- RFC 7751 section 4
///     elements        [0] AuthorizationData,
///     kdc-verifier    [1] Verifier-MAC OPTIONAL,      -- over the ticket, by a key of krbtgt
///     svc-verifier    [2] Verifier-MAC OPTIONAL,      -- over the elements, by the service's key
///     other-verifiers [3] SEQUENCE OF Verifier OPTIONAL }
/// Verifier-MAC ::= SEQUENCE {
///     identifier [0] PrincipalName OPTIONAL,
///     kvno       [1] UInt32 OPTIONAL,
///     enctype    [2] Int32 OPTIONAL,
///     mac        [3] Checksum }
/// </code>
/// </summary>
/// <param name="Elements">The DER of AuthorizationData, which is what the MAC of the service covers: not the field's tag around it.</param>
/// <param name="ServiceMac">The mac of the svc-verifier; null where there is none.</param>
internal sealed record Cammac(ReadOnlyMemory<byte> Elements, Checksum? ServiceMac)
{
    public static Cammac Decode(ReadOnlyMemory<byte> data)
    {
        var whole = new DerReader(data);
        var sequence = whole.Sequence();
        whole.End();
        var field = sequence.Field(0);
        var elements = field.Element();
        field.End();
        sequence.TryField(1, out _);
        var mac = sequence.TryField(2, out var verifier) ? MacOf(verifier) : null;
        sequence.TryField(3, out _);
        sequence.End();
        return new Cammac(elements, mac);
    }

    /// <summary>Its place says whose key it is by; what it says of the key besides is passed over, for the MAC decides.</summary>
    private static Checksum MacOf(DerReader verifier)
    {
        var sequence = verifier.Sequence();
        verifier.End();
        for (var tag = 0; tag <= 2; tag++) sequence.TryField(tag, out _);
        var mac = Checksum.Decode(sequence.Field(3));
        sequence.End();
        return mac;
    }
}
