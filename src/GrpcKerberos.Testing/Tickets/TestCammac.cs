using System.Formats.Asn1;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Tickets;

/// <summary>An AD-CAMMAC with authentication indicators (RFC 7751, RFC 8129), as a KDC puts it into a ticket, each part open to change.</summary>
internal sealed class TestCammac(LongTermKey key, params string[] indicators)
{
    /// <summary>The DER of AuthorizationData that stands in it.</summary>
    public byte[] Elements { get; set; } = AuthorizationData.EncodeList([Indicators(indicators)]);

    /// <summary>What the MAC covers where it shall not be <see cref="Elements"/>.</summary>
    public byte[]? Signed { get; set; }

    public KeyUsage Usage { get; set; } = KeyUsage.Cammac;

    /// <summary>The type in the svc-verifier where it shall not be its key's.</summary>
    public ChecksumType? ChecksumType { get; set; }

    public bool HasServiceVerifier { get; set; } = true;

    /// <summary>What is done to its octets in the end.</summary>
    public Func<byte[], byte[]> Change { get; set; } = static octets => octets;

    /// <summary>AD-AUTHENTICATION-INDICATOR as it stands.</summary>
    public static AuthorizationData Indicators(params string[] indicators) => new(AuthorizationDataType.AuthenticationIndicator, DerWriter.Encode(writer =>
    {
        using (writer.PushSequence())
        {
            foreach (var indicator in indicators) writer.WriteCharacterString(UniversalTagNumber.UTF8String, indicator);
        }
    }));

    public AuthorizationData Build()
    {
        var mac = new Checksum(ChecksumType ?? key.ChecksumType, key.MakeChecksum(Usage, Signed ?? Elements));
        return new AuthorizationData(AuthorizationDataType.Cammac, Change(DerWriter.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                using (writer.Field(0)) writer.WriteEncodedValue(Elements);
                if (!HasServiceVerifier) return;
                using (writer.Field(2))
                using (writer.PushSequence())
                {
                    mac.EncodeTo(writer, 3);
                }
            }
        })));
    }
}
