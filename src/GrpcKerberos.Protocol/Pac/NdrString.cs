namespace GrpcKerberos.Protocol.Pac;

/// <summary>RPC_UNICODE_STRING without its characters: Length and MaximumLength in octets, and whether there are characters (MS-DTYP 2.3.10).</summary>
internal readonly record struct NdrString(ushort Length, ushort MaximumLength, bool IsPresent);
