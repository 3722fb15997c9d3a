using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange;

/// <summary>
/// The element of private ad-type −17 our client puts, inside AD-IF-RELEVANT, into its authenticators: the octets
/// <c>grpc-kerberos-1</c> and one octet of flags. It keeps a token from being shown without its MIC, under whatever scheme.
/// </summary>
internal static class ProofElement
{
    /// <summary>A MIC must come with this token. Always set.</summary>
    public const byte MicRequired = 1;

    /// <summary>The client demands a session that belongs to one server process.</summary>
    public const byte ServerBound = 2;

    /// <summary>The client's channel has no TLS: whoever reads the token there must not carry it to a replica that has.</summary>
    public const byte SentInClear = 4;

    private static ReadOnlySpan<byte> Label => "grpc-kerberos-1"u8;

    public static AuthorizationData Make(byte flags) => AuthorizationData.IfRelevant(new AuthorizationData(AuthorizationDataType.GrpcKerberos, (byte[])[.. Label, flags]));

    public static bool TryReadFlags(ReadOnlySpan<byte> data, out byte flags)
    {
        var fits = data.Length == Label.Length + 1 && data.StartsWith(Label);
        flags = fits ? data[^1] : default;
        return fits;
    }
}
