namespace GrpcKerberos.Protocol.ApExchange.Gss;

/// <summary>A Kerberos message taken out of its GSS-API frame.</summary>
/// <param name="Kind">What its TOK_ID says it is. Whether it is that is for its decoder to say.</param>
/// <param name="Message">Its octets, not copied.</param>
internal readonly record struct GssToken(GssMessage Kind, ReadOnlyMemory<byte> Message)
{
    public override string ToString() => $"{Kind} of {Message.Length} octets";
}
