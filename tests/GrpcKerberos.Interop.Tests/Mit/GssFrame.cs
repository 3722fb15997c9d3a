namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>The frame GSS-API puts around Kerberos messages: 60 ‖ DER length ‖ OID of krb5 ‖ TOK_ID ‖ message (RFC 4121 section 4.1).</summary>
internal static class GssFrame
{
    /// <summary>TOK_ID of a KRB_AP_REQ.</summary>
    public const int Request = 0x0100;

    /// <summary>TOK_ID of a KRB_AP_REP.</summary>
    public const int Reply = 0x0200;

    private static ReadOnlySpan<byte> Krb5 => [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02];

    public static byte[] Wrap(int tokenId, ReadOnlySpan<byte> message)
    {
        byte[] content = [.. Krb5, (byte)(tokenId >> 8), (byte)tokenId, .. message];
        var length = content.Length;
        return length < 0x80
            ? [0x60, (byte)length, .. content]
            : [0x60, 0x82, (byte)(length >> 8), (byte)length, .. content];
    }

    public static byte[] Unwrap(int tokenId, byte[] token)
    {
        var start = token[1] < 0x80 ? 2 : 2 + (token[1] & 0x7F);
        byte[] expected = [.. Krb5, (byte)(tokenId >> 8), (byte)tokenId];
        Assert.Equal(0x60, token[0]);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(token.AsSpan(start, expected.Length)));
        return token[(start + expected.Length)..];
    }
}
